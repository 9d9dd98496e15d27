import { memoryCheckpoint } from '@nasc/core';
import type { KeptStates } from '@nasc/core';
import { expect, test } from 'vitest';
import { collectLogits } from './collect-logits.ts';

test('logits of all batches in order; after an interruption of those that are missing', async () => {
  const seen: number[] = [];
  const run = async (batch: number) => {
    seen.push(batch);
    return Float32Array.of(batch, -batch);
  };
  const kept: KeptStates = new Map();
  await expect(collectLogits([1, 2, 3], run, memoryCheckpoint(kept, { stopAt: 3 }))).rejects.toThrow('stopped');
  expect(await collectLogits([1, 2, 3], run, memoryCheckpoint(kept))).toEqual(Float32Array.of(1, -1, 2, -2, 3, -3));
  expect(seen).toEqual([1, 2, 3]);
});
