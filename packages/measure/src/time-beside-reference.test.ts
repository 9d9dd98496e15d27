import { memoryCheckpoint, noCheckpoint } from '@nasc/core';
import type { KeptStates } from '@nasc/core';
import { expect, test } from 'vitest';
import { timeBesideReference } from './time-beside-reference.ts';

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
      calls.push('R');
      return 10 * speed();
    },
  };
};

const options = {
  count: 5,
  batchSize: 4,
  every: 1,
  rounds: 1,
  allowedDrift: 0.03,
  mostRepeats: 2,
  msOf: (ms: number) => ms,
  checkpoint: noCheckpoint(),
  progress: () => {},
};
const shares = (values: readonly number[]) => values.map((share) => expect.closeTo(share, 12) as number);

test('a start before each batch, the reference between each and the next; where it changed in between that one is timed again', async () => {
  const { calls, ...timing } = machine((call) => (call >= 3 ? 1.5 : 1));
  const { timed, references, repeated } = await timeBesideReference({ ...options, ...timing });
  expect(calls.join(' ')).toBe('start R 0 R 1 R 1 R 2 R 3 R start R 4 R');
  expect(timed.map(({ value, referenceMs }) => value / referenceMs)).toEqual(shares([0.1, 0.2, 0.3, 0.4, 0.5]));
  expect(references).toEqual([[10, 10], ...Array.from({ length: 4 }, () => [15, 15])]);
  expect(repeated).toBe(1);
});

test('several between two references, and timed again together, where each takes long', async () => {
  const { calls, ...timing } = machine((call) => (call >= 4 ? 1.5 : 1));
  const { repeated } = await timeBesideReference({ ...options, ...timing, every: 3 });
  expect(calls.join(' ')).toBe('start R 0 1 2 R 0 1 2 R 3 R start R 4 R');
  expect(repeated).toBe(3);
});

test('of several rounds the one in the middle counts: a disturbance between two references does not show', async () => {
  const { calls, ...timing } = machine((call) => (call === 3 ? 1.5 : 1));
  const { timed, references, repeated } = await timeBesideReference({ ...options, ...timing, rounds: 3, count: 2 });
  expect(calls.join(' ')).toBe('start R 0 R 0 R 0 R 1 R 1 R 1 R');
  expect(timed).toEqual([
    { value: 1, referenceMs: 10 },
    { value: 2, referenceMs: 10 },
  ]);
  expect([references.length, repeated]).toEqual([6, 0]);
});

test('a machine that never settles: what was timed last is taken', async () => {
  const { calls, ...timing } = machine((call) => 1.1 ** call);
  const { timed, repeated } = await timeBesideReference({ ...options, ...timing, count: 1 });
  expect(timed).toHaveLength(1);
  expect(repeated).toBe(2);
  expect(calls.join(' ')).toBe('start R 0 R 0 R 0 R');
});

test('after an interruption only the rest is timed, on a device that was started anew', async () => {
  const kept: KeptStates = new Map();
  const first = machine(() => 1);
  await expect(timeBesideReference({ ...options, ...first, checkpoint: memoryCheckpoint(kept, { stopAt: 2 }) })).rejects.toThrow('stopped');
  expect(first.calls.join(' ')).toBe('start R 0 R 1 R');

  const second = machine(() => 2);
  const { timed, references } = await timeBesideReference({ ...options, ...second, checkpoint: memoryCheckpoint(kept) });
  expect(second.calls.join(' ')).toBe('start R 2 R 3 R start R 4 R');
  expect(timed.map(({ value, referenceMs }) => value / referenceMs)).toEqual(shares([0.1, 0.2, 0.3, 0.4, 0.5]));
  expect(references.slice(0, 3)).toEqual([
    [10, 10],
    [10, 10],
    [20, 20],
  ]);
});

test('what is finished is not looked at again: the values stay what they were', async () => {
  const kept: KeptStates = new Map();
  const whole = await timeBesideReference({ ...options, ...machine(() => 1), checkpoint: memoryCheckpoint(kept) });
  const { calls, ...timing } = machine(() => 3);
  expect(await timeBesideReference({ ...options, ...timing, checkpoint: memoryCheckpoint(kept) })).toEqual(whole);
  expect(calls).toEqual([]);
});
