import type { SearchSpaceArtifact } from '@nasc/core';
import { formatDiagnostics } from '@nasc/diagnostics';
import type { DiagnosticError } from '@nasc/diagnostics';
import { buildGraph, choicesOf, costTable, float32, lookupOf } from '@nasc/ir';
import type { Graph } from '@nasc/ir';
import { macros, primitiveOps } from '@nasc/ops';
import { instantiatePath } from '@nasc/transforms';
import { expect, test } from 'vitest';
import { leastUnder } from './feasibility.ts';
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
    ['storage', undefined],
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

test('storage: 4 bytes a trained value, unless the target plans weights and memory itself', () => {
  const unplanned = spaceCosts(space, costModel, {}, ops);
  expect(pathCost(costNamed(unplanned, 'storage'), [1, 0])).toBe(4 * pathCost(costNamed(unplanned, 'parameters'), [1, 0]));
  const bytes = (memoryBytes: number, weightBytes: number) => ({ memoryBytes, weightBytes });
  const footprint = {
    fixed: { stem: bytes(700, 64), head: bytes(100, 128) },
    choices: [
      [bytes(600, 1000), bytes(900, 2000), bytes(0, 0)],
      [bytes(650, 1024), bytes(750, 4096)],
    ],
  };
  const planned = spaceCosts(space, { ...costModel, footprint }, { storageBytes: 5000 }, ops);
  expect(pathCost(costNamed(planned, 'storage'), [1, 0])).toBe(64 + 128 + 2000 + 1024);
  expect(costNamed(planned, 'storage').limit).toBe(5000);
  expect([1, 2].map((first) => pathCost(costNamed(planned, 'memory'), [first, 0]))).toEqual([900, 700]);
});

/** Fast candidates need many multiply-accumulates: latencies go the other way. */
const opposed = {
  ...costModel,
  choices: [
    [ms(4), ms(1), ms(6)],
    [ms(3), ms(2)],
  ],
};
const failureOf = (limits: Parameters<typeof spaceCosts>[2]): string => {
  try {
    spaceCosts(space, opposed, limits, ops);
  } catch (error) {
    return formatDiagnostics((error as DiagnosticError).diagnostics);
  }
  return 'no error';
};

test('limits that can be kept alone but not together: what each would have to be', () => {
  const free = spaceCosts(space, opposed, {}, ops);
  const macsOf = (path: readonly number[]) => pathCost(costNamed(free, 'macs'), path);
  const [latencyMs, macs] = [7.5, macsOf([0, 0])];
  const leastMs = Math.min(...everyPath.filter((path) => macsOf(path) <= macs).map((path) => pathCost(costNamed(free, 'latency'), path)));
  const leastMacs = Math.min(...everyPath.filter((path) => pathCost(costNamed(free, 'latency'), path) <= latencyMs).map(macsOf));
  expect(leastMs).toBe(10);
  expect(failureOf({ latencyMs, macs })).toBe(
    `error LIMITS_CONFLICT: No network of the space keeps latencyMs 7.5 ms and macs ${macs} MACs together. With macs ${macs} MACs kept, the least latency is 10 ms. With latencyMs 7.5 ms kept, the least macs is ${leastMacs} MACs.
  at /constraints
  hint: Allow one of these: "latencyMs" 10 ms, "macs" ${leastMacs} MACs; or use a space with cheaper candidates.`,
  );
  expect(failureOf({ latencyMs, macs: leastMacs })).toBe('no error');
  expect(failureOf({ latencyMs: 10.01, macs })).toBe('no error');
});

test('a limit that is impossible by itself: what it would have to be beside the others', () => {
  const macs = pathCost(costNamed(spaceCosts(space, opposed, {}, ops), 'macs'), [0, 0]);
  expect(failureOf({ latencyMs: 2, macs })).toBe(
    `error LIMIT_INFEASIBLE: No network of the space keeps 2 ms; the fastest takes 6 ms, under the other limits 10 ms.
  at /constraints
  hint: Allow at least 10 ms ("latencyMs"), or use a space with cheaper candidates.`,
  );
});

test('the least of a cost under limits on others, as enumeration finds it', () => {
  const free = spaceCosts(space, opposed, {}, ops);
  for (const of of free) {
    for (const other of free.filter((table) => table !== of)) {
      for (const path of everyPath) {
        const limited = { ...other, limit: pathCost(other, path) };
        const kept = everyPath.filter((candidate) => pathCost(other, candidate) <= limited.limit);
        expect(leastUnder(of, [limited])).toBe(Math.min(...kept.map((candidate) => pathCost(of, candidate))));
      }
    }
  }
  expect(leastUnder(free[0]!, [{ ...free[1]!, limit: 1 }])).toBeUndefined();
});
