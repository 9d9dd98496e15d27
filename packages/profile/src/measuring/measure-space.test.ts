// The protocol on a device whose truth is known: every block takes a fixed time, and the whole machine clocks up and down.
import { memoryCheckpoint, noCheckpoint } from '@nasc/core';
import type { BlockKey, KeptStates, MeasureContext, NetworkTimer, PredictedSpace } from '@nasc/core';
import { describe, expect, test } from 'vitest';
import { blockTable } from '../table/block-table.ts';
import { measureIsolated, measureSpace, referenceNetwork } from './measure-space.ts';

const candidate = (name: string) => ({ name, key: `block-${name}` });
const space: PredictedSpace = {
  name: 'three',
  choices: [
    { id: 'a', candidates: [candidate('small'), candidate('large')] },
    { id: 'b', candidates: [candidate('small'), candidate('large'), { name: 'zero', key: 'nothing' }] },
  ],
  fixed: [{ id: 'stem', keys: ['Conv', 'first'] }],
  blocks: { 'block-small': { macs: 10 }, 'block-large': { macs: 40 }, 'Conv & first': { macs: 5 } },
};
/** By choice and candidate; the second choice stands where caches are colder. */
const truthMs = [
  [1, 4],
  [1.5, 4.5, 0],
] as const;
const stemMs = 2;

/** A device that is `speed(n)` times as slow when it is started the n-th time. */
const device = (speed: (start: number) => number) => {
  let start = 0;
  const timed: string[] = [];
  const timer: NetworkTimer = {
    protocol: { clock: 'perfect' },
    seesBlocks: true,
    restart: async () => {
      start++;
    },
    time: async (choices, { blocks: wanted }) => {
      timed.push(`${start}: ${choices.join('-')}`);
      const slow = speed(start);
      const blocks = new Map<BlockKey, number>([['stem', stemMs * slow]]);
      for (const [choice, chosen] of choices.entries())
        if (truthMs[choice]![chosen]! > 0) blocks.set(choice, truthMs[choice]![chosen]! * slow);
      const ms = [...blocks.values()].reduce((sum, value) => sum + value, 0);
      return { ms, ...(wanted && { blocks }) };
    },
    timeAlone: async (block, chosen) => (typeof block === 'string' ? stemMs : truthMs[block]![chosen]!),
    dispose: async () => {},
  };
  return { timed, measured: { target: { name: 'known', options: { threads: 1 } }, device: { id: 'd', description: 'a device' }, timer } };
};

const context: Pick<MeasureContext, 'seed' | 'signal' | 'checkpoint' | 'progress'> = {
  seed: 3,
  signal: new AbortController().signal,
  checkpoint: noCheckpoint(),
  progress: () => {},
};
const plan = { blocks: true, networks: 36, seconds: 1 };

test('a machine that is slower for a while: at its usual speed every block takes its time', async () => {
  const { measured, timed } = device((start) => (start === 2 ? 2 : 1));
  const profile = await measureSpace(space, measured, plan, context);
  expect(profile.spaces[0]!.reference).toEqual({ choices: [1, 1], ms: 10.5, noise: 0 });
  // Each candidate of a choice in its place: same key, another latency.
  const { choices, fixed } = blockTable(profile, space);
  expect(choices.map((row) => row.map((entry) => entry!.ms))).toEqual(
    truthMs.map((row) => row.map((ms) => expect.closeTo(ms, 9) as number)),
  );
  expect(fixed[0]!.ms).toBeCloseTo(stemMs, 9);
  expect(choices[0]!.map((entry) => entry!.count)).toEqual([18, 18]);
  expect(choices[1]!.map((entry) => entry!.count)).toEqual([12, 12, 12]);
  // By key: both places together, and stem and first block as one.
  expect(profile.blocks['block-small']).toMatchObject({ count: 30, macs: 10 });
  expect(profile.blocks['Conv & first']).toEqual({
    ms: expect.closeTo(2, 9) as number,
    count: 36,
    variance: expect.closeTo(0, 9) as number,
    macs: 5,
  });
  expect(profile.blocks).not.toHaveProperty('nothing');
  expect(profile).toMatchObject({
    device: { id: 'd' },
    target: { name: 'known', options: { threads: 1 } },
    protocol: { method: 'whole networks and blocks in place', networks: 36, networksRepeated: 0, clock: 'perfect' },
  });
  // A start for each group of 16, after the one that finds out how fast the device is; three rounds, the reference between each and the next.
  const groups = [1, 2, 3, 4].map((start) => timed.filter((line) => line.startsWith(`${start + 1}:`)).length);
  expect(groups).toEqual([3 * 32 + 1, 3 * 32 + 1, 3 * 8 + 1, 0]);
});

