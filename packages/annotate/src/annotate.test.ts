import { memoryCheckpoint } from '@nasc/core';
import type { BlockLatencies, LatencyValue, PassContext, SearchSpaceArtifact } from '@nasc/core';
import { formatDiagnostics } from '@nasc/diagnostics';
import { float32 } from '@nasc/ir';
import type { Candidate, ChoiceNode, OpNode, SearchSpaceGraph } from '@nasc/ir';
import { describe, expect, it } from 'vitest';
import { checkCostModel, fixedUnits } from './check-cost-model.ts';
import { measureBlocksPass } from './passes.ts';
import { tablePredictor } from './table-predictor.ts';

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
const group = (id: string, position: number) => ({ id, macro: 'choice', attributes: {}, position, shortcut: false });

const space: SearchSpaceGraph = {
  inputs: [{ id: 'image', type }],
  nodes: [
    op('stem.act', 'image', 'stem'),
    choice('block1.choice', 'stem.act', 'block1'),
    choice('block2.choice', 'block1.choice', 'block2'),
    op('head.act', 'block2.choice', 'head'),
  ],
  outputs: ['head.act'],
  groups: [group('stem', 0), group('block1', 1), group('block2', 2), group('head', 3)],
};

const value = (ms: number): LatencyValue => ({ ms, source: 'measured', samples: 40, spread: 0.001, deviceId: 'here' });
const complete = {
  target: 'cpu',
  choices: [
    [value(0.2), value(0)],
    [value(0.1), value(0)],
  ],
  fixed: { stem: value(0.1), head: value(0.05) },
};

describe('checkCostModel', () => {
  it('accepts a complete model', () => {
    expect(fixedUnits(space)).toEqual(['stem', 'head']);
    expect(checkCostModel(space, complete)).toEqual([]);
  });

  const hint =
    'A target that measures is measured anew by `nasc run --from annotate`; a target or predictor with a table has to have every key of this space in it.';

  it('names every missing key, and what to do', () => {
    const problems = checkCostModel(space, { ...complete, choices: [[value(0.2)]], fixed: { stem: value(0.1) } });
    expect(formatDiagnostics(problems)).toBe(
      'error LATENCY_MISSING: Target "cpu" has no latency of 4 parts of the space: block1.choice/zero, block2.choice/k3e3, block2.choice/zero, head.\n' +
        `  hint: ${hint}`,
    );
    const one = checkCostModel(space, { ...complete, fixed: { stem: value(0.1) } });
    expect(formatDiagnostics(one)).toBe(`error LATENCY_MISSING: Target "cpu" has no latency of head.\n  hint: ${hint}`);
  });

  it('refuses what is no latency', () => {
    const problems = checkCostModel(space, { ...complete, fixed: { stem: value(Number.NaN), head: value(-1) } });
    expect(formatDiagnostics(problems)).toBe(
      `error LATENCY_INVALID: Target "cpu" has what is no latency: NaN ms of stem, -1 ms of head.\n  hint: ${hint}`,
    );
  });
});

describe('the table predictor', () => {
  it('hands on what was measured', () => {
    const measured: BlockLatencies = { ...complete, device: { id: 'here', description: 'here' }, protocol: {} };
    expect(tablePredictor.predict(space, measured)).toEqual({ choices: complete.choices, fixed: complete.fixed });
  });
});

describe('measureBlocks', () => {
  it('measures once: what is finished is the same after an interruption', async () => {
    const measured: BlockLatencies = { ...complete, device: { id: 'here', description: 'here' }, protocol: {} };
    let measurements = 0;
    const target = {
      name: 'cpu',
      measureBlocks: async () => {
        measurements++;
        return measured;
      },
    };
    // What the pass reads of its context.
    const context = { target, config: { seed: 1 }, registry: {}, checkpoint: memoryCheckpoint(new Map()) } as unknown as PassContext;
    const searchSpace = { graph: space } as SearchSpaceArtifact;
    for (let attempt = 0; attempt < 2; attempt++) {
      expect(await measureBlocksPass.run({ searchSpace }, context)).toEqual({ searchSpace, measured });
    }
    expect(measurements).toBe(1);
  });
});
