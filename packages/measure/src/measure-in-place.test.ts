import { noCheckpoint } from '@nasc/core';
import type { Checkpoint, MeasureContext } from '@nasc/core';
import { buildGraph, choicesOf, float32, lookupOf } from '@nasc/ir';
import { macros, primitiveOps } from '@nasc/ops';
import { expect, test } from 'vitest';
import { measureInPlace } from './measure-in-place.ts';

const registry = { ops: lookupOf(primitiveOps), macros: lookupOf(macros), patterns: lookupOf([]) };
const candidates = [
  { name: 'k3', macro: 'mbConv', attributes: { width: 4, kernel: 3, expansion: 2 } },
  { name: 'k5', macro: 'mbConv', attributes: { width: 4, kernel: 5, expansion: 2 } },
  { name: 'zero', macro: 'zero', attributes: {} },
];
const space = buildGraph(registry, (builder) => {
  const image = builder.input('image', float32(6, 6, 4));
  const stem = builder.group({ id: 'stem', macro: 'convBnAct', attributes: {}, shortcut: false });
  const first = stem.op('act', 'relu', [image]);
  const one = builder.group({ id: 'one', macro: 'choice', attributes: {}, shortcut: false });
  const second = one.choice('choice', [first], candidates);
  const two = builder.group({ id: 'two', macro: 'choice', attributes: {}, shortcut: false });
  return two.choice('choice', [second], candidates.slice(0, 2));
});

const device = { id: 'here', description: 'here' };
const context = (checkpoint: Checkpoint = noCheckpoint()): MeasureContext => ({
  signal: new AbortController().signal,
  seed: 3,
  cacheFolder: '',
  registry: registry as never,
  checkpoint,
  progress: () => {},
});
/** A machine on which a candidate's time is known: its place, in ms, once disturbed. */
const machine = () => {
  const networks: (readonly number[])[] = [];
  const time = async (choices: readonly number[]) => {
    networks.push(choices);
    const disturbed = networks.length === 4 ? 100 : 0;
    const times = new Map<string | number, number>([
      ['stem', 0.5],
      [1, 10 + choices[1]! + disturbed],
    ]);
    if (choices[0] !== 2) times.set(0, 1 + choices[0]!);
    return times;
  };
  return { networks, time };
};

test('every candidate gets its own time, one that computes nothing 0, and a disturbed sample does not show', async () => {
  const { networks, time } = machine();
  const { choices, fixed } = await measureInPlace(space, context(), { device, visits: 4, time });
  expect(networks).toHaveLength(12);
  expect(choices.map((values) => values.map(({ ms }) => ms))).toEqual([
    [1, 2, 0],
    [10, 11],
  ]);
  expect(choices.map((values) => values.map(({ samples }) => samples))).toEqual([
    [4, 4, 4],
    [6, 6],
  ]);
  expect(fixed).toEqual({ stem: { ms: 0.5, source: 'measured', samples: 12, spread: 0, deviceId: 'here' } });
  expect(choicesOf(space)).toHaveLength(2);
});

test('after an interruption only the rest is timed', async () => {
  let stored: unknown;
  const keeping: Checkpoint = {
    ...noCheckpoint(),
    resume: async <State>() => structuredClone(stored) as State | undefined,
    store: async (state) => void (stored = structuredClone(state)),
  };
  const { networks, time } = machine();
  const breaking = async (choices: readonly number[]) => {
    if (networks.length === 5) throw new Error('power cut');
    return time(choices);
  };
  await expect(measureInPlace(space, context(keeping), { device, visits: 4, time: breaking })).rejects.toThrow('power cut');
  const after = await measureInPlace(space, context(keeping), { device, visits: 4, time });
  expect(networks).toHaveLength(12);
  const whole = machine();
  expect(after).toEqual(await measureInPlace(space, context(), { device, visits: 4, time: whole.time }));
  expect(networks).toEqual(whole.networks);
});
