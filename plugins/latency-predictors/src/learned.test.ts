import type { Profile } from '@nasc/core';
import { predictNetwork } from '@nasc/profile';
import { pixel1 } from '@nasc/target-profile';
import { describe, expect, test } from 'vitest';
import { blockFeatures } from './block-features.ts';
import { correctedPredictor } from './corrected.ts';
import { fitGaussianProcess } from './gaussian-process.ts';
import { learnedPredictor } from './learned.ts';
import { failureOf, predictFurther, publishedSpace, requestOf, rmspe, shareWithin, smallSpace } from './spaces.test-helper.ts';
import { plain, profileOf, truthOf } from './synthetic-device.test-helper.ts';
import { fitWorkTrend } from './work-trend.ts';

const learned = learnedPredictor.create({});
const small = smallSpace(28);
const large = smallSpace(64);
const known = profileOf(plain, small, { networks: 400 });
const blocksOnly = (profile: Profile): Profile => ({ ...profile, spaces: [] });

describe('what a block is told from', () => {
  test('the work that a published key says is that of the block itself', () => {
    const { blocks, choices, fixed } = publishedSpace();
    const keys = new Set([
      ...choices.flatMap(({ candidates }) => candidates.map(({ key }) => key!)),
      ...fixed.flatMap((unit) => unit.keys),
    ]);
    keys.delete('nothing');
    expect(keys.size).toBeGreaterThan(60);
    for (const key of keys) {
      const { work } = blockFeatures(key, undefined)!;
      const { macs, parameters, activationBytes } = blocks[key]!;
      expect([key, work.activationBytes]).toEqual([key, activationBytes]);
      // What keys do not say: normalisation and biases, some percent of small blocks.
      expect(work.macs / macs!).toBeCloseTo(1, 1);
      expect(Math.abs(work.parameters / parameters! - 1)).toBeLessThan(0.15);
    }
  });

  test('a key that is none of the grammar tells nothing', () => {
    expect(blockFeatures('a block of mine', undefined)).toBeUndefined();
    expect(blockFeatures('mine-input:7x7x16-output:7x7x16-width:3', undefined)).toBeUndefined();
    expect(blockFeatures('mine-input:7x7x16-output:7x7x16-width:3', { macs: 5, parameters: 2, activationBytes: 1 })).toMatchObject({
      kind: 'mine',
    });
  });
});

test('the trend of work: constants as they were, none of them negative', () => {
  const works = Array.from({ length: 30 }, (_, index) => ({
    macs: 1e6 * (1 + (index % 7)),
    parameters: 1e3 * (1 + (index % 5)),
    activationBytes: 1e4 * (1 + (index % 3)),
  }));
  const trend = fitWorkTrend(
    works,
    works.map(({ macs, activationBytes }) => 0.01 + 2e-7 * macs + 3e-6 * activationBytes),
  );
  expect(trend({ macs: 2e7, parameters: 9e9, activationBytes: 5e5 })).toBeCloseTo(0.01 + 4 + 1.5, 3);
});

describe('the Gaussian process', () => {
  const blocks = [1, 2, 4, 8, 16, 32, 64, 128].map((size) =>
    blockFeatures(`Conv-input:${size}x${size}x8-output:${size}x${size}x8`, undefined)!,
  );
  const values = blocks.map((_, index) => Math.sin(index));
  const variances = blocks.map(() => 1e-4);
  const whole = fitGaussianProcess(blocks, values, variances);

  test('what all others say of one is what a process says whose value of it is worth nothing', () => {
    for (const [index, block] of blocks.entries()) {
      const worthless = variances.map((variance, other) => (other === index ? 1e9 : variance));
      const without = fitGaussianProcess(blocks, values, worthless, whole.widths).predict(block);
      expect(whole.leftOut[index]!.mean).toBeCloseTo(without.mean, 5);
      expect(whole.leftOut[index]!.variance).toBeCloseTo(without.variance, 5);
    }
  });

  test('two values, worked by hand', () => {
    // One kind, one size apart in all features (standardised to -1 and 1): squared distance 4 over a length of 2; no linear part.
    const widths = { linear: 0, smooth: 1, sizeLength: 2, attributeLength: 1, noise: 0 };
    const [small, large] = [blocks[2]!, blocks[4]!];
    const correlation = Math.exp(-0.5);
    const process = fitGaussianProcess([small, large], [1, 0.5], [0.1, 0.2], widths);
    // K = [[1.1, c], [c, 1.2]]: mean at the first = [1, c] K⁻¹ [1, 0.5].
    const determinant = 1.1 * 1.2 - correlation ** 2;
    const weights = [(1.2 * 1 - correlation * 0.5) / determinant, (1.1 * 0.5 - correlation * 1) / determinant];
    expect(process.predict(small).mean).toBeCloseTo(weights[0]! + correlation * weights[1]!, 6);
    // By the second alone: c / 1.2 · 0.5, and 1 - c² / 1.2.
    expect(process.leftOut[0]!.mean).toBeCloseTo((correlation / 1.2) * 0.5, 6);
    expect(process.leftOut[0]!.variance).toBeCloseTo(1 - correlation ** 2 / 1.2, 6);
  });
});

