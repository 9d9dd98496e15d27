import type { CostTable } from '@nasc/core';
import { formatDiagnostics } from '@nasc/diagnostics';
import type { DiagnosticError } from '@nasc/diagnostics';
import { expect, test } from 'vitest';
import type { ObjectiveOptions } from './objective-options.ts';
import { createObjective } from './objective.ts';

const options = (changes: Partial<ObjectiveOptions>): ObjectiveOptions => ({
  loss: 'lagrangian',
  eta: 0.1,
  damping: 0,
  scale: 0.2,
  beta: 0.3,
  ...changes,
});
/** Networks of 0.3 to 3 ms. */
const latency: CostTable = { name: 'latency', unit: 'ms', combine: 'sum', constant: 0.2, candidates: [[0.1, 2.8]], limit: undefined };
const macs: CostTable = { name: 'macs', unit: 'MACs', combine: 'sum', constant: 100, candidates: [[50, 900]], limit: undefined };
const limited = (table: CostTable, limit: number): CostTable => ({ ...table, limit });

const failure = (make: () => unknown): string => {
  try {
    make();
  } catch (error) {
    return formatDiagnostics((error as DiagnosticError).diagnostics);
  }
  return 'no error';
};

test('mul#log is refused where a reachable cost or the reference does not exceed 1', () => {
  expect(failure(() => createObjective(options({ loss: 'mul#log' }), [limited(latency, 2)]))).toBe(
    `error SEARCH_MUL_LOG_BELOW_ONE: The loss "mul#log" is undefined or punishes savings unless every latency exceeds 1 of its unit; the least of a network is 0.3 ms, the reference 2 ms.
  at /derive/strategy
  hint: Use the loss "lagrangian", which also steers to the limit.`,
  );
  const slow = limited({ ...latency, constant: 2 }, 0.9);
  expect(failure(() => createObjective(options({ loss: 'mul#log' }), [slow]))).toContain('the reference 0.9 ms');
  const objective = createObjective(options({ loss: 'mul#log', references: { latency: 3 } }), [slow]);
  expect(objective.evaluate(1, [3], [0]).value).toBeCloseTo(0.2, 12);
});

test('other losses than the Lagrangian need a reference or a limit; the Lagrangian without a limit is cross-entropy', () => {
  expect(failure(() => createObjective(options({ loss: 'add#linear' }), [latency, macs]))).toBe(
    `error SEARCH_REFERENCE_MISSING: The loss "add#linear" needs a cost to compare with.
  at /derive/strategy
  hint: Set a limit (constraints.latencyMs, latencyShare, macs, ...), or the option references of the strategy.`,
  );
  const free = createObjective(options({}), [latency, macs]);
  expect(free.costs).toEqual([]);
  expect(free.evaluate(1.5, [], [])).toEqual({ value: 1.5, perCrossEntropy: 1, perCost: [] });
});

test('every limited cost takes part, each with its own multiplier', () => {
  const objective = createObjective(options({ lambda: 0.2 }), [limited(latency, 1), limited(macs, 500)]);
  expect(objective.costs.map(({ name }) => name)).toEqual(['latency', 'macs']);
  // Half too slow, a fifth below the allowed multiply-accumulates.
  const { value, perCost } = objective.evaluate(1, [1.5, 400], objective.initialMultipliers);
  expect(value).toBeCloseTo(1 + 0.2 * 0.5 - 0.2 * 0.2, 12);
  expect(perCost).toEqual([0.2, 0.2 / 500]);
  const next = objective.nextMultipliers(objective.initialMultipliers, [1.5, 400]);
  expect(next[0]).toBeCloseTo(0.25, 12);
  expect(next[1]).toBeCloseTo(0.18, 12);
  expect(objective.row(next)).toEqual({ 'lambda.latency': next[0], 'lambda.macs': next[1] });
});

test('fixed weights stay, and costs with a reference take part without a limit', () => {
  const objective = createObjective(options({ loss: 'absolute', references: { macs: 500 } }), [latency, macs]);
  expect(objective.costs.map(({ name }) => name)).toEqual(['macs']);
  expect(objective.evaluate(1, [400], [1])).toEqual({ value: 1.2, perCrossEntropy: 1, perCost: [-1 / 500] });
  expect(objective.nextMultipliers([1], [400])).toEqual([1]);
});
