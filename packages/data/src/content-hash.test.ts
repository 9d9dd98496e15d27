import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { contentHash } from './content-hash.ts';

test('the hash is SHA-256 over name, length and bytes of each part', () => {
  const expected = createHash('sha256')
    .update('"a" 2\n')
    .update(Buffer.from([1, 2]))
    .update('"b" 3\nxyz')
    .digest('hex');
  expect(
    contentHash([
      ['a', Uint8Array.of(1, 2)],
      ['b', 'xyz'],
    ]),
  ).toBe(expected);
});

test('moving a byte from one part to the next changes it, a view of a larger buffer does not', () => {
  const parts = (...lengths: number[]) => {
    let start = 0;
    return lengths.map((length, i) => [`${i}`, Uint8Array.of(9, 9, 9).subarray(start, (start += length))] as const);
  };
  expect(contentHash(parts(1, 2))).not.toBe(contentHash(parts(2, 1)));
  expect(contentHash([['a', Uint8Array.of(1, 2, 3).subarray(1)]])).toBe(contentHash([['a', Uint8Array.of(2, 3)]]));
});
