import type { CostTable } from '@nasc/core';
import { formatDiagnostic, formatDiagnostics } from '@nasc/diagnostics';
import type { Diagnostic, DiagnosticError } from '@nasc/diagnostics';
import { expect, test } from 'vitest';
import { pathCost } from '@nasc/search';
import { chooseNetwork } from './choose-network.ts';
import type { ChooseNetworkOptions } from './choose-network.ts';
import { proposeNetworks } from './propose-networks.ts';

/** Two choices; the probable candidates are the slow ones. */
const table: CostTable = {
  name: 'latency',
  unit: 'ms',
  combine: 'sum',
  constant: 1,
  candidates: [
    [1, 2, 3],
    [1, 2, 3],
  ],
  limit: 5.5,
};
const result = {
  kind: 'distribution',
  strategy: 'test',
  logProbabilities: [
    [-3, -2, -1],
    [-3.5, -2.2, -1.1],
  ],
  weights: new Map(),
  history: { columns: {} },
  cost: { imagesForwardBackward: 0 },
} as const;

/** A device that takes `slow` times as long as the model says; of two networks the one with larger indices scores better. */
const choose = (slow: number, changes: Partial<ChooseNetworkOptions> & { readonly limit?: number | undefined } = {}) => {
  const reported: Diagnostic[] = [];
  const scored: string[] = [];
  const chosen = chooseNetwork({
    costs: ['limit' in changes ? { ...table, limit: changes.limit } : table],
    rounds: 4,
    propose: (costs) => proposeNetworks({ result, costs, count: 3 }),
    score: (choices) => {
      scored.push(choices.join());
      return Promise.resolve(2 - 0.11 * choices[0]! - 0.1 * choices[1]!);
    },
    measure: (choices) => Promise.resolve(pathCost(table, choices) * slow),
    report: (diagnostic) => reported.push(diagnostic),
    ...changes,
  });
  return { chosen, reported, scored };
};

test('a device as fast as the model says: one round, the best scored of the networks under the limit', async () => {
  const { chosen, scored } = choose(1);
  expect(await chosen).toEqual({
    choices: [2, 0],
    predictedMs: 5,
    measuredMs: 5,
    costs: [{ name: 'latency', unit: 'ms', predicted: 5, limit: 5.5 }],
    rounds: [{ choices: [2, 0], score: 1.78, askedMs: 5.5, predictedMs: 5, correctedMs: 5, measuredMs: 5, keepsLimit: true }],
  });
  expect(scored).toHaveLength(3);
});

test('a slower device: the model is corrected by what was measured until a measured network keeps the limit', async () => {
  const { measuredMs, predictedMs, rounds } = await choose(1.3).chosen;
  expect(rounds.map(({ keepsLimit }) => keepsLimit)).toEqual([false, true]);
  expect(rounds[0]!.measuredMs).toBeCloseTo(6.5, 10);
  expect(measuredMs).toBeCloseTo(4 * 1.3, 10);
  expect(predictedMs).toBe(4);
  // What was asked in the second round is a hundredth below the limit.
  expect(rounds[1]!.askedMs).toBeCloseTo(5.5 / 1.01, 10);
  expect(rounds[1]!.correctedMs).toBeCloseTo(4 * 1.3, 10);
});

test('each network is scored once, whatever the rounds', async () => {
  const { chosen, scored } = choose(1.3);
  await chosen;
  expect(new Set(scored).size).toBe(scored.length);
});

test('without a limit one round measures the best scored; where nothing can be measured the prediction decides', async () => {
  expect((await choose(9, { limit: undefined }).chosen).choices).toEqual([2, 2]);
  const unmeasured = await choose(9, { measure: () => Promise.resolve(undefined) }).chosen;
  expect(unmeasured).toMatchObject({ choices: [2, 0], predictedMs: 5, measuredMs: undefined });
});

test('no measured network keeps the limit: the fastest of them, and a warning', async () => {
  const { chosen, reported } = choose(2);
  const { choices, measuredMs, rounds } = await chosen;
  expect(rounds.every(({ keepsLimit }) => !keepsLimit)).toBe(true);
  expect(measuredMs).toBe(Math.min(...rounds.map((round) => round.measuredMs!)));
  expect(pathCost(table, choices) * 2).toBe(measuredMs);
  expect(reported.map((diagnostic) => formatDiagnostic(diagnostic))).toEqual([
    `warning DERIVE_LIMIT_NOT_KEPT: No chosen network kept 5.5 ms when measured (10 ms, 6 ms); the nearest, 6 ms, is taken.
  at /constraints
  hint: If other programs were running, stop them and run again with --from derive. Else raise derive.select.rounds, or allow more.`,
  ]);
});

test('where nothing that was found keeps the limits, that is said', async () => {
  const error = (await choose(1, { limit: 2.5 }).chosen.catch((cause: unknown) => cause)) as DiagnosticError;
  expect(formatDiagnostics(error.diagnostics)).toBe(
    `error DERIVE_NO_NETWORK: Of what the search found, nothing is predicted to keep 2.5 ms.
  at /constraints
  hint: Allow more, or let the strategy find more networks.`,
  );
});

test('ranked networks: those under the limit, best first', () => {
  const ranked = {
    ...result,
    kind: 'ranked',
    architectures: [
      { choices: [0, 0], score: 0.1 },
      { choices: [2, 2], score: 0.9 },
      { choices: [1, 0], score: 0.5 },
    ],
  } as const;
  expect(proposeNetworks({ result: ranked, costs: [{ ...table, limit: 5 }], count: 8 })).toEqual([
    [1, 0],
    [0, 0],
  ]);
});

test('where networks were found but exceed a limit, the nearest of them is named', async () => {
  const nearest = () => [
    { name: 'latency', unit: 'ms', predicted: 2.75, limit: 2.5 } as const,
    { name: 'storage', unit: 'bytes', predicted: 1000, planned: 1500, limit: 1400 } as const,
    { name: 'macs', unit: 'MACs', predicted: 5, limit: undefined } as const,
  ];
  const error = (await choose(1, { limit: 2.5, nearest }).chosen.catch((cause: unknown) => cause)) as DiagnosticError;
  expect(formatDiagnostics(error.diagnostics)).toBe(
    `error DERIVE_NO_NETWORK: Of what the search found, nothing is predicted to keep 2.5 ms. The nearest takes 2.75 ms and 1500 bytes.
  at /constraints
  hint: Allow more, or let the strategy find more networks.`,
  );
});

test('each round is told as it ends', async () => {
  const told: string[] = [];
  await choose(1.3, { roundEnded: ({ measuredMs, keepsLimit }, index) => told.push(`${index}: ${measuredMs} ${keepsLimit}`) }).chosen;
  expect(told).toEqual(['0: 6.5 false', '1: 5.2 true']);
});
