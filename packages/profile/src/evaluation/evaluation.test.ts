import type { LatencyPredictor, LatencyValue, PredictedSpace, PredictorRequest, Profile, ProfiledNetwork } from '@nasc/core';
import { sampleNetworks } from '@nasc/measure';
import { Random } from '@nasc/random';
import { describe, expect, test } from 'vitest';
import { blockTable } from '../table/block-table.ts';
import { summariseBlocks } from '../table/summarise-blocks.ts';
import { assessHeldOut, errorsOf, predictNetwork, predictNetworks } from './assess-predictions.ts';
import { conformalInterval } from './conformal-interval.ts';
import { crossValidate } from './cross-validate.ts';
import { drawFolds } from './folds.ts';
import { kendallTau } from './kendall-tau.ts';

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);
const value = (ms: number): LatencyValue => ({ ms, source: 'table', samples: 1, spread: 0, deviceId: 'd' });

describe('errors', () => {
  test('worked numbers: errors are shares of what was measured', () => {
    // +8 %, -4 %, -20 %, 0 %.
    const pairs = [
      { predictedMs: 10.8, measuredMs: 10 },
      { predictedMs: 48, measuredMs: 50 },
      { predictedMs: 80, measuredMs: 100 },
      { predictedMs: 3, measuredMs: 3 },
    ];
    const { rmspe, bias, within5, within10, kendallTau: tau } = errorsOf(pairs);
    expect(rmspe).toBeCloseTo(Math.sqrt((0.0064 + 0.0016 + 0.04 + 0) / 4), 12);
    expect(bias).toBeCloseTo(-0.04, 12);
    expect([within5, within10]).toEqual([0.5, 0.75]);
    expect(tau).toBe(1);
  });

  test('a network is the sum of its candidates and of all that is fixed, measured at the usual speed', () => {
    const model = { choices: [[value(1), value(2)], [value(4)]], fixed: { stem: value(8), call: value(16) } };
    expect(predictNetwork(model, [1, 0])).toBe(30);
    const networks = [{ choices: [0, 0], ms: 30, referenceMs: 20 }];
    expect(predictNetworks(model, networks, { reference: { choices: [1, 0], ms: 10, noise: 0 } })).toEqual([
      { predictedMs: 29, measuredMs: 15 },
    ]);
  });

  test('of networks that were kept apart, the share inside of an interval that is given', () => {
    const pairs = [0.8, 0.95, 1, 1.2].map((measuredMs) => ({ predictedMs: 1, measuredMs }));
    const interval = { confidence: 0.9, low: 0.95, high: 1.1 };
    expect(assessHeldOut(pairs, interval, 0.01)).toMatchObject({
      networks: 4,
      method: 'held out',
      interval,
      coverage: 0.5,
      repeatNoise: 0.01,
    });
  });
});

describe('Kendall’s tau-b', () => {
  /** By the definition, of pairs that are concordant, discordant, and tied in one list alone. */
  const byDefinition = (left: readonly number[], right: readonly number[]): number => {
    const counts = { concordant: 0, discordant: 0, left: 0, right: 0 };
    for (const i of left.keys()) {
      for (const j of left.keys()) {
        if (j <= i || (left[i] === left[j] && right[i] === right[j])) continue;
        if (left[i] === left[j]) counts.left++;
        else if (right[i] === right[j]) counts.right++;
        else if ((left[i]! - left[j]!) * (right[i]! - right[j]!) > 0) counts.concordant++;
        else counts.discordant++;
      }
    }
    const { concordant, discordant } = counts;
    return (concordant - discordant) / Math.sqrt((concordant + discordant + counts.left) * (concordant + discordant + counts.right));
  };

  test('lists with many ties, against the definition', () => {
    for (const index of range(20)) {
      const random = new Random({ seed: 3, stream: 'tau', index });
      const left = range(30).map(() => random.integer(6));
      const right = left.map((one) => one + random.integer(5));
      expect(kendallTau(left, right)).toBeCloseTo(byDefinition(left, right), 12);
    }
  });

  test('worked numbers', () => {
    // The example of SciPy's documentation: -0.4714.
    expect(kendallTau([12, 2, 1, 12, 2], [1, 4, 7, 1, 0])).toBeCloseTo(-Math.SQRT2 / 3, 12);
    expect(kendallTau([1, 2, 3], [10, 20, 30])).toBe(1);
    expect(kendallTau([1, 2, 3], [3, 2, 1])).toBe(-1);
  });

  test('no order, no correlation', () => {
    expect(kendallTau([1, 1, 1], [1, 2, 3])).toBeUndefined();
    expect(kendallTau([1], [1])).toBeUndefined();
  });
});

