// Everything that this stage tells the user. Codes are permanent.
import type { CostTable, NetworkCost } from '@nasc/core';
import { errorDiagnostic, warningDiagnostic } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';
import { costText } from '@nasc/search';

const at = '/constraints';
const text = (ms: number): string => `${Number(ms.toPrecision(4))} ms`;

export const messages = {
  noNetwork: (costs: readonly CostTable[]): Diagnostic =>
    errorDiagnostic(
      'DERIVE_NO_NETWORK',
      `Of what the search found, nothing is predicted to keep ${costs.flatMap((cost) => (cost.limit === undefined ? [] : [costText(cost.limit, cost)])).join(' and ')}.`,
      { at, hint: 'Allow more, or let the strategy find more networks.' },
    ),

  limitNotKept: (limitMs: number, measuredMs: readonly number[]): Diagnostic =>
    warningDiagnostic(
      'DERIVE_LIMIT_NOT_KEPT',
      `No chosen network kept ${text(limitMs)} when measured (${measuredMs.map(text).join(', ')}); the fastest of them is taken.`,
      {
        at,
        hint: 'If other programs were running, stop them and run again with --from derive. Else raise derive.select.rounds, or allow more.',
      },
    ),

  argmaxExceedsLimit: (cost: NetworkCost, measured: number | undefined): Diagnostic =>
    warningDiagnostic(
      'DERIVE_ARGMAX_EXCEEDS_LIMIT',
      `The most probable network takes ${costText(measured ?? cost.predicted, cost)} (${measured === undefined ? 'predicted' : 'measured'}), more than ${costText(cost.limit!, cost)}.`,
      { at: '/derive/select/method', hint: 'The method "knapsack" keeps the limit.' },
    ),

  rankedHasNoArgmax: (strategy: string): Diagnostic =>
    errorDiagnostic('DERIVE_NO_DISTRIBUTION', `The strategy "${strategy}" gives no probabilities to take the largest of.`, {
      at: '/derive/select/method',
      hint: 'Use the method "knapsack", which also takes ranked networks.',
    }),

  nothingShared: (strategy: string): Diagnostic =>
    errorDiagnostic('DERIVE_NOTHING_SHARED', `The strategy "${strategy}" leaves no shared weights to start from.`, {
      at: '/derive/retrain/from',
      hint: 'Use "scratch".',
    }),
} as const;
