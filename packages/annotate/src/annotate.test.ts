import { memoryCheckpoint, noCheckpoint } from '@nasc/core';
import type { CostModel, LatencyModel, LatencyPredictor, LatencyValue, NetworkTimer, PassContext, Profile, Target } from '@nasc/core';
import type { SearchSpaceArtifact } from '@nasc/core';
import { formatDiagnostics } from '@nasc/diagnostics';
import { float32, lookupOf } from '@nasc/ir';
import type { Candidate, ChoiceNode, OpDefinition, OpNode, SearchSpaceGraph } from '@nasc/ir';
import { describeSpace, predictNetwork } from '@nasc/profile';
import { describe, expect, it } from 'vitest';
import { caught } from '../../diagnostics/src/caught.test-helper.ts';
import { checkCostModel } from './check-cost-model.ts';
import { checkCosts, measureBlocksPass, predictLatency } from './passes.ts';

const type = float32(8, 8, 16);
const candidate = (name: string): Candidate => ({
  name,
  macro: name,
  attributes: {},
  graph: { inputs: [], nodes: [], outputs: [], groups: [] },
});
const op = (id: string, input: string, group: string): OpNode => ({
  kind: 'op',
  id,
  op: 'relu',
  attributes: {},
  inputs: [input],
  type,
  group,
});
const choice = (id: string, input: string, group: string): ChoiceNode => ({
  kind: 'choice',
  id,
  inputs: [input],
  candidates: [candidate('k3e3'), candidate('zero')],
  type,
  group,
});
const group = (id: string, position: number, macro = 'act') => ({ id, macro, attributes: {}, position, shortcut: macro === 'choice' });

const graph: SearchSpaceGraph = {
  inputs: [{ id: 'image', type }],
  nodes: [
    op('stem.act', 'image', 'stem'),
    choice('block1.choice', 'stem.act', 'block1'),
    choice('block2.choice', 'block1.choice', 'block2'),
    op('head.act', 'block2.choice', 'head'),
  ],
  outputs: ['head.act'],
  groups: [group('stem', 0), group('block1', 1, 'choice'), group('block2', 2, 'choice'), group('head', 3)],
};
const relu = { name: 'relu', doc: '', attributesSchema: {}, arity: 1, inferType: ([input]: readonly never[]) => input!, examples: [] };
const ops = lookupOf([relu as unknown as OpDefinition]);
const space = describeSpace('tiny', graph, ops);
const searchSpace = { name: 'tiny', graph } as SearchSpaceArtifact;

const device = { id: 'here', description: 'here' };
const value = (ms: number): LatencyValue => ({ ms, source: 'measured', samples: 40, spread: 0.001, deviceId: 'here' });
const profile: Profile = { device, protocol: {}, blocks: {}, spaces: [] };
const complete: Omit<CostModel, 'predictor' | 'accuracy'> = {
  target: 'cpu',
  profile,
  choices: [
    [value(0.2), value(0)],
    [value(0.1), value(0)],
  ],
  fixed: { stem: value(0.1), head: value(0.05) },
  facts: {},
};

describe('checkCostModel', () => {
  it('accepts a complete model', () => {
    expect(checkCostModel(space, complete)).toEqual([]);
  });

  it('names what a predictor left out', () => {
    const problems = checkCostModel(space, { ...complete, choices: [[value(0.2)]], fixed: { stem: value(0.1) } });
    expect(formatDiagnostics(problems).split('\n')[0]).toBe(
      'error LATENCY_MISSING: What is known of the device "here" lacks the latency of 4 blocks: block1.choice/zero, block2.choice/k3e3, block2.choice/zero, head.',
    );
  });

  it('refuses what is no latency', () => {
    const problems = checkCostModel(space, { ...complete, fixed: { stem: value(Number.NaN), head: value(-1) } });
    expect(formatDiagnostics(problems)).toBe(
      `error LATENCY_INVALID: Target "cpu" has what is no latency: NaN ms of stem, -1 ms of head.
  hint: A latency is a finite number of at least 0 ms. Correct the profile or the plugin of the predictor that says so.`,
    );
  });
});

/** Milliseconds of the candidates, whatever stands around them. */
const truth = [
  [0.2, 0],
  [0.1, 0],
] as const;
const fixedMs = 0.15;

