// One file over HTTP, checked before it appears under its name.
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { DatasetContext } from '@nasc/core';
import { DiagnosticError } from '@nasc/diagnostics';
import { writeFileAtomically } from '@nasc/files';
import { messages } from './messages.ts';

export interface Download {
  readonly address: string;
  /** Published checksum, hexadecimal. */
  readonly md5: string;
  /** Where the file is put; its folder is made. */
  readonly file: string;
  readonly signal: AbortSignal;
  /** Called with the bytes received so far. */
  onBytes?(received: number): void;
}

/**
 * Downloads; the file appears when the checksum is right. Errors: `DATASET_DOWNLOAD` (status), `DATASET_CHECKSUM`, those of
 * writing, and what `fetch` throws when there is no connection.
 */
export const download = async ({ address, md5, file, signal, onBytes }: Download): Promise<void> => {
  const response = await fetch(address, { signal });
  if (!response.ok || !response.body) {
    await response.body?.cancel();
    throw new DiagnosticError([messages.downloadStatus(address, response.status)]);
  }
  const body = response.body as AsyncIterable<Uint8Array>;
  const checked = async function* () {
    const hash = createHash('md5');
    let received = 0;
    for await (const chunk of body) {
      hash.update(chunk);
      yield chunk;
      received += chunk.length;
      onBytes?.(received);
    }
    const found = hash.digest('hex');
    if (found !== md5) throw new DiagnosticError([messages.downloadChecksum(address, md5, found)]);
  };
  await writeFileAtomically(file, checked(), basename(file));
};

const reasonOf = (error: Error): string =>
  error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message;

/** Runs the download of a data set; where it fails, `DATASET_NOT_FOUND` says where `files` can be put instead. */
export const orNotFound = <T>(
  dataset: string,
  files: readonly string[],
  { searchPath, signal }: DatasetContext,
  run: () => Promise<T>,
): Promise<T> =>
  run().catch((error: Error) => {
    if (signal.aborted) throw error;
    const known = error instanceof DiagnosticError ? error.diagnostics : [];
    const reason = known.length > 0 ? undefined : reasonOf(error);
    throw new DiagnosticError([...known, messages.notFound(dataset, searchPath, files, reason)], { cause: error });
  });
