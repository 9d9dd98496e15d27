import type { Profile } from '@nasc/core';
import { crossValidate, predictNetworks } from '@nasc/profile';
import { pixel1 } from '@nasc/target-profile';
import { describe, expect, test } from 'vitest';
import { correctedPredictor } from './corrected.ts';
import { failureOf, predictFurther, publishedSpace, requestOf, rmspe, shareWithin, smallSpace } from './spaces.test-helper.ts';
import { measureNetworks, plain, profileOf, truthOf } from './synthetic-device.test-helper.ts';
import { tablePredictor } from './table.ts';

const corrected = correctedPredictor.create({});
const table = tablePredictor.create({});
const space = smallSpace();
/** Timers of blocks that say too little, and a call that no timer sees. */
const biased = { ...plain, id: 'biased', timerShare: 0.85, timerMs: 0.002, callMs: 0.1, place: 0.05 };
const errorOf = (profile: Profile, device = biased, of = space) => rmspe(predictFurther(corrected.fit(requestOf(profile, of)), device, of));

describe('the table, corrected by whole networks', () => {
  test('blocks that are timed wrongly: 22 % off by the table, corrected to what noise and neighbours leave', () => {
    const profile = profileOf(biased, space, { networks: 300 });
    expect(rmspe(predictFurther(table.fit(requestOf(profile, space)), biased, space))).toBeGreaterThan(0.15);
    const model = corrected.fit(requestOf(profile, space));
    const further = predictFurther(model, biased, space);
    expect(rmspe(further)).toBeLessThan(0.018);
    expect(shareWithin(further, 0.05)).toBeGreaterThan(0.98);
    expect(model.facts).toMatchObject({ base: 'table', networks: 300 });
    expect(model.facts['scale']).toBeCloseTo(1 / biased.timerShare, 1);
    expect(Object.keys(model.fixed)).toEqual(['stem', 'head', 'call'].filter((entry) => entry in model.fixed));
  });

  test('21 choices of 7 candidates, 300 networks: RMSPE 2 % at most, 95 % of the networks within 5 %', () => {
    const large = publishedSpace();
    const further = predictFurther(corrected.fit(requestOf(profileOf(biased, large, { networks: 300 }), large)), biased, large);
    expect(rmspe(further)).toBeLessThan(0.02);
    expect(shareWithin(further, 0.05)).toBeGreaterThan(0.95);
  });

  test('values say what they are: of the model, from so many networks, with a deviation', () => {
    const profile = profileOf(biased, space, { networks: 300 });
    const { choices, fixed } = corrected.fit(requestOf(profile, space));
    const seen = profile.spaces[0]!.networks.filter((network) => network.choices[2] === 3).length;
    expect(choices[2]![3]).toMatchObject({ source: 'model', samples: seen, deviceId: 'biased' });
    expect(choices[2]![3]!.spread).toBeGreaterThan(0);
    expect(fixed['call']).toMatchObject({ source: 'model', samples: 300 });
    expect([...choices.flat(), ...Object.values(fixed)].every(({ ms }) => ms >= 0)).toBe(true);
  });

  test('a table that is right stays as it is', () => {
    const right = { ...plain, noise: 0.002, neighbours: 0, callMs: 0 };
    const profile = profileOf(right, space, { networks: 100 });
    const model = corrected.fit(requestOf(profile, space));
    const known = table.fit(requestOf(profile, space));
    const meanMs = 0.5 * (known.choices[4]![1]!.ms + known.choices[4]![2]!.ms);
    for (const [candidate, { ms }] of known.choices[4]!.entries())
      expect(Math.abs(model.choices[4]![candidate]!.ms - ms)).toBeLessThan(0.02 * meanMs);
  });

  test('a fifth of the networks disturbed by something else that ran: the others are predicted as before', () => {
    const profile = profileOf(biased, space, { networks: 400 });
    const [measured] = profile.spaces;
    const networks = measured!.networks.map((network, index) => (index % 5 === 0 ? { ...network, ms: 1.4 * network.ms } : network));
    // Least squares would be off by 8 %.
    expect(errorOf({ ...profile, spaces: [{ ...measured!, networks }] })).toBeLessThan(0.022);
  });

  test('a clock that goes slower for a while is measured by the reference', () => {
    const profile = profileOf(biased, space, { networks: 300 });
    const [measured] = profile.spaces;
    const networks = measured!.networks.map((network, index) => {
      const slow = index < 150 ? 1.5 : 1;
      return { ...network, ms: slow * network.ms, referenceMs: slow * 3, blocksMs: network.blocksMs!.map((ms) => slow * ms) };
    });
    const reference = { choices: measured!.networks[0]!.choices, ms: 3, noise: 0.01 };
    const clocked = corrected.fit(requestOf({ ...profile, spaces: [{ ...measured!, networks, reference }] }, space));
    const steady = corrected.fit(requestOf(profile, space));
    for (const [choice, candidates] of steady.choices.entries())
      for (const [candidate, { ms }] of candidates.entries()) expect(clocked.choices[choice]![candidate]!.ms).toBeCloseTo(ms, 9);
  });

  test('one network: the sum meets it about half-way', () => {
    const profile = profileOf(biased, space, { networks: 64 });
    const [measured] = profile.spaces;
    const [network] = measured!.networks;
    const few = { ...profile, spaces: [{ ...measured!, networks: [{ choices: network!.choices, ms: network!.ms }] }] };
    const predict = (model: ReturnType<typeof corrected.fit>) => predictNetworks(model, [network!], {})[0]!;
    const before = predict(table.fit(requestOf(few, space)));
    const after = predict(corrected.fit(requestOf(few, space)));
    expect(before.predictedMs / before.measuredMs).toBeLessThan(0.85);
    expect(after.predictedMs / after.measuredMs).toBeGreaterThan(0.97);
  });
});

