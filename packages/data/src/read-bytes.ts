// A whole file as bytes, unpacked when it is gzip.
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { DiagnosticError, readFailure } from '@nasc/diagnostics';
import { messages } from './messages.ts';

const unpack = promisify(gunzip);

/** Reads `file`; gzip is recognised by its first bytes, not by the name. Errors: `DATA_FILE_UNREADABLE`, `DATA_GZIP_DAMAGED`. */
export const readBytes = async (file: string, signal?: AbortSignal): Promise<Uint8Array> => {
  const raw = await readFile(file, signal && { signal }).catch((error: NodeJS.ErrnoException) => {
    const reason = error.name === 'AbortError' ? undefined : readFailure(error);
    throw reason === undefined ? error : new DiagnosticError([messages.unreadable(file, reason)], { cause: error });
  });
  if (raw[0] !== 0x1f || raw[1] !== 0x8b) return raw;
  return unpack(raw).catch((error: Error) => {
    throw new DiagnosticError([messages.gzip(file, error.message)], { cause: error });
  });
};
