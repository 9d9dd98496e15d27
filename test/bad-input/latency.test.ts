// Latencies that are missing or wrong: a target from outside whose profile does not fit the space.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { validateConfig, validateSpace } from '@nasc/config';
import { createPipeline, definePlugin } from '@nasc/core';
import type { Profile, ProfiledBlock } from '@nasc/core';
import { expandSpace, expandStage } from '@nasc/expand';
import { lookupOf } from '@nasc/ir';
import { latencyPredictors } from '@nasc/latency-predictors';
import { macros, opsPlugin, primitiveOps } from '@nasc/ops';
import { describeSpace } from '@nasc/profile';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { annotateStage } from '../../packages/annotate/src/index.ts';
import { caught } from '../../packages/diagnostics/src/caught.test-helper.ts';
import { datasetsPlugin } from '../../plugins/datasets/src/index.ts';
import { config, smallSpace } from './bad-input.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nasc-latency-'));
});
afterEach(() => rm(folder, { recursive: true }));

const block = (ms: number): ProfiledBlock => ({ ms, count: 1, variance: 0 });
type Blocks = Profile['blocks'];

const space = expandSpace(
  validateSpace(smallSpace, 'small'),
  { inputShape: [28, 28, 1], classes: 10 },
  { ops: lookupOf(primitiveOps), macros: lookupOf(macros) },
);
/** Every block of the space takes 1 ms. */
const blocks: Blocks = Object.fromEntries(
  Object.keys(describeSpace('small', space, lookupOf(primitiveOps)).blocks).map((key) => [key, block(1)]),
);

/** A target whose profile is made of `known`; without it, it has none. */
const sheet = (known: Blocks | undefined, refused: string | undefined) =>
  definePlugin({
    name: 'sheet-plugin',
    apiVersion: 1,
    setup(api) {
      api.addTarget({
        name: 'sheet',
        description: 'For this test.',
        optionsSchema: { type: 'object' },
        create: (options) => ({
          name: 'sheet',
          options,
          capabilities: { dtypes: ['float32'] },
          device: async () => ({ id: 'sheet', description: 'a sheet of paper' }),
          supports: ({ op }) => (op === refused ? `its paper has no room for ${op}` : true),
          legalize: [],
          kernels: [],
          emit: async () => ({ files: new Map(), coverage: [] }),
          ...(known && { profile: { device: { id: 'sheet', description: 'a sheet of paper' }, protocol: {}, blocks: known, spaces: [] } }),
        }),
      });
    },
  });

const annotate = (known: Blocks | undefined, refused?: string): Promise<string> => {
  const plugins = [expandStage, annotateStage, opsPlugin, datasetsPlugin, latencyPredictors, sheet(known, refused)];
  const checked = validateConfig({ ...config, space: smallSpace, targets: ['sheet'] }, 'config');
  return caught(() => createPipeline(checked, { folder, plugins }).run({ make: 'costModel' }));
};

test('a table that is whole', async () => {
  expect(await annotate(blocks)).toBe('nothing was thrown');
});

test('every key that the table lacks is named', async () => {
  const known = Object.fromEntries(Object.entries(blocks).filter(([key]) => !key.startsWith('Logits') && !key.includes('kernel:5')));
  expect(await annotate(known)).toBe(
    `error LATENCY_MISSING: What is known of the device "a sheet of paper" lacks the latency of 2 blocks: expanded_conv-input:14x14x8-output:14x14x8-expand:2-kernel:5-stride:1-idskip:1, Logits-input:14x14x8-output:10.
  stage annotate, pass predictLatency
  hint: Nothing is made up: measure it with \`nasc profile --target TARGET --space small\`, or let the predictor "learned" tell it from other sizes.`,
  );
});

test('what is no latency is shown with its place', async () => {
  const known = Object.fromEntries(Object.entries(blocks).map(([key, value]) => [key, key.startsWith('Logits') ? block(-1) : value]));
  expect(await annotate(known)).toBe(
    `error LATENCY_INVALID: Target "sheet" has what is no latency: -1 ms of head.
  stage annotate, pass checkCosts
  hint: A latency is a finite number of at least 0 ms. Correct the profile or the plugin of the predictor that says so.`,
  );
});

test('nodes that the target does not support are told before it is measured; what folding removes does not count', async () => {
  expect(await annotate(undefined, 'depthwiseConv2d')).toBe(
    `error ANNOTATE_NODE_UNSUPPORTED: Target "sheet" does not support node "stage1.block1.k3e2.depthwise" and 1 more (depthwiseConv2d): its paper has no room for depthwiseConv2d.
  at stage1.block1.k3e2.depthwise, stage annotate, pass checkSupport
  hint: Use another target, or take the candidates that hold such nodes out of the search space.`,
  );
  expect(await annotate(blocks, 'batchNorm')).toBe('nothing was thrown');
});

test('a target that cannot be measured here', async () => {
  expect(await annotate(undefined)).toBe(
    `error ANNOTATE_TARGET_CANNOT_MEASURE: Target "sheet" cannot be timed on this machine, and no profile of its device is given.
  stage annotate, pass measureBlocks
  hint: Run \`nasc profile --target sheet\` on the device itself and name the file in annotate.profiles, or take another target.`,
  );
});
