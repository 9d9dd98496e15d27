// The image files of a data set as a few typed arrays in shared memory: about 70 bytes an image, whatever their number, and any
// thread reads them.
import { openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { DiagnosticError } from '@nasc/diagnostics';
import { messages as fileMessages } from '../messages.ts';
import { messages } from './messages.ts';

/** A folder, or a tar archive that is not compressed. */
export interface Container {
  readonly kind: 'folder' | 'archive';
  readonly path: string;
  /** What diagnostics call it: an archive may be the unpacked copy of another file. */
  readonly shownPath: string;
  /** Stands before the names: `train/` where the container is the training split. */
  readonly prefix: string;
}

export interface FileTable {
  readonly containers: readonly Container[];
  /** Leading folders of all paths that say nothing. */
  readonly sharedFolders: number;
  readonly count: number;
  /** All names in UTF-8, one after another. */
  readonly names: Uint8Array;
  /** Where each name ends. */
  readonly nameEnds: Uint32Array;
  /** Which container each file is in. */
  readonly containerOf: Uint8Array;
  /** Where it begins in an archive. */
  readonly offsets: Float64Array;
  readonly sizes: Float64Array;
  /** Time of the last change, ms: of the file, or of its archive. */
  readonly modified: Float64Array;
}

const decoder = new TextDecoder();

/** Relative to the container, as the file system knows it. */
const nameOf = ({ names, nameEnds }: FileTable, index: number): string =>
  decoder.decode(names.slice(index === 0 ? 0 : nameEnds[index - 1], nameEnds[index]));

/** Relative, with slashes, in the NFC form: the same on every system. The split's name is first where there is one. */
export const pathOf = (table: FileTable, index: number): string => {
  const whole = (table.containers[table.containerOf[index]!]!.prefix + nameOf(table, index)).normalize('NFC');
  let start = 0;
  for (let folder = 0; folder < table.sharedFolders; folder++) start = whole.indexOf('/', start) + 1;
  return whole.slice(start);
};

/** Where a file is, for diagnostics. */
export const placeOf = (table: FileTable, index: number): string => {
  const { kind, shownPath } = table.containers[table.containerOf[index]!]!;
  return kind === 'archive' ? `${shownPath}#${nameOf(table, index)}` : join(shownPath, nameOf(table, index));
};

/** Those files in that order, in shared memory. */
export const selectFiles = (table: FileTable, order: Uint32Array): FileTable => {
  const count = order.length;
  const start = (index: number): number => (index === 0 ? 0 : table.nameEnds[index - 1]!);
  const nameBytes = order.reduce((sum, index) => sum + table.nameEnds[index]! - start(index), 0);
  const names = new Uint8Array(new SharedArrayBuffer(nameBytes));
  const nameEnds = new Uint32Array(new SharedArrayBuffer(4 * count));
  const containerOf = new Uint8Array(new SharedArrayBuffer(count));
  const doubles = () => new Float64Array(new SharedArrayBuffer(8 * count));
  const [offsets, sizes, modified] = [doubles(), doubles(), doubles()];
  let end = 0;
  for (const [position, index] of order.entries()) {
    const name = table.names.subarray(start(index), table.nameEnds[index]);
    names.set(name, end);
    end += name.length;
    nameEnds[position] = end;
    containerOf[position] = table.containerOf[index]!;
    offsets[position] = table.offsets[index]!;
    sizes[position] = table.sizes[index]!;
    modified[position] = table.modified[index]!;
  }
  const { containers, sharedFolders } = table;
  return { containers, sharedFolders, count, names, nameEnds, containerOf, offsets, sizes, modified };
};

/** Reads the bytes of file `index`, synchronously: for threads that have nothing else to do. Archives stay open. */
export const createFileReader = (table: FileTable): ((index: number) => Uint8Array) => {
  const archives = new Map<number, number>();
  const archive = (container: number): number => {
    const open = archives.get(container) ?? openSync(table.containers[container]!.path, 'r');
    archives.set(container, open);
    return open;
  };
  return (index) => {
    const container = table.containerOf[index]!;
    try {
      const { kind, path } = table.containers[container]!;
      if (kind === 'folder') return readFileSync(join(path, nameOf(table, index)));
      const bytes = Buffer.allocUnsafe(table.sizes[index]!);
      const read = readSync(archive(container), bytes, 0, bytes.length, table.offsets[index]!);
      if (read < bytes.length) throw new DiagnosticError([messages.tarChanged(placeOf(table, index))]);
      return bytes;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (error instanceof DiagnosticError || code === undefined) throw error;
      throw new DiagnosticError([fileMessages.unreadable(placeOf(table, index), code)], { cause: error });
    }
  };
};
