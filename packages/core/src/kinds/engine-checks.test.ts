import { expect, test } from 'vitest';
import { float32 } from '@nasc/ir';
import type { ChoiceNode } from '@nasc/ir';
import { checkBatch, checkMixture, checkParameters, programGuard, sampledGates } from './engine-checks.ts';

const graph = { inputs: [], nodes: [], outputs: [], groups: [] };
const choice = (id: string, candidates: number): ChoiceNode => ({
  kind: 'choice',
  id,
  inputs: [],
  type: float32(1),
  candidates: Array.from({ length: candidates }, (_, index) => ({ name: `c${index}`, macro: 'm', attributes: {}, graph })),
});
const choices = [choice('first', 3), choice('second', 2)];
const batch = { count: 2, images: new Float32Array(6), targets: new Float32Array(4) };
const limits = { batchSize: 2, imageFloats: 3, classes: 2 };

test('a batch has to fit the program', () => {
  expect(() => checkBatch(batch, limits)).not.toThrow();
  expect(() => checkBatch({ ...batch, count: 3 }, limits)).toThrow(
    'ENGINE_BATCH_SIZE: A batch of 3 images was given to a program compiled for 2.',
  );
  expect(() => checkBatch({ ...batch, count: 0 }, limits)).toThrow('ENGINE_BATCH_SIZE');
  expect(() => checkBatch({ ...batch, images: new Float32Array(5) }, limits)).toThrow('ENGINE_SHAPE: images has 5 values; 6 are expected.');
  expect(() => checkBatch({ ...batch, teacher: { logits: new Float32Array(1), weight: 1, temperature: 1 } }, limits)).toThrow(
    'ENGINE_SHAPE: teacher logits has 1 values; 4 are expected.',
  );
});

test.each([
  [[{ indices: [0], weights: [1] }], 'Mixture at "": 1 entries for 2 choices.'],
  [
    [
      { indices: [], weights: [] },
      { indices: [0], weights: [1] },
    ],
    'Mixture at "first": 0 indices and 0 weights.',
  ],
  [
    [
      { indices: [0], weights: [1] },
      { indices: [0, 1], weights: [1] },
    ],
    'Mixture at "second": 2 indices and 1 weights.',
  ],
  [
    [
      { indices: [0, 1, 2], weights: [1, 1, 1] },
      { indices: [0], weights: [1] },
    ],
    'Mixture at "first": 3 candidates, but the program was compiled for 2.',
  ],
  [
    [
      { indices: [1, 1], weights: [1, 1] },
      { indices: [0], weights: [1] },
    ],
    'Mixture at "first": a candidate twice in 1, 1.',
  ],
  [
    [
      { indices: [0], weights: [1] },
      { indices: [2], weights: [1] },
    ],
    'Mixture at "second": there is no candidate 2.',
  ],
])('a mixture has to fit the choices: %#', (mixture, message) => {
  expect(() => checkMixture(mixture, choices, 2)).toThrow(`ENGINE_MIXTURE: ${message}`);
});

test('gates: all candidates, or the two that were sampled', () => {
  expect(sampledGates({ mode: 'full_v2', active: [0, 0] }, choices)).toEqual([
    [0, 1, 2],
    [0, 1],
  ]);
  expect(sampledGates({ mode: 'two', active: [2, 1], other: [0, 1] }, choices)).toEqual([[2, 0], [1]]);
  expect(() => sampledGates({ mode: 'two', active: [2, 1], other: [0] }, choices)).toThrow(
    'ENGINE_MIXTURE: Mixture at "second": mode `two` needs a second candidate.',
  );
});

test('parameters are checked all at once', () => {
  const table = new Map(['a', 'b', 'c'].map((id) => [id, { shape: [2], data: new Float32Array(2) }]));
  expect(() =>
    checkParameters(
      [table],
      new Map([
        ['a', 2],
        ['b', 3],
      ]),
    ),
  ).toThrow('ENGINE_SHAPE: parameter "b" has 2 values; 3 are expected.\nENGINE_UNKNOWN_PARAMETER: The graph has no parameter "c".');
});

test('a program does one thing at a time, and nothing after its end', async () => {
  const { run, end } = programGuard();
  let finish = () => {};
  const first = run(() => new Promise<void>((resolve) => (finish = resolve)));
  await expect(run(async () => 1)).rejects.toThrow('ENGINE_BUSY: A training program does one thing at a time.');
  finish();
  await first;
  await expect(run(() => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
  expect(await run(async () => 2)).toBe(2);
  let ends = 0;
  await end(async () => void ends++);
  await end(async () => void ends++);
  expect(ends).toBe(1);
  await expect(run(async () => 3)).rejects.toThrow('ENGINE_DISPOSED: The training program was disposed of.');
});
