// What dropout keeps, drawn as the C kernels of the ops draw it, so that every engine drops the same elements.
import { philoxInto } from '@nasc/random';

/**
 * [images, elements]: 0 where an element's uniform 32-bit word is below `rate * 2^32`, else 1 / (1 - rate). Element i of
 * image n has word i % 4 of Philox's counter (floor(i / 4), n, salt, 0) under the step's key.
 */
export const keptMask = (
  images: number,
  elements: number,
  rate: number,
  { key, salt }: { readonly key: readonly [number, number]; readonly salt: number },
): Float32Array => {
  const mask = new Float32Array(images * elements);
  const words = new Uint32Array(4);
  const threshold = Math.floor(rate * 2 ** 32);
  const kept = 1 / (1 - rate);
  for (let n = 0; n < images; n++) {
    for (let i = 0; i < elements; i++) {
      if (i % 4 === 0) philoxInto(words, i / 4, n, salt, 0, key[0], key[1]);
      mask[n * elements + i] = words[i % 4]! < threshold ? 0 : kept;
    }
  }
  return mask;
};
