// Regular files of a tar archive (ustar, with pax and GNU long names), without unpacking it.
import { DiagnosticError } from '@nasc/diagnostics';
import { messages } from './messages.ts';

export interface TarEntry {
  readonly path: string;
  /** Where the content begins in the archive. */
  readonly offset: number;
  readonly size: number;
}

export interface TarFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** `length` bytes of the archive from `start` on; fewer at its end. */
export type ReadRange = (start: number, length: number) => Uint8Array | Promise<Uint8Array>;

const blockSize = 512;

const text = (bytes: Uint8Array): string => {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
};

/** Octal digits, or base 256 when the first bit is set (files of 8 GiB and more, some writers always). */
const number = (field: Uint8Array): number => {
  if (field[0]! & 0x80) return field.subarray(1).reduce((value, byte) => value * 256 + byte, field[0]! & 0x7f);
  const digits = text(field).trim();
  return digits === '' ? 0 : /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN;
};

/** The checksum field counts as spaces. */
const checksum = (header: Uint8Array): number => header.reduce((sum, byte, i) => sum + (i >= 148 && i < 156 ? 32 : byte), 0);

/** Records `LENGTH KEY=VALUE\n`; LENGTH counts the bytes of the whole record. */
const paxPath = (bytes: Uint8Array): string | undefined => {
  for (let start = 0; start < bytes.length;) {
    const space = bytes.indexOf(32, start);
    const length = space < 0 ? 0 : Number(text(bytes.subarray(start, space)));
    if (!(length > 0)) return undefined;
    const record = new TextDecoder().decode(bytes.subarray(space + 1, start + length - 1));
    if (record.startsWith('path=')) return record.slice('path='.length);
    start += length;
  }
  return undefined;
};

/** Files of an archive of `length` bytes in its order; folders, links and devices are passed over. Errors: `DATA_TAR_DAMAGED`. */
export async function* tarEntries(read: ReadRange, length: number, file: string): AsyncGenerator<TarEntry, void, undefined> {
  const fail = (reason: string): never => {
    throw new DiagnosticError([messages.tar(file, reason)]);
  };
  let longName: string | undefined;
  for (let start = 0; start < length;) {
    const header = await read(start, blockSize);
    if (header.every((byte) => byte === 0)) break;
    if (header.length < blockSize) fail(`it ends inside a header, at byte ${length}`);
    if (number(header.subarray(148, 156)) !== checksum(header)) fail(`wrong checksum of the header at byte ${start}`);
    const size = number(header.subarray(124, 136));
    const offset = start + blockSize;
    if (!Number.isSafeInteger(size) || offset + size > length) fail(`it ends inside the file that starts at byte ${start}`);
    const type = String.fromCharCode(header[156]!);
    if (type === 'x') longName = paxPath(await read(offset, size)) ?? longName;
    else if (type === 'L') longName = text(await read(offset, size));
    else {
      if (type === '0' || type === '\0') {
        const prefix = text(header.subarray(257, 262)) === 'ustar' ? text(header.subarray(345, 500)) : '';
        const name = text(header.subarray(0, 100));
        yield { path: longName ?? (prefix === '' ? name : `${prefix}/${name}`), offset, size };
      }
      longName = undefined;
    }
    start = offset + Math.ceil(size / blockSize) * blockSize;
  }
}

/** The files of an archive in memory; their bytes are not copied. Errors: `DATA_TAR_DAMAGED`. */
export const readTar = async (bytes: Uint8Array, file: string): Promise<readonly TarFile[]> => {
  const files: TarFile[] = [];
  const read: ReadRange = (start, length) => bytes.subarray(start, start + length);
  for await (const { path, offset, size } of tarEntries(read, bytes.length, file)) {
    files.push({ path, bytes: bytes.subarray(offset, offset + size) });
  }
  return files;
};
