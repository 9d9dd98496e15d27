// The hash that stands for a data set in artifact keys: over names, sizes and decoded contents, not over folders,
// compression or dates, so that the same images give the same hash on every machine.
import { createHash } from 'node:crypto';

/** SHA-256 over named byte strings, in the order given; each is preceded by its name and length, so that no two lists collide. */
export const contentHash = (parts: readonly (readonly [name: string, content: string | Uint8Array | Uint16Array])[]): string => {
  const hash = createHash('sha256');
  for (const [name, content] of parts) {
    const bytes =
      typeof content === 'string' ? Buffer.from(content) : new Uint8Array(content.buffer, content.byteOffset, content.byteLength);
    hash.update(`${JSON.stringify(name)} ${bytes.length}\n`);
    hash.update(bytes);
  }
  return hash.digest('hex');
};
