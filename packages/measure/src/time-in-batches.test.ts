import { memoryCheckpoint, noCheckpoint } from '@nasc/core';
import type { KeptStates } from '@nasc/core';
import { expect, test } from 'vitest';
import { timeInBatches } from './time-in-batches.ts';

/** Thing `index` takes index + 1 ms, and the reference 10 ms, at a speed that `slow` gives for each call in turn. */
const machine = (slow: (call: number) => number) => {
  const calls: string[] = [];
  const speed = () => slow(calls.filter((call) => call !== 'start').length - 1);
  return {
    calls,
    beginBatch: async () => {
      calls.push('start');
    },
    time: async (index: number) => {
      calls.push(String(index));
      return (index + 1) * speed();
    },
    timeReference: async () => {
      calls.push('reference');
      return 10 * speed();
    },
  };
};

const options = { count: 5, batchSize: 2, allowedDrift: 0.03, mostRepeats: 2, checkpoint: noCheckpoint(), progress: () => {} };
const shares = (values: readonly number[]) => values.map((share) => expect.closeTo(share, 12) as number);

test('a start and a reference before each batch and one after it; where it changed in between the batch is timed again', async () => {
  const { calls, ...timing } = machine((call) => (call >= 6 ? 1.5 : 1));
  const { timed, references, batchesRepeated } = await timeInBatches({ ...options, ...timing });
  const first = ['start', 'reference', '0', '1', 'reference'];
  const second = ['start', 'reference', '2', '3', 'reference', 'start', '2', '3', 'reference'];
  expect(calls).toEqual([...first, ...second, 'start', 'reference', '4', 'reference']);
  expect(timed.map(({ value, referenceMs }) => value / referenceMs)).toEqual(shares([0.1, 0.2, 0.3, 0.4, 0.5]));
  expect(references).toEqual([
    [10, 10],
    [15, 15],
    [15, 15],
  ]);
  expect(batchesRepeated).toBe(1);
});

test('a machine that never settles: what was timed last is taken', async () => {
  const { calls, ...timing } = machine((call) => 1.1 ** call);
  const { timed, batchesRepeated } = await timeInBatches({ ...options, ...timing, count: 2 });
  expect(timed).toHaveLength(2);
  expect([batchesRepeated, calls.filter((call) => call === '0').length]).toEqual([2, 3]);
});

test.each([
  { when: 'at the same speed the batch that was begun counts', slow: 1, repeated: [] },
  { when: 'at another speed the batch that was begun is timed again', slow: 2, repeated: ['2', '3'] },
])('after an interruption only the rest is timed; $when', async ({ slow, repeated }) => {
  const kept: KeptStates = new Map();
  const first = machine(() => 1);
  await expect(timeInBatches({ ...options, ...first, checkpoint: memoryCheckpoint(kept, { stopAt: 4 }) })).rejects.toThrow('stopped');
  expect(first.calls).toEqual(['start', 'reference', '0', '1', 'reference', 'start', 'reference', '2']);

  const second = machine(() => slow);
  const { timed, references } = await timeInBatches({ ...options, ...second, checkpoint: memoryCheckpoint(kept) });
  expect(second.calls.filter((call) => !['reference', 'start'].includes(call))).toEqual(['3', ...repeated, '4']);
  expect(second.calls[0]).toBe('start');
  expect(timed.map(({ value, referenceMs }) => value / referenceMs)).toEqual(shares([0.1, 0.2, 0.3, 0.4, 0.5]));
  expect(references[0]).toEqual([10, 10]);
});

test('what is finished is not looked at again: the values stay what they were', async () => {
  const kept: KeptStates = new Map();
  const whole = await timeInBatches({ ...options, ...machine(() => 1), checkpoint: memoryCheckpoint(kept) });
  const { calls, ...timing } = machine(() => 3);
  expect(await timeInBatches({ ...options, ...timing, checkpoint: memoryCheckpoint(kept) })).toEqual(whole);
  expect(calls).toEqual([]);
});
