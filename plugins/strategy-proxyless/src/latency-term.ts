// The configured loss as one function of cross-entropy, expected latency and multiplier, its preconditions checked once.
import type { LatencyTable } from '@nasc/core';
import { DiagnosticError } from '@nasc/diagnostics';
import { latencyRange } from './expected-latency.ts';
import { addLinear } from './losses/add-linear.ts';
import { lagrangian, nextLambda } from './losses/lagrangian.ts';
import type { LatencyLoss } from './losses/latency-loss.ts';
import { mulLog } from './losses/mul-log.ts';
import { messages } from './messages.ts';
import type { ProxylessOptions } from './options.ts';

export interface LatencyTerm {
  readonly initialLambda: number;
  loss(crossEntropy: number, expectedMs: number, lambda: number): LatencyLoss;
  /** After each architecture step. */
  nextLambda(lambda: number, expectedMs: number): number;
}

const fixedLambda = { nextLambda: (lambda: number) => lambda };

/** Cross-entropy alone: no limit was set. */
const unconstrained: LatencyTerm = {
  initialLambda: 0,
  loss: (crossEntropy) => ({ value: crossEntropy, perCrossEntropy: 1, perMs: 0 }),
  ...fixedLambda,
};

export const latencyTerm = (options: ProxylessOptions, table: LatencyTable, limitMs: number | undefined): LatencyTerm => {
  const { leastMs } = latencyRange(table);
  if (options.loss === 'lagrangian') {
    if (limitMs === undefined) return unconstrained;
    if (limitMs < leastMs) throw new DiagnosticError([messages.limitUnreachable(limitMs, leastMs)]);
    return {
      initialLambda: options.lambda ?? 0,
      loss: (crossEntropy, expectedMs, lambda) => lagrangian(crossEntropy, expectedMs, { limitMs, lambda, damping: options.damping }),
      nextLambda: (lambda, expectedMs) => nextLambda(lambda, expectedMs, { limitMs, eta: options.eta }),
    };
  }

  const referenceMs = options.referenceMs ?? limitMs;
  if (referenceMs === undefined) throw new DiagnosticError([messages.limitMissing(options.loss)]);
  if (options.loss === 'add#linear') {
    return {
      initialLambda: options.lambda ?? 0.1,
      loss: (crossEntropy, expectedMs, lambda) => addLinear(crossEntropy, expectedMs, { referenceMs, lambda }),
      ...fixedLambda,
    };
  }
  if (!(leastMs > 1 && referenceMs > 1)) throw new DiagnosticError([messages.mulLogUnit(leastMs, referenceMs)]);
  return {
    initialLambda: 0,
    loss: (crossEntropy, expectedMs) => mulLog(crossEntropy, expectedMs, { referenceMs, scale: options.scale, beta: options.beta }),
    ...fixedLambda,
  };
};
