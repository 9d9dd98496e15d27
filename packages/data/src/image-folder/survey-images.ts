// The first look at every image of a data set: all that do not decode are named before hours of training, and sizes, sums and
// content hashes are known from then on. It is done once for each file as it is.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DiagnosticError } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';
import { memoryEntryBytes } from '../cache/memory-cache.ts';
import type { MemoryCache } from '../cache/memory-cache.ts';
import type { DataWorkers } from '../workers/data-workers.ts';
import { decodeImage, decodingFault } from './decode-image.ts';
import { createFileReader, placeOf } from './file-table.ts';
import type { FileTable } from './file-table.ts';
import { messages } from './messages.ts';
import { openSurveyMemory } from './survey-memory.ts';
import { readRecord, recordBytes, surveyKey } from './survey-record.ts';
import type { SurveyedImage } from './survey-record.ts';

export interface SurveyOptions {
  /** Folder or archive, for diagnostics. */
  readonly root: string;
  readonly channels: 1 | 3;
  readonly cacheFolder: string;
  readonly workers: DataWorkers;
  readonly signal?: AbortSignal;
  onImage?(done: number, total: number): void;
}

/** Diagnostics of single images that are shown; a wrong folder would fill the screen. */
const shownFaults = 20;
/** Images that are looked at between two times of remembering them. */
const chunk = 256;

const faultsOf = async (
  table: FileTable,
  damaged: readonly number[],
  { root, channels }: SurveyOptions,
): Promise<readonly Diagnostic[]> => {
  const read = createFileReader(table);
  const shown: Diagnostic[] = [];
  for (const index of damaged.slice(0, shownFaults)) {
    const reason = await decodeImage(read(index), channels).then(() => 'it was changed while it was read', decodingFault);
    shown.push(messages.notDecoded(placeOf(table, index), reason));
  }
  const more = damaged.length - shown.length;
  return more > 0 ? [...shown, messages.moreNotDecoded(root, more)] : shown;
};

/**
 * Room for all images as they are, where there is enough of it: small images take longer to decode than to train on. Assumes that
 * they are as large as the first.
 */
const roomForAll = async (table: FileTable, { channels, workers }: SurveyOptions): Promise<MemoryCache | undefined> => {
  const first = await decodeImage(createFileReader(table)(0), channels).catch(() => undefined); // told in its turn
  return first && workers.memory(table.count, channels, table.count * memoryEntryBytes(first.pixels.length));
};

/**
 * Calls `use` with every image, in order, and returns those that it kept, if any. Errors: `DATA_IMAGE_DAMAGED` (up to 20 are listed, when all were looked at),
 * `DATA_FILE_UNREADABLE`, DISK_FULL, WRITE_FAILED.
 */
export const surveyImages = async (
  table: FileTable,
  options: SurveyOptions,
  use: (index: number, image: SurveyedImage) => void,
): Promise<MemoryCache | undefined> => {
  const { root, channels, cacheFolder, workers, signal } = options;
  const keyOf = (index: number): Uint8Array => surveyKey(table, index, channels);
  const path = join(cacheFolder, `${createHash('sha256').update(`${root}\0${channels}`).digest('hex').slice(0, 32)}.survey`);
  const isCurrent = (): ((key: Uint8Array) => boolean) => {
    const keys = new Set(Array.from({ length: table.count }, (_, index) => Buffer.from(keyOf(index)).toString('latin1')));
    return (key) => keys.has(Buffer.from(key).toString('latin1'));
  };
  let current: ((key: Uint8Array) => boolean) | undefined;
  const memory = await openSurveyMemory(path, table.count, (key) => (current ??= isCurrent())(key));
  const damaged: number[] = [];
  let kept: MemoryCache | undefined;
  for (let start = 0; start < table.count; start += chunk) {
    signal?.throwIfAborted();
    const indices = Uint32Array.from({ length: Math.min(chunk, table.count - start) }, (_, i) => start + i);
    const keys = Array.from(indices, keyOf);
    const known = keys.map((key) => memory.find(key));
    const unknown = indices.filter((_, i) => !known[i]);
    const records = new Uint8Array(new SharedArrayBuffer(unknown.length * recordBytes));
    for (const [i, index] of unknown.entries()) records.set(keys[index - start]!, i * recordBytes);
    if (start === 0 && unknown.length > 0) kept = await roomForAll(table, options);
    await workers.run({ kind: 'survey', table, indices: unknown, channels, records, ...(kept && { kept }) }, unknown.length);
    const recordAt = (i: number): Uint8Array => records.subarray(i * recordBytes, (i + 1) * recordBytes);
    const looked = new Map(Array.from(unknown, (index, i) => [index, readRecord(recordAt(i))]));
    const whole = Array.from(unknown.keys(), recordAt).filter((_, i) => looked.get(unknown[i]!));
    if (whole.length > 0) await memory.append(Buffer.concat(whole));
    for (const [i, index] of indices.entries()) {
      const image = known[i] ?? looked.get(index);
      if (image) use(index, image);
      else damaged.push(index);
    }
    options.onImage?.(start + indices.length, table.count);
  }
  if (damaged.length > 0) throw new DiagnosticError(await faultsOf(table, damaged, options));
  return kept;
};
