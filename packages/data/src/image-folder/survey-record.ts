// What is remembered of an image file after it was looked at once, in 128 bytes:
//   0  hash of place, size and time of change (32)   32  SHA-256 of the content (32)
//  64  height, width, flags, checksum of the record (4 each, little-endian)
//  80  sums of the bytes of three channels, sums of their squares (8 each, float64: integers)
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { placeOf } from './file-table.ts';
import type { FileTable } from './file-table.ts';

export const recordBytes = 128;
export const keyBytes = 32;

const flags = { decoded: 1, grey: 2 } as const;

export interface SurveyedImage {
  /** SHA-256 of the file's content. */
  readonly contentHash: Uint8Array;
  readonly height: number;
  readonly width: number;
  /** All three channels are equal everywhere. */
  readonly grey: boolean;
  readonly sums: readonly number[];
  readonly squares: readonly number[];
}

/** Stands for the file as it is now; channels are those that it is decoded to. */
export const surveyKey = (table: FileTable, index: number, channels: number): Uint8Array =>
  createHash('sha256')
    .update(JSON.stringify([placeOf(table, index), table.offsets[index], table.sizes[index], table.modified[index], channels]))
    .digest();

const viewOf = (record: Uint8Array): DataView => new DataView(record.buffer, record.byteOffset, recordBytes);

const checksumOf = (record: Uint8Array): number => {
  const whole = Uint8Array.from(record);
  whole.fill(0, 76, 80);
  return crc32(whole);
};

/** Fills a record whose key is there already. */
export const writeRecord = (record: Uint8Array, { contentHash, height, width, grey, sums, squares }: SurveyedImage): void => {
  const view = viewOf(record);
  record.set(contentHash, keyBytes);
  view.setUint32(64, height, true);
  view.setUint32(68, width, true);
  view.setUint32(72, flags.decoded | (grey ? flags.grey : 0), true);
  for (const [channel, sum] of sums.entries()) {
    view.setFloat64(80 + 8 * channel, sum, true);
    view.setFloat64(104 + 8 * channel, squares[channel]!, true);
  }
  view.setUint32(76, checksumOf(record), true);
};

/** Undefined where the record was not filled (the image does not decode) or is damaged. */
export const readRecord = (record: Uint8Array): SurveyedImage | undefined => {
  const view = viewOf(record);
  const found = view.getUint32(72, true);
  if (!(found & flags.decoded) || view.getUint32(76, true) !== checksumOf(record)) return undefined;
  const three = (start: number): number[] => [0, 1, 2].map((channel) => view.getFloat64(start + 8 * channel, true));
  return {
    contentHash: record.slice(keyBytes, keyBytes + 32),
    height: view.getUint32(64, true),
    width: view.getUint32(68, true),
    grey: (found & flags.grey) !== 0,
    sums: three(80),
    squares: three(104),
  };
};
