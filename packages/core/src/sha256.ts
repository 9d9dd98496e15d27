// The hash of every key and every stored artifact.
import { createHash } from 'node:crypto';

/** Hexadecimal; parts are hashed one after the other, as if they were one. */
export const sha256 = (...parts: readonly (string | Uint8Array)[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};