describe('no networks', () => {
  test('Pixel 1: exactly the table', () => {
    const published = publishedSpace();
    const { choices, fixed, facts } = corrected.fit(requestOf(pixel1, published));
    const known = table.fit(requestOf(pixel1, published));
    expect({ choices, fixed }).toEqual({ choices: known.choices, fixed: known.fixed });
    expect(facts).toEqual({ base: 'table', networks: 0 });
  });

  test('and an incomplete table: what is missing', () => {
    expect(failureOf(() => corrected.fit(requestOf(pixel1, space)))).toMatch(/^error LATENCY_MISSING: .* lacks the latency of 37 blocks: /);
  });
});

describe('whole networks alone', () => {
  const whole = (networks: number) => profileOf(biased, space, { networks, blocks: false });

  test('sizes are where it starts', () => {
    expect(errorOf(whole(100))).toBeLessThan(0.025);
    expect(errorOf(whole(1000))).toBeLessThan(0.018);
    expect(corrected.fit(requestOf(whole(100), space)).facts).toMatchObject({ base: 'sizes', networks: 100 });
  });

  test('a space that is known by its numbers of candidates alone, as imported ones are', () => {
    const profile = whole(500);
    const numbers = {
      name: 'imported',
      choices: space.choices.map(({ candidates }, choice) => ({
        id: String(choice),
        candidates: candidates.map((_, candidate) => ({ name: String(candidate) })),
      })),
      fixed: [],
      networks: profile.spaces[0]!.networks,
    };
    const imported = { ...profile, spaces: [numbers] };
    const own = corrected.fit(requestOf(imported, { ...numbers, blocks: {} }));
    expect(rmspe(predictFurther(own, biased, space))).toBeLessThan(0.018);
    expect(own.facts['base']).toBe('mean');
    expect(Object.keys(own.fixed)).toEqual(['call']);
    // Asked by the space itself, whose sizes are known: every unit has its value.
    const named = corrected.fit(requestOf(imported, space));
    expect(Object.keys(named.fixed)).toEqual([...space.fixed.map(({ id }) => id), 'call']);
    expect(rmspe(predictFurther(named, biased, space))).toBeLessThan(0.018);
  });

  const without = (choice: number, candidate: number): Profile => {
    const profile = whole(200);
    const networks = profile.spaces[0]!.networks.filter(({ choices }) => choices[choice] !== candidate);
    return { ...profile, spaces: [{ ...profile.spaces[0]!, networks }] };
  };

  test('a block that no network has is not made up', () => {
    expect(failureOf(() => corrected.fit(requestOf(without(2, 3), space)))).toMatchInlineSnapshot(`
      "error LATENCY_MISSING: What is known of the device "the device biased" lacks the latency of expanded_conv-input:14x14x16-output:7x7x32-expand:3-kernel:5-stride:2-idskip:0.
        hint: Nothing is made up: measure it with \`nasc profile --target synthetic --space mobile-small\`, or let the predictor "learned" tell it from other sizes."
    `);
  });

  test('a block that stands elsewhere is known from there', () => {
    expect(space.choices[3]!.candidates[2]!.key).toBe(space.choices[4]!.candidates[2]!.key);
    expect(errorOf(without(3, 2))).toBeLessThan(0.025);
  });
});

describe('how well it predicts is told truly', () => {
  test('intervals of 90 % from 700 networks cover 88 to 92 % of 2,000 further ones, and errors are as they are there', () => {
    const profile = profileOf(biased, space, { networks: 700 });
    const accuracy = crossValidate(corrected, requestOf(profile, space))!;
    const further = predictFurther(corrected.fit(requestOf(profile, space)), biased, space, 2000);
    const { low, high } = accuracy.interval;
    const covered =
      further.filter(({ predictedMs, measuredMs }) => measuredMs >= low * predictedMs && measuredMs <= high * predictedMs).length / 2000;
    expect(covered).toBeGreaterThan(0.88);
    expect(covered).toBeLessThan(0.92);
    expect(accuracy.coverage).toBeGreaterThan(0.88);
    expect(accuracy.coverage).toBeLessThan(0.92);
    expect(accuracy.rmspe).toBeCloseTo(rmspe(further), 2);
  });

  test('latencies that follow from nothing are not predicted any better held out than their deviation', () => {
    // Log-normal noise of 30 % and nothing else: whatever is fitted to it is no knowledge.
    const flat = {
      ...plain,
      id: 'flat',
      noise: 0.3,
      msPerMac: 0,
      msPerByte: 0,
      neighbours: 0,
      place: 0,
      kinds: 0,
      common: 0,
      individual: 0,
    };
    const profile = profileOf(flat, space, { networks: 300, blocks: false });
    const ms = profile.spaces[0]!.networks.map((network) => network.ms);
    const accuracy = crossValidate(corrected, requestOf({ ...profile, blocks: {} }, space))!;
    expect(ms.length).toBe(300);
    expect(accuracy.rmspe).toBeGreaterThan(0.25);
  });

  test('the truth without noise and neighbours is found', () => {
    const clean = { ...biased, noise: 0.001, neighbours: 0 };
    const model = corrected.fit(requestOf(profileOf(clean, space, { networks: 300 }), space));
    const truth = truthOf(clean, space);
    const errors = measureNetworks(clean, space, { networks: 100, seed: 7 }).map(
      ({ choices }) => predictNetworks(model, [{ choices, ms: truth.networkMs(choices) }], {})[0]!,
    );
    expect(rmspe(errors)).toBeLessThan(0.002);
  });
});
