import type { SearchSpaceArtifact } from '@nasc/core';
import { formatDiagnostics } from '@nasc/diagnostics';
import type { DiagnosticError } from '@nasc/diagnostics';
import { buildGraph, choicesOf, costTable, float32, lookupOf } from '@nasc/ir';
import type { Graph } from '@nasc/ir';
import { macros, primitiveOps } from '@nasc/ops';
import { instantiatePath } from '@nasc/transforms';
import { expect, test } from 'vitest';
import { mostCost, pathCost } from './path-cost.ts';
import { peakMemory } from './peak-memory.ts';
import { costNamed, spaceCosts } from './space-costs.ts';

const ops = lookupOf(primitiveOps);

/** 8x8 images; the first block keeps its input for the shortcut, the second halves the size. */
const graph = buildGraph({ ops, macros: lookupOf(macros) }, (builder) => {
  const stem = builder.macro('stem', 'convBnAct', [builder.input('image', float32(8, 8, 3))], { kernel: 3, width: 4 });
  const mbConv = (name: string, expansion: number, width: number, stride: number) => ({
    name,
    macro: 'mbConv',
    attributes: { kernel: 3, expansion, width, stride },
  });
  const first = builder.choice(
    'first',
    [stem],
    [mbConv('e1', 1, 4, 1), mbConv('e6', 6, 4, 1), { name: 'zero', macro: 'zero', attributes: {} }],
  );
  const added = builder.op('add', 'add', [first, stem]);
  const second = builder.choice('second', [added], [mbConv('e1', 1, 8, 2), mbConv('e3', 3, 8, 2)]);
  return builder.macro('head', 'linearHead', [second], { classes: 5 });
});
const space: SearchSpaceArtifact = { name: 'small', graph, costs: costTable(graph, ops), task: {} as SearchSpaceArtifact['task'] };
const ms = (value: number) => ({ ms: value, source: 'table', samples: 1, spread: 0, deviceId: 'test' }) as const;
const costModel = {
  fixed: { stem: ms(1), head: ms(2) },
  choices: [
    [ms(1), ms(4), ms(0)],
    [ms(2), ms(3)],
  ],
};

const everyPath = choicesOf(graph)
  .map(({ candidates }) => [...candidates.keys()])
  .reduce<number[][]>((paths, candidates) => paths.flatMap((path) => candidates.map((candidate) => [...path, candidate])), [[]]);

/** Bytes alive at once, counted anew on the network itself. */
const aliveAtMost = (network: Graph): number => {
  const { constant, candidates } = peakMemory(network, ops);
  expect(candidates).toEqual([]);
  return constant;
};

test('costs of a path are those of the network that it stands for', () => {
  const costs = spaceCosts(space, costModel, {}, ops);
  for (const path of everyPath) {
    const network = instantiatePath(graph, path);
    const own = Object.values(costTable(network, ops));
    const sum = (field: 'macs' | 'parameters') => own.reduce((total, cost) => total + cost[field], 0);
    expect(pathCost(costNamed(costs, 'macs'), path)).toBe(sum('macs'));
    expect(pathCost(costNamed(costs, 'parameters'), path)).toBe(sum('parameters'));
    expect(pathCost(costNamed(costs, 'memory'), path)).toBe(aliveAtMost(network));
  }
  expect(pathCost(costNamed(costs, 'latency'), [1, 0])).toBe(1 + 2 + 4 + 2);
});

test('memory: the expanded tensors of the dearest candidate and what is kept for the shortcut', () => {
  const memory = costNamed(spaceCosts(space, costModel, {}, ops), 'memory');
  // Expanded to 24 channels: before and behind the depthwise convolution, with the 4 channels that the shortcut adds.
  expect(pathCost(memory, [1, 0])).toBe(4 * 64 * (24 + 24 + 4));
  // Nothing expanded: the stem's output, twice 4 channels of the block, and what is kept.
  expect(pathCost(memory, [0, 0])).toBe(4 * 64 * (4 + 4 + 4));
  expect(mostCost(memory)).toBe(4 * 64 * 52);
});

test('limits go to their costs; a share is one of the uniform network', () => {
  const costs = spaceCosts(space, costModel, { latencyShare: 0.9, macs: 5e5, memoryBytes: 14_000 }, ops);
  expect(costs.map(({ name, limit }) => [name, limit])).toEqual([
    ['latency', 0.9 * (3 + 5 / 3 + 2.5)],
    ['macs', 5e5],
    ['parameters', undefined],
    ['memory', 14_000],
  ]);
});

test('every limit that no network keeps is named with the least that is possible', () => {
  const failure = (() => {
    try {
      return spaceCosts(space, costModel, { latencyMs: 2, memoryBytes: 100 }, ops);
    } catch (error) {
      return formatDiagnostics((error as DiagnosticError).diagnostics);
    }
  })();
  expect(failure).toBe(
    `error LIMIT_INFEASIBLE: No network of the space keeps 2 ms; the fastest takes 5 ms.
  at /constraints
  hint: Allow at least 5.002 ms ("latencyMs"), or use a space with cheaper candidates.
error LIMIT_INFEASIBLE: No network of the space keeps 100 bytes; the least that any needs is 2048 bytes.
  at /constraints
  hint: Allow at least 2048 bytes ("memoryBytes"), or use a space with cheaper candidates.`,
  );
});