describe('conformal intervals', () => {
  test('order statistics, counted from both ends', () => {
    expect(conformalInterval(range(19).toReversed(), 0.9)).toEqual({ confidence: 0.9, low: 1, high: 19 });
    expect(conformalInterval(range(39), 0.9)).toEqual({ confidence: 0.9, low: 2, high: 38 });
    // ⌈0.95 · 100⌉ = 95: 90 of the 100 gaps.
    expect(conformalInterval(range(99), 0.9)).toEqual({ confidence: 0.9, low: 5, high: 95 });
  });

  test('too few for the confidence: all of them, and what that is worth', () => {
    expect(conformalInterval(range(9), 0.9)).toEqual({ confidence: 0.8, low: 1, high: 9 });
  });

  test('the next one lies inside as often as is said, on average over many sets of 24', () => {
    // Uniform numbers: an interval covers its own length. ⌈0.95 · 25⌉ = 24: 23 of 25 gaps.
    const sets = 4000;
    let covered = 0;
    for (const index of range(sets)) {
      const random = new Random({ seed: 8, stream: 'conformal', index });
      const { low, high } = conformalInterval(
        range(24).map(() => random.uniform()),
        0.9,
      );
      covered += (high - low) / sets;
    }
    expect(covered).toBeGreaterThan(23 / 25 - 0.004);
    expect(covered).toBeLessThan(23 / 25 + 0.004);
  });
});

const candidates = ['small', 'large', 'huge'];
const space: PredictedSpace = {
  name: 'known',
  choices: ['a', 'b', 'c'].map((id) => ({ id, candidates: candidates.map((name) => ({ name, key: `${name} of ${id}` })) })),
  fixed: [{ id: 'stem', keys: ['stem'] }],
  blocks: {},
};
const truthMs = (choice: number, candidate: number) => (choice + 1) * (candidate + 1);

const profileOf = (networks: readonly ProfiledNetwork[]): Profile => {
  const { name, choices, fixed } = space;
  const measured = { name, choices, fixed, networks };
  return { device: { id: 'd', description: 'a device' }, protocol: {}, blocks: summariseBlocks(measured, {}), spaces: [measured] };
};
const requestOf = (profile: Profile): PredictorRequest => ({ space, profile, others: [], seed: 4 });

const measure = (choices: readonly number[], factor = 1): ProfiledNetwork => {
  const blocksMs = [...choices.map((candidate, choice) => truthMs(choice, candidate)), 2];
  return { choices, blocksMs, ms: factor * blocksMs.reduce((sum, ms) => sum + ms, 0) };
};
const sampled = (count: number): readonly ProfiledNetwork[] =>
  sampleNetworks([3, 3, 3], count, { seed: 2, stream: 'known' }).map((choices) => measure(choices));

/** The table, and nothing else. */
const byTable: Pick<LatencyPredictor, 'fit'> = {
  fit({ profile }) {
    const { choices, fixed } = blockTable(profile, space);
    return { choices: choices.map((row) => row.map((entry) => value(entry!.ms))), fixed: { stem: value(fixed[0]!.ms) }, facts: {} };
  },
};

