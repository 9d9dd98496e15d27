// Latencies that are missing or wrong: a target from outside whose table does not fit the space. Without the stage that trains,
// which nothing here depends on.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { validateConfig } from '@nasc/config';
import { createPipeline, definePlugin } from '@nasc/core';
import type { BlockLatencies, LatencyValue } from '@nasc/core';
import { expandStage } from '@nasc/expand';
import { choicesOf } from '@nasc/ir';
import { opsPlugin } from '@nasc/ops';
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

const value = (ms: number): LatencyValue => ({ ms, source: 'table', samples: 1, spread: 0, deviceId: 'sheet' });
type Table = Pick<BlockLatencies, 'choices' | 'fixed'>;

/** A target whose table has 1 ms for everything, before `change`; without `change` it has none. */
const sheet = (change: ((table: Table) => Table) | undefined, refused: string | undefined) =>
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
          ...(change && {
            async measureBlocks(space) {
              const choices = choicesOf(space).map(({ candidates }) => candidates.map(() => value(1)));
              const fixed = Object.fromEntries(space.groups.map(({ id }) => [id, value(1)]));
              return { device: { id: 'sheet', description: 'a sheet of paper' }, protocol: {}, ...change({ choices, fixed }) };
            },
          }),
        }),
      });
    },
  });

const annotate = (change: ((table: Table) => Table) | undefined, refused?: string): Promise<string> => {
  const plugins = [expandStage, annotateStage, opsPlugin, datasetsPlugin, sheet(change, refused)];
  const checked = validateConfig({ ...config, space: smallSpace, targets: ['sheet'] }, 'config');
  return caught(() => createPipeline(checked, { folder, plugins }).run({ to: 'annotate' }));
};

const hint =
  'A target that measures is measured anew by `nasc run --from annotate`; a target or predictor with a table has to have every key of this space in it.';

test('a table that is whole', async () => {
  expect(await annotate((table) => table)).toBe('nothing was thrown');
});

test('every key that the table lacks is named', async () => {
  expect(await annotate(({ fixed }) => ({ choices: [[value(1)]], fixed: { stem: fixed['stem']! } }))).toBe(
    `error LATENCY_MISSING: Target "sheet" has no latency of 3 parts of the space: stage1.block1.choice/k5e2, stage1.block1.choice/zero, head.
  stage annotate, pass checkCosts
  hint: ${hint}`,
  );
});

test('what is no latency is shown with its key', async () => {
  const change = ({ choices: [first], fixed }: Table): Table => ({
    choices: [[first![0]!, value(-1), first![2]!]],
    fixed: { ...fixed, stem: value(Number.NaN) },
  });
  expect(await annotate(change)).toBe(
    `error LATENCY_INVALID: Target "sheet" has what is no latency: -1 ms of stage1.block1.choice/k5e2, NaN ms of stem.
  stage annotate, pass checkCosts
  hint: ${hint}`,
  );
});

test('nodes that the target does not support are told before it is measured; what folding removes does not count', async () => {
  expect(await annotate(undefined, 'depthwiseConv2d')).toBe(
    `error ANNOTATE_NODE_UNSUPPORTED: Target "sheet" does not support node "stage1.block1.k3e2.depthwise" and 1 more (depthwiseConv2d): its paper has no room for depthwiseConv2d.
  at stage1.block1.k3e2.depthwise, stage annotate, pass checkSupport
  hint: Use another target, or take the candidates that hold such nodes out of the search space.`,
  );
  expect(await annotate((table) => table, 'batchNorm')).toBe('nothing was thrown');
});

test('a target that cannot be measured here', async () => {
  expect(await annotate(undefined)).toBe(
    `error ANNOTATE_TARGET_CANNOT_MEASURE: Target "sheet" cannot time blocks on this machine, and brings no stored profile.
  stage annotate, pass measureBlocks
  hint: Run on the device itself, or take another target.`,
  );
});
