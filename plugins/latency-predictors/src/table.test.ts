import { mergeProfiles, predictNetwork } from '@nasc/profile';
import { pixel1 } from '@nasc/target-profile';
import { expect, test } from 'vitest';
import { failureOf, publishedSpace, requestOf, smallSpace } from './spaces.test-helper.ts';
import { plain, profileOf, truthOf } from './synthetic-device.test-helper.ts';
import { tablePredictor } from './table.ts';

const table = tablePredictor.create({});
const space = smallSpace();
const exact = { ...plain, noise: 0, neighbours: 0, callMs: 0 };

test('a device that is the sum of its blocks: every network exactly', () => {
  const model = table.fit(requestOf(profileOf(exact, space, { networks: 64 }), space));
  const truth = truthOf(exact, space);
  for (const network of [
    [0, 1, 2, 3, 4, 5, 6, 7],
    [6, 6, 6, 6, 6, 6, 6, 6],
  ].map((path) => path.map((candidate, choice) => candidate % space.choices[choice]!.candidates.length)))
    expect(predictNetwork(model, network)).toBeCloseTo(truth.networkMs(network), 12);
  expect(model.choices[0]![1]).toEqual({
    ms: expect.closeTo(truth.blockMs(0, 1), 12) as number,
    source: 'measured',
    samples: expect.any(Number) as number,
    spread: expect.closeTo(0, 9) as number,
    deviceId: 'plain',
  });
});

test('the published table: as it was published, a deviation as the median of a normal distribution', () => {
  const model = table.fit(requestOf(pixel1, publishedSpace()));
  const { ms, count, variance } = pixel1.blocks['Conv_1-input:7x7x320-output:7x7x1280']!;
  const { fixed } = model;
  expect(Object.keys(fixed)).toEqual(['stem', 'head']);
  expect(fixed['head']).toMatchObject({ source: 'table', samples: 982, deviceId: 'pixel1' });
  expect(fixed['head']!.ms).toBeGreaterThan(ms);
  const other = pixel1.blocks['Logits-input:7x7x1280-output:1000']!;
  expect(fixed['head']!.spread).toBeCloseTo(0.6745 * Math.sqrt(variance + other.variance), 12);
  expect(count).toBe(982);
});

test('zero beside a shortcut costs nothing, whoever measured', () => {
  const { choices } = table.fit(requestOf(pixel1, publishedSpace()));
  expect(choices[1]!.at(-1)).toEqual({ ms: 0, source: 'table', samples: 0, spread: 0, deviceId: 'pixel1' });
});

test('blocks that were never measured: ten of them, how many more, and the command that measures them', () => {
  expect(failureOf(() => table.fit(requestOf(pixel1, smallSpace())))).toMatchInlineSnapshot(`
    "error LATENCY_MISSING: What is known of the device "Google Pixel 1, TensorFlow Lite, 1 thread" lacks the latency of 37 blocks: expanded_conv-input:14x14x16-output:14x14x16-expand:1-kernel:3-stride:1-idskip:1, expanded_conv-input:14x14x16-output:14x14x16-expand:3-kernel:3-stride:1-idskip:1, expanded_conv-input:14x14x16-output:14x14x16-expand:6-kernel:3-stride:1-idskip:1, expanded_conv-input:14x14x16-output:14x14x16-expand:3-kernel:5-stride:1-idskip:1, expanded_conv-input:14x14x16-output:14x14x16-expand:6-kernel:5-stride:1-idskip:1, expanded_conv-input:14x14x16-output:14x14x16-expand:3-kernel:7-stride:1-idskip:1, expanded_conv-input:14x14x16-output:14x14x16-expand:6-kernel:7-stride:1-idskip:1, expanded_conv-input:14x14x16-output:7x7x32-expand:1-kernel:3-stride:2-idskip:0, expanded_conv-input:14x14x16-output:7x7x32-expand:3-kernel:3-stride:2-idskip:0, expanded_conv-input:14x14x16-output:7x7x32-expand:6-kernel:3-stride:2-idskip:0, … and 27 more.
      hint: Nothing is made up: measure it with \`nasc profile --target TARGET --space mobile-small\`, or let the predictor "learned" tell it from other sizes."
  `);
  const { 'Conv-input:28x28x1-output:14x14x16': _stem, ...blocks } = profileOf(exact, space, { networks: 64 }).blocks;
  const lacking = { ...profileOf(exact, space, { networks: 64 }), blocks, spaces: [] };
  expect(failureOf(() => table.fit(requestOf(lacking, space)))).toMatchInlineSnapshot(`
    "error LATENCY_MISSING: What is known of the device "the device plain" lacks the latency of Conv-input:28x28x1-output:14x14x16.
      hint: Nothing is made up: measure it with \`nasc profile --target synthetic --space mobile-small\`, or let the predictor "learned" tell it from other sizes."
  `);
});

test('blocks of several measurements of one device', () => {
  const short = profileOf(exact, space, { networks: 64 });
  const model = table.fit(requestOf(mergeProfiles([short, short]), space));
  expect(model.choices[0]![1]!.samples).toBe(2 * table.fit(requestOf(short, space)).choices[0]![1]!.samples);
});
