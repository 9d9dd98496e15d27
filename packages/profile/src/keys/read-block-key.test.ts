import { expect, test } from 'vitest';
import { blockKey, unitKey } from './block-key.ts';
import { readBlockKey } from './read-block-key.ts';

const mbConv = {
  macro: 'mbConv',
  attributes: { kernel: 5, expansion: 3, stride: 2, activation: 'hSwish', squeezeExcite: true },
  inputs: [[14, 14, 24]],
  output: [7, 7, 40],
  shortcut: false,
};

test('what is written is read: kind, sizes, attributes, numbers as numbers', () => {
  expect(readBlockKey(blockKey(mbConv))).toEqual([
    {
      kind: 'mbConv',
      inputs: [[14, 14, 24]],
      output: [7, 7, 40],
      attributes: { activation: 'hSwish', expansion: 3, kernel: 5, squeezeExcite: 'true', stride: 2, idskip: 0 },
    },
  ]);
  expect(readBlockKey(blockKey({ ...mbConv, attributes: { kernel: 5, expansion: 3, stride: 2 } }))).toEqual([
    { kind: 'expanded_conv', inputs: [[14, 14, 24]], output: [7, 7, 40], attributes: { expand: 3, kernel: 5, stride: 2, idskip: 0 } },
  ]);
  expect(readBlockKey('Logits-input:7x7x1280-output:1000')).toEqual([
    { kind: 'Logits', inputs: [[7, 7, 1280]], output: [1000], attributes: {} },
  ]);
});

test('several inputs, and blocks of one unit', () => {
  expect(
    readBlockKey(
      blockKey({
        macro: 'add',
        attributes: {},
        inputs: [
          [7, 7, 8],
          [7, 7, 8],
        ],
        output: [7, 7, 8],
        shortcut: false,
      }),
    )![0]!.inputs,
  ).toEqual([
    [7, 7, 8],
    [7, 7, 8],
  ]);
  expect(readBlockKey(unitKey(['Conv-input:8x8x3-output:4x4x8', 'Conv_1-input:4x4x8-output:4x4x16']))!.map(({ kind }) => kind)).toEqual([
    'Conv',
    'Conv_1',
  ]);
});

test('a key by hand is none', () => {
  expect(readBlockKey('the first block')).toBeUndefined();
  expect(readBlockKey(unitKey(['Conv-input:8x8x3-output:4x4x8', 'and the rest']))).toBeUndefined();
});
