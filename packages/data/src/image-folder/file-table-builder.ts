// Gathers the files of a table while they are listed: no object stays behind for a file.
import type { Container, FileTable } from './file-table.ts';

type Column = Uint8Array | Uint32Array | Float64Array;

/** `column` with room for `length` values. */
const grown = <T extends Column>(column: T, length: number): T => {
  if (column.length >= length) return column;
  const larger = new (column.constructor as new (length: number) => T)(Math.max(2 * column.length, length));
  larger.set(column);
  return larger;
};

export interface FoundFile {
  /** Relative to the container. */
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  /** ms */
  readonly modified: number;
}

export interface FileTableBuilder {
  /** Returns the container's number. */
  addContainer(container: Container): number;
  addFile(container: number, file: FoundFile): void;
  build(): FileTable;
}

export const createFileTableBuilder = (): FileTableBuilder => {
  const containers: Container[] = [];
  let names = new Uint8Array(1 << 12);
  let nameEnds = new Uint32Array(1 << 8);
  let containerOf = new Uint8Array(1 << 8);
  let offsets = new Float64Array(1 << 8);
  let sizes = new Float64Array(1 << 8);
  let modified = new Float64Array(1 << 8);
  let count = 0;
  let end = 0;
  return {
    addContainer: (container) => containers.push(container) - 1,
    addFile(container, file) {
      const name = Buffer.from(file.name);
      names = grown(names, end + name.length);
      names.set(name, end);
      end += name.length;
      nameEnds = grown(nameEnds, count + 1);
      containerOf = grown(containerOf, count + 1);
      offsets = grown(offsets, count + 1);
      sizes = grown(sizes, count + 1);
      modified = grown(modified, count + 1);
      nameEnds[count] = end;
      containerOf[count] = container;
      offsets[count] = file.offset;
      sizes[count] = file.size;
      modified[count] = file.modified;
      count++;
    },
    build: () => ({ containers, sharedFolders: 0, count, names, nameEnds, containerOf, offsets, sizes, modified }),
  };
};
