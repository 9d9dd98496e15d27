import type { CostModel, LatencyValue } from '@nasc/core';
import { formatDiagnostics } from '@nasc/diagnostics';
import { float32 } from '@nasc/ir';
import type { Candidate, SearchSpaceGraph } from '@nasc/ir';
import { expect, test } from 'vitest';
import { checkCostModel, fixedUnits } from './check-cost-model.ts';

const type = float32(8, 8, 16);
const candidate = (name: string): Candidate => ({
  name,
  macro: name,
  attributes: {},
  graph: { inputs: [], nodes: [], outputs: [], groups: [] },
});
const group = (id: string, position: number) => ({ id, macro: 'choice', attributes: {}, position, shortcut: false });
const graph: SearchSpaceGraph = {
  inputs: [{ id: 'image', type }],
  nodes: [
    { kind: 'op', id: 'stem.act', op: 'relu', attributes: {}, inputs: ['image'], type, group: 'stem' },
    { kind: 'choice', id: 'block.choice', inputs: ['stem.act'], candidates: [candidate('k3e3'), candidate('zero')], type, group: 'block' },
    { kind: 'op', id: 'head.act', op: 'relu', attributes: {}, inputs: ['block.choice'], type, group: 'head' },
  ],
  outputs: ['head.act'],
  groups: [group('stem', 0), group('block', 1), group('head', 2)],
};
const space = { name: 'tiny', graph };

const value = (ms: number): LatencyValue => ({ ms, source: 'measured', samples: 40, spread: 0.001, deviceId: 'here' });
const complete: Pick<CostModel, 'target' | 'profile' | 'choices' | 'fixed'> = {
  target: 'cpu',
  profile: { device: { id: 'here', description: 'a desk' }, target: { name: 'cpu', options: {} }, protocol: {}, blocks: {}, spaces: [] },
  choices: [[value(0.2), value(0)]],
  fixed: { stem: value(0.1), head: value(0.05), call: value(0) },
};

test('a complete model, with what belongs to no block besides', () => {
  expect(fixedUnits(graph)).toEqual(['stem', 'head']);
  expect(checkCostModel(space, complete)).toEqual([]);
});

test('every part without a latency is named, and what measures it', () => {
  const problems = checkCostModel(space, { ...complete, choices: [[value(0.2)]], fixed: { stem: value(0.1) } });
  expect(formatDiagnostics(problems)).toBe(
    `error LATENCY_MISSING: What is known of the device "a desk" lacks the latency of 2 blocks: block.choice/zero, head.
  hint: Nothing is made up: measure it with \`nasc profile --target cpu --space tiny\`, or let the predictor "learned" tell it from other sizes.`,
  );
});

test('what is no latency is shown', () => {
  const problems = checkCostModel(space, { ...complete, fixed: { stem: value(Number.NaN), head: value(-1) } });
  expect(formatDiagnostics(problems)).toBe(
    `error LATENCY_INVALID: Target "cpu" has what is no latency: NaN ms of stem, -1 ms of head.
  hint: A latency is a finite number of at least 0 ms. Correct the profile or the plugin of the predictor that says so.`,
  );
});
