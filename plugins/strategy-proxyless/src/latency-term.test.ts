import { formatDiagnostics } from '@nasc/diagnostics';
import type { DiagnosticError } from '@nasc/diagnostics';
import { expect, test } from 'vitest';
import { latencyTerm } from './latency-term.ts';
import type { ProxylessOptions } from './options.ts';

const options = (changes: Partial<ProxylessOptions>) =>
  ({ loss: 'lagrangian', eta: 0.1, damping: 0, scale: 0.2, beta: 0.3, ...changes }) as ProxylessOptions;
/** Networks of 0.3 to 3 ms. */
const table = { constantMs: 0.2, candidatesMs: [[0.1, 2.8]] };

const failure = (make: () => unknown): string => {
  try {
    make();
  } catch (error) {
    return formatDiagnostics((error as DiagnosticError).diagnostics);
  }
  return 'no error';
};

test('mul#log is refused where a reachable latency or the reference does not exceed 1 ms', () => {
  expect(failure(() => latencyTerm(options({ loss: 'mul#log' }), table, 2))).toBe(
    `error PROXYLESS_MUL_LOG_BELOW_ONE: The loss "mul#log" is undefined or punishes speed unless every latency exceeds 1 ms; the fastest network takes 0.3 ms, the reference is 2 ms.
  at /derive/strategy
  hint: Use the loss "lagrangian", which also steers to the limit.`,
  );
  const slow = { constantMs: 2, candidatesMs: [[0.1, 2.8]] };
  expect(failure(() => latencyTerm(options({ loss: 'mul#log' }), slow, 0.9))).toContain('the reference is 0.9 ms');
  expect(latencyTerm(options({ loss: 'mul#log', referenceMs: 3 }), slow, 0.9).loss(1, 3, 0).value).toBeCloseTo(0.2, 12);
});

test('a limit that no network keeps is refused with the latency of the fastest', () => {
  expect(failure(() => latencyTerm(options({}), table, 0.25))).toBe(
    `error PROXYLESS_LIMIT_UNREACHABLE: No network of the space keeps 0.25 ms; the fastest takes 0.3 ms.
  at /constraints
  hint: Allow at least 0.3 ms, or use a space with faster candidates.`,
  );
});

test('add#linear needs a reference or a limit; the Lagrangian without a limit is cross-entropy', () => {
  expect(failure(() => latencyTerm(options({ loss: 'add#linear' }), table, undefined))).toBe(
    `error PROXYLESS_LIMIT_MISSING: The loss "add#linear" needs a latency to compare with.
  at /derive/strategy
  hint: Set constraints.latencyMs (or latencyShare), or the option referenceMs of the strategy.`,
  );
  expect(latencyTerm(options({}), table, undefined).loss(1.5, 99, 7)).toEqual({ value: 1.5, perCrossEntropy: 1, perMs: 0 });
});

test('the multiplier follows the violation for the Lagrangian only', () => {
  expect(latencyTerm(options({}), table, 1).nextLambda(0.2, 1.5)).toBeCloseTo(0.25, 12);
  const linear = latencyTerm(options({ loss: 'add#linear' }), table, 1);
  expect(linear.nextLambda(linear.initialLambda, 1.5)).toBe(0.1);
});
