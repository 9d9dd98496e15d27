// Regular files of a tar archive (ustar, with pax and GNU long names), without unpacking it.
import { DiagnosticError } from '@nasc/diagnostics';
import { messages } from './messages.ts';

export interface TarFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

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

/** Files in the order of the archive; folders, links and devices are passed over. Errors: `DATA_TAR_DAMAGED`. */
export const readTar = (bytes: Uint8Array, file: string): readonly TarFile[] => {
  const fail = (reason: string): never => {
    throw new DiagnosticError([messages.tar(file, reason)]);
  };
  const files: TarFile[] = [];
  let longName: string | undefined;
  for (let start = 0; start < bytes.length;) {
    const header = bytes.subarray(start, start + blockSize);
    if (header.every((byte) => byte === 0)) break;
    if (header.length < blockSize) fail(`it ends inside a header, at byte ${bytes.length}`);
    if (number(header.subarray(148, 156)) !== checksum(header)) fail(`wrong checksum of the header at byte ${start}`);
    const size = number(header.subarray(124, 136));
    const begin = start + blockSize;
    if (!Number.isSafeInteger(size) || begin + size > bytes.length) fail(`it ends inside the file that starts at byte ${start}`);
    const content = bytes.subarray(begin, begin + size);
    const type = String.fromCharCode(header[156]!);
    if (type === 'x') longName = paxPath(content) ?? longName;
    else if (type === 'L') longName = text(content);
    else {
      if (type === '0' || type === '\0') {
        const prefix = text(header.subarray(257, 262)) === 'ustar' ? text(header.subarray(345, 500)) : '';
        const name = text(header.subarray(0, 100));
        files.push({ path: longName ?? (prefix === '' ? name : `${prefix}/${name}`), bytes: content });
      }
      longName = undefined;
    }
    start = begin + Math.ceil(size / blockSize) * blockSize;
  }
  return files;
};
