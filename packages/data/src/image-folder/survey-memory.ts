// Records of image files that were looked at, in a file to which they are appended: a run that is stopped, and the next run, go
// on where it ended. Every record has a checksum; what is cut off or damaged is not found, and its image looked at again.
import { appendFile, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ensureFolder, explainingWriteErrors, writeFileAtomically } from '@nasc/files';
import { keyBytes, readRecord, recordBytes } from './survey-record.ts';
import type { SurveyedImage } from './survey-record.ts';

export interface SurveyMemory {
  find(key: Uint8Array): SurveyedImage | undefined;
  /** Whole records. */
  append(records: Uint8Array): Promise<void>;
}

const what = 'what is known about the images';

/** Keys are hashes, so that their first 48 bits tell them apart nearly always; the record has the whole key. */
const shortKey = (key: Uint8Array): number => Buffer.from(key.buffer, key.byteOffset, 6).readUIntBE(0, 6);

/** `isCurrent` tells keys of files that are still there: the others are dropped when they are more than half of all. */
export const openSurveyMemory = async (path: string, current: number, isCurrent: (key: Uint8Array) => boolean): Promise<SurveyMemory> => {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return new Uint8Array(0);
    throw error;
  });
  const recordAt = (record: number): Uint8Array => bytes.subarray(record * recordBytes, (record + 1) * recordBytes);
  const count = Math.floor(bytes.length / recordBytes);
  const byKey = new Map<number, number>();
  for (let record = 0; record < count; record++) byKey.set(shortKey(recordAt(record)), record);

  const stale = count > 2 * current;
  if (stale || bytes.length % recordBytes !== 0) {
    const kept = [...byKey.values()].map(recordAt).filter((record) => !stale || isCurrent(record.subarray(0, keyBytes)));
    await writeFileAtomically(path, Buffer.concat(kept), what);
  }
  return {
    find(key) {
      const record = byKey.get(shortKey(key));
      if (record === undefined) return undefined;
      const found = recordAt(record);
      return Buffer.compare(found.subarray(0, keyBytes), key) === 0 ? readRecord(found) : undefined;
    },
    append: (records) =>
      explainingWriteErrors({ what, path }, async () => {
        await ensureFolder(dirname(path));
        await appendFile(path, records);
      }),
  };
};