describe('cross-validation', () => {
  test('a predictor that knows the truth: no error, every interval is a point, all inside', () => {
    const networks = sampled(120);
    expect(crossValidate(byTable, requestOf(profileOf(networks)))).toEqual({
      networks: 120,
      method: 'cross-validation',
      rmspe: expect.closeTo(0, 12) as number,
      bias: expect.closeTo(0, 12) as number,
      within5: 1,
      within10: 1,
      kendallTau: 1,
      interval: { confidence: 0.9, low: expect.closeTo(1, 12) as number, high: expect.closeTo(1, 12) as number },
      coverage: expect.any(Number) as number,
      repeatNoise: undefined,
    });
  });

  test('each network is held out once, and a fit gets nothing of those that it is tested on', () => {
    // A block of its own latency in every network: whatever leaks shows.
    const networks = sampled(60).map((network, index) => ({ ...network, blocksMs: [1, 1, 1, 1 + index] }));
    const seen: Profile[] = [];
    const profile = profileOf(networks);
    const spy: Pick<LatencyPredictor, 'fit'> = {
      fit(request) {
        seen.push(request.profile);
        return byTable.fit(request);
      },
    };
    crossValidate(spy, requestOf(profile), { folds: 6 });
    expect(seen).toHaveLength(6);
    const heldOut = seen.map(({ spaces }) => networks.filter((network) => !spaces[0]!.networks.includes(network)));
    expect(heldOut.map(({ length }) => length)).toEqual([10, 10, 10, 10, 10, 10]);
    expect(new Set(heldOut.flat()).size).toBe(60);
    for (const fold of seen) {
      expect(fold.blocks).toEqual(profileOf(fold.spaces[0]!.networks).blocks);
      expect(fold.blocks['stem']!.count).toBe(50);
      expect(fold.blocks['stem']!.ms).not.toBe(profile.blocks['stem']!.ms);
    }
  });

  test('a candidate that one fold alone has seen: its networks are never held out', () => {
    const common = sampled(40).filter(({ choices }) => choices[2] !== 2);
    const rare = measure([0, 1, 2]);
    const networks = [...common, rare];
    const foldOf = drawFolds(networks, 10, 4);
    expect(foldOf.at(-1)).toBe(-1);
    expect(foldOf.slice(0, -1).every((fold) => fold >= 0)).toBe(true);
    const profile = profileOf(networks);
    const fits: Profile[] = [];
    const accuracy = crossValidate({ fit: (request) => (fits.push(request.profile), byTable.fit(request)) }, requestOf(profile));
    expect(accuracy!.networks).toBe(common.length);
    expect(fits.every(({ spaces }) => spaces[0]!.networks.includes(rare))).toBe(true);
  });

  test('errors as they are: half of the networks take 10 % more than their blocks', () => {
    const networks = sampled(200).map(({ choices }, index) => measure(choices, index % 2 === 0 ? 1 : 1.1));
    const accuracy = crossValidate(byTable, requestOf(profileOf(networks)))!;
    expect(accuracy.rmspe).toBeCloseTo((1 - 1 / 1.1) / Math.SQRT2, 9);
    expect(accuracy.bias).toBeCloseTo((1 / 1.1 - 1) / 2, 9);
    expect(accuracy.within5).toBe(0.5);
    expect(accuracy.interval.low).toBeCloseTo(1, 9);
    expect(accuracy.interval.high).toBeCloseTo(1.1, 9);
  });

  test('too few networks to tell anything, too few to tell of coverage', () => {
    expect(crossValidate(byTable, requestOf(profileOf(sampled(9))))).toBeUndefined();
    expect(crossValidate(byTable, requestOf({ ...profileOf(sampled(50)), spaces: [] }))).toBeUndefined();
    expect(crossValidate(byTable, requestOf(profileOf(sampled(99))))).toMatchObject({ networks: 99, coverage: undefined });
  });
});