/** A device that says how often it was asked. */
const countingDevice = () => {
  const counts = { starts: 0, networks: 0, timers: 0, disposed: 0 };
  const timer: NetworkTimer = {
    protocol: {},
    seesBlocks: false,
    restart: async () => void counts.starts++,
    async time(choices) {
      counts.networks++;
      return { ms: choices.reduce((sum, picked, index) => sum + truth[index]![picked]!, fixedMs) };
    },
    dispose: async () => void counts.disposed++,
  };
  const target: Pick<Target, 'name' | 'options' | 'device' | 'timer'> = {
    name: 'cpu',
    options: {},
    device: async () => device,
    timer: async () => {
      counts.timers++;
      return timer;
    },
  };
  return { counts, target };
};

/** Means of the measured networks that hold a candidate, over the fastest network: exact for two independent choices that are drawn evenly. */
const predictor: LatencyPredictor = {
  name: 'means',
  needs: { blocks: false, networks: undefined },
  fit({ profile: measured }): LatencyModel {
    const { networks, choices } = measured.spaces[0]!;
    const least = Math.min(...networks.map(({ ms }) => ms));
    const mean = (index: number, picked: number) => {
      const seen = networks.filter((network) => network.choices[index] === picked).map(({ ms }) => ms);
      return seen.reduce((sum, ms) => sum + ms, 0) / seen.length;
    };
    return {
      choices: choices.map(({ candidates }, index) => candidates.map((_, picked) => value(mean(index, picked) - mean(index, 1)))),
      fixed: { stem: value(least), head: value(0) },
      facts: {},
    };
  },
};

const annotate = async (
  target: Partial<Target>,
  { annotate: changes = {}, checkpoint = noCheckpoint() }: { annotate?: object; checkpoint?: PassContext['checkpoint'] } = {},
) => {
  const config = { seed: 1, annotate: { profiles: [], method: 'in-place', seconds: 1, networks: 64, ...changes } };
  const registry = { ops };
  const signal = new AbortController().signal;
  // What the passes read of their context.
  const context = {
    target,
    config,
    registry,
    checkpoint,
    signal,
    folder: '.',
    cacheFolder: '.',
    latencyPredictor: () => predictor,
    progress: () => {},
  } as unknown as PassContext;
  return checkCosts.run(await predictLatency.run(await measureBlocksPass.run({ searchSpace }, context), context), context);
};

describe('the stage', () => {
  it('measures whole networks where the target sees no blocks, fits, and tells how well unseen networks are predicted', async () => {
    const { counts, target } = countingDevice();
    const model = await annotate(target);
    for (const choices of [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ]) {
      expect(predictNetwork(model, choices)).toBeCloseTo(fixedMs + truth[0][choices[0]!]! + truth[1][choices[1]!]!, 1);
    }
    expect(model).toMatchObject({ target: 'cpu', predictor: 'means', profile: { device, spaces: [{ name: 'tiny' }] } });
    expect(model.accuracy).toMatchObject({ networks: 64, method: 'cross-validation' });
    expect(counts).toMatchObject({ timers: 1, disposed: 1, starts: 64 / 16 + 1 });
  });

  it('measures once: what is finished is the same after an interruption', async () => {
    const { counts, target } = countingDevice();
    const checkpoint = memoryCheckpoint(new Map());
    const first = await annotate(target, { checkpoint });
    const asked = counts.networks;
    expect(await annotate(target, { checkpoint })).toEqual(first);
    expect(counts).toMatchObject({ timers: 1, networks: asked });
  });

  it('measures nothing where the device is known', async () => {
    const { counts, target } = countingDevice();
    const { profile: known } = await annotate(target);
    const asked = counts.networks;
    expect((await annotate({ ...target, profile: known })).profile).toBe(known);
    expect(counts.networks).toBe(asked);
  });

  it('says what cannot be', async () => {
    const { target } = countingDevice();
    const { timer: _, ...withoutTimer } = target;
    expect(await caught(() => annotate(withoutTimer))).toBe(
      `error ANNOTATE_TARGET_CANNOT_MEASURE: Target "cpu" cannot be timed on this machine, and no profile of its device is given.
  hint: Run \`nasc profile --target cpu\` on the device itself and name the file in annotate.profiles, or take another target.`,
    );
    expect(await caught(() => annotate(target, { annotate: { method: 'isolated' } }))).toBe(
      `error ANNOTATE_NOT_ISOLATED: Target "cpu" cannot time a block by itself.
  at /annotate/method
  hint: Use the method "in-place".`,
    );
  });
});
