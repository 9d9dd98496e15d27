import { expect, test } from 'vitest';
import { caught } from '../../../diagnostics/src/caught.test-helper.ts';
import { idx } from './idx.test-helper.ts';
import { parseIdx } from './parse-idx.ts';

const values = Array.from({ length: 12 }, (_, i) => 20 * i);
const parse = (bytes: Uint8Array) => () => parseIdx(bytes, 'set/images', 'images', 3);

test('shape and values are those that were written', () => {
  const { shape, values: read } = parseIdx(idx([2, 3, 2], values), 'set/images', 'images', 3);
  expect(shape).toEqual([2, 3, 2]);
  expect([...read]).toEqual(values);
});

test.each([
  [
    'a header that is cut off',
    idx([2, 3, 2], values).subarray(0, 10),
    'error DATA_IDX_HEADER: The file ends inside the IDX header, after 10 bytes.\n' +
      '  at set/images\n  hint: Fetch the file again, or replace it by an undamaged copy.',
  ],
  [
    'another format',
    Buffer.from('<html><body>'),
    'error DATA_IDX_MAGIC: This is no IDX file: it starts with 0x3c68746d, not with 0x000008.\n' +
      '  at set/images\n  hint: IDX files of unsigned bytes start with 00 00 08 and the number of dimensions.',
  ],
  [
    'floats',
    idx([1, 1, 1], [0, 0, 0, 0], 0x0d03),
    'error DATA_IDX_MAGIC: This is no IDX file: it starts with 0x00000d03, not with 0x000008.\n' +
      '  at set/images\n  hint: IDX files of unsigned bytes start with 00 00 08 and the number of dimensions.',
  ],
  [
    'labels in place of images',
    idx([12], values),
    'error DATA_IDX_DIMENSIONS: A file of images has 3 dimensions, this one 1.\n' +
      '  at set/images\n  hint: Check that files of images and labels were not exchanged.',
  ],
  [
    'no images',
    idx([0, 28, 28], []),
    'error DATA_IDX_EMPTY: The header says 0x28x28: there is nothing in the file.\n' +
      '  at set/images\n  hint: Fetch the file again, or replace it by an undamaged copy.',
  ],
  [
    'missing bytes',
    idx([2, 3, 2], values.slice(1)),
    'error DATA_IDX_TRUNCATED: The header says 2x3x2, which is 12 bytes, but only 11 follow.\n' +
      '  at set/images\n  hint: Fetch the file again, or replace it by an undamaged copy.',
  ],
  [
    'bytes after the end',
    idx([2, 3, 2], [...values, 1, 2]),
    'error DATA_IDX_TRAILING: The header says 2x3x2, which is 12 bytes, but 14 follow.\n' +
      '  at set/images\n  hint: Fetch the file again, or replace it by an undamaged copy.',
  ],
])('%s', async (_, bytes, text) => {
  expect(await caught(parse(bytes))).toBe(text);
});
