// The job of looking at image files for the first time: each is read, hashed and decoded.
import { createHash } from 'node:crypto';
import { keepInMemory } from '../cache/memory-cache.ts';
import type { MemoryCache } from '../cache/memory-cache.ts';
import { decodeImage, isGrey } from './decode-image.ts';
import { createFileReader } from './file-table.ts';
import type { FileTable } from './file-table.ts';
import { recordBytes, writeRecord } from './survey-record.ts';

export interface SurveyJob {
  readonly table: FileTable;
  readonly indices: Uint32Array;
  readonly channels: 1 | 3;
  /** [indices, recordBytes], keys filled in; the rest of a record stays 0 where an image does not decode. */
  readonly records: Uint8Array;
  /** Keeps what was decoded, by the index in the table. */
  readonly kept?: MemoryCache;
}

/** Sums of bytes and of their squares by channel: integers, exact. */
const sumPixels = (pixels: Uint8Array, channels: number): { readonly sums: number[]; readonly squares: number[] } => {
  const sums: number[] = [];
  const squares: number[] = [];
  for (let channel = 0; channel < channels; channel++) {
    let sum = 0;
    let square = 0;
    for (let i = channel; i < pixels.length; i += channels) {
      const value = pixels[i]!;
      sum += value;
      square += value * value;
    }
    sums.push(sum);
    squares.push(square);
  }
  return { sums, squares };
};

export const surveyItem = ({ table, indices, channels, records, kept }: SurveyJob): ((position: number) => Promise<void>) => {
  const read = createFileReader(table);
  return async (position) => {
    const bytes = read(indices[position]!);
    const image = await decodeImage(bytes, channels).catch(() => undefined); // told by whoever asked, who finds the record empty
    if (!image) return;
    if (kept) keepInMemory(kept, indices[position]!, image);
    const { height, width, pixels } = image;
    writeRecord(records.subarray(position * recordBytes, (position + 1) * recordBytes), {
      contentHash: createHash('sha256').update(bytes).digest(),
      height,
      width,
      grey: channels === 1 || isGrey(pixels),
      ...sumPixels(pixels, channels),
    });
  };
};