describe('sizes that were never measured', () => {
  test('blocks of 28 pixels tell those of 64: networks within 8 %', () => {
    const model = learned.fit(requestOf(known, large));
    expect(rmspe(predictFurther(model, plain, large))).toBeLessThan(0.08);
    expect(model.facts).toMatchObject({ base: 'learned', networks: 0, correctedBy: 'mobile-small' });
    expect(model.fixed['call']!.source).toBe('model');
  });

  test('blocks alone do it, too; each says that it is a model’s, and how far it may be off', () => {
    const { choices } = learned.fit(requestOf(blocksOnly(known), large));
    const truth = truthOf(plain, large);
    const errors = choices.flatMap((candidates, choice) =>
      candidates.flatMap(({ ms, spread, source, samples }, candidate) =>
        source === 'model' ? [{ error: Math.abs(ms - truth.blockMs(choice, candidate)), spread, samples }] : [],
      ),
    );
    expect(errors.length).toBeGreaterThan(50);
    expect(errors.every(({ samples, spread }) => samples === 0 && spread > 0)).toBe(true);
    // A median deviation: half of the errors are smaller.
    const inside = errors.filter(({ error, spread }) => error <= spread).length / errors.length;
    expect(inside).toBeGreaterThan(0.25);
    expect(inside).toBeLessThan(0.85);
  });

  test('a few networks of the new size correct it', () => {
    const few = profileOf(plain, large, { networks: 60, blocks: false });
    const profile = { ...few, blocks: known.blocks };
    const model = learned.fit(requestOf(profile, large));
    const before = rmspe(predictFurther(learned.fit(requestOf(blocksOnly(known), large)), plain, large));
    const after = rmspe(predictFurther(model, plain, large));
    expect(after).toBeLessThan(0.03);
    expect(after).toBeLessThan(before);
    expect(model.facts).toMatchObject({ networks: 60 });
  });

  test('the published table, a third of its blocks unknown: each within 10 % in the middle', () => {
    const keys = Object.keys(pixel1.blocks).filter((key) => key.startsWith('expanded_conv'));
    const hidden = keys.filter((_, index) => index % 3 === 1);
    const blocks = Object.fromEntries(Object.entries(pixel1.blocks).filter(([key]) => !hidden.includes(key)));
    const space = publishedSpace();
    const { choices } = learned.fit(requestOf({ ...pixel1, blocks }, space));
    const errors = space.choices.flatMap(({ candidates }, choice) =>
      candidates.flatMap(({ key }, candidate) =>
        hidden.includes(key!) ? [Math.abs(choices[choice]![candidate]!.ms / pixel1.blocks[key!]!.ms - 1)] : [],
      ),
    );
    expect(errors.toSorted((a, b) => a - b)[Math.floor(errors.length / 2)]).toBeLessThan(0.1);
    expect(Math.max(...errors)).toBeLessThan(0.35);
  });
});

describe('blocks that were measured', () => {
  test('keep what was measured, and say so', () => {
    const { choices } = learned.fit(requestOf(blocksOnly(known), small));
    const table = choices[1]![2]!;
    expect(table.source).toBe('measured');
    expect(table.samples).toBeGreaterThan(40);
    expect(table.ms / known.blocks[small.choices[1]!.candidates[2]!.key!]!.ms).toBeCloseTo(1, 2);
  });

  test('a single wild measurement counts by its certainty', () => {
    const key = small.choices[2]!.candidates[3]!.key!;
    const right = known.blocks[key]!;
    const wild = { ...right, ms: 3 * right.ms, count: 1, variance: (3 * right.ms) ** 2 };
    const { choices } = learned.fit(requestOf(blocksOnly({ ...known, blocks: { ...known.blocks, [key]: wild } }), small));
    expect(choices[2]![3]!.ms / right.ms).toBeGreaterThan(0.75);
    expect(choices[2]![3]!.ms / right.ms).toBeLessThan(1.5);
  });

  test('all of them, and networks: as good as `corrected`', () => {
    const model = learned.fit(requestOf(known, small));
    expect(model.facts['base']).toBe('table');
    const corrected = correctedPredictor.create({}).fit(requestOf(known, small));
    expect(rmspe(predictFurther(model, plain, small))).toBeCloseTo(rmspe(predictFurther(corrected, plain, small)), 2);
    expect(shareWithin(predictFurther(model, plain, small), 0.05)).toBeGreaterThan(0.95);
    expect(
      predictNetwork(
        model,
        small.choices.map(() => 0),
      ),
    ).toBeGreaterThan(0);
  });
});

test('kinds of blocks that were never measured are not made up', () => {
  const blocks = Object.fromEntries(Object.entries(known.blocks).filter(([key]) => !key.includes('Logits')));
  expect(failureOf(() => learned.fit(requestOf(blocksOnly({ ...known, blocks }), large)))).toMatchInlineSnapshot(`
    "error LATENCY_MISSING: What is known of the device "the device plain" lacks the latency of 2 blocks: Conv_1-input:8x8x64-output:8x8x160, Logits-input:8x8x160-output:10.
      hint: Nothing is made up: measure it with \`nasc profile --target synthetic --space mobile-small\`, or let the predictor "learned" tell it from other sizes."
  `);
});