test('a network in the middle is the reference', () => {
  expect(referenceNetwork([7, 1, 6])).toEqual([1, 0, 1]);
});

test('what was timed before an interruption is not timed again, and nothing else is drawn', async () => {
  const whole = await measureSpace(space, device(() => 1).measured, plan, context);
  const kept: KeptStates = new Map();
  const first = device(() => 1);
  const stopped = measureSpace(space, first.measured, plan, { ...context, checkpoint: memoryCheckpoint(kept, { stopAt: 20 }) });
  await expect(stopped).rejects.toThrow('stopped');
  const second = device(() => 1);
  const { conditions: _, ...profile } = await measureSpace(
    space,
    second.measured,
    { ...plan, networks: 99 },
    { ...context, checkpoint: memoryCheckpoint(kept) },
  );
  const { conditions: __, ...expected } = whole;
  expect(profile).toEqual(expected);
  // The rest, its references, and those after two starts.
  expect(second.timed.length).toBeLessThan(6 * (36 - 18) + 4);
});

test('where network and reference run in turn, a clock that never stands still does not show', async () => {
  let calls = 0;
  const clock = () => 1 + 0.3 * Math.abs(Math.sin(calls++));
  const { measured } = device(() => 1);
  const timer: NetworkTimer = {
    ...measured.timer,
    async timePaired(choices, reference, wanted) {
      const slow = clock();
      const { ms, blocks } = await measured.timer.time(choices, wanted);
      const { ms: referenceMs } = await measured.timer.time(reference, { blocks: false });
      const scaled = blocks && new Map([...blocks].map(([key, value]) => [key, value * slow]));
      return { ms: ms * slow, referenceMs: referenceMs * slow, ...(scaled && { blocks: scaled }) };
    },
  };
  const kept: KeptStates = new Map();
  const stopped = measureSpace(space, { ...measured, timer }, plan, { ...context, checkpoint: memoryCheckpoint(kept, { stopAt: 20 }) });
  await expect(stopped).rejects.toThrow('stopped');
  const profile = await measureSpace(space, { ...measured, timer }, plan, { ...context, checkpoint: memoryCheckpoint(kept) });
  const { reference, networks } = profile.spaces[0]!;
  expect(reference!.noise).toBeCloseTo(0, 12);
  expect(profile.protocol).toMatchObject({ networks: 36, reference: 'after every run' });
  expect(networks).toHaveLength(36);
  const usual = reference!.ms / 10.5;
  const { choices, fixed } = blockTable(profile, space);
  expect(choices.map((row) => row.map((entry) => entry!.ms / usual))).toEqual(
    truthMs.map((row) => row.map((ms) => expect.closeTo(ms, 9) as number)),
  );
  expect(fixed[0]!.ms / usual).toBeCloseTo(stemMs, 9);
});

describe('without blocks', () => {
  test('whole networks alone, as many as were asked for', async () => {
    const { measured } = device(() => 1);
    const profile = await measureSpace(space, measured, { blocks: false, networks: 10, seconds: 1 }, context);
    expect(profile.protocol).toMatchObject({ method: 'whole networks', networks: 10 });
    expect(profile.blocks).toEqual({});
    expect(profile.spaces[0]!.networks.every(({ blocksMs, ms }) => blocksMs === undefined && ms > 0)).toBe(true);
  });
});

test('as many networks as the time pays for, each candidate equally often', async () => {
  const { measured } = device(() => 1);
  const profile = await measureSpace(space, measured, { blocks: true, networks: undefined, seconds: 1e-6 }, context);
  // At least eight of each of the widest choice's candidates.
  expect(profile.spaces[0]!.networks).toHaveLength(24);
});

test('in isolation: each key once, wherever it stands, and one whole network', async () => {
  const { measured } = device(() => 1);
  const { blocks, protocol, spaces } = await measureIsolated(space, measured, context);
  expect(protocol).toMatchObject({ method: 'blocks in isolation', blocks: 3 });
  expect(Object.fromEntries(Object.entries(blocks).map(([key, { ms }]) => [key, ms]))).toEqual({
    'block-small': 1,
    'block-large': 4,
    'Conv & first': 2,
  });
  expect(spaces[0]!.networks).toEqual([{ choices: [1, 1], ms: 10.5 }]);
});
