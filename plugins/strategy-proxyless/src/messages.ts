// Everything that this plugin tells the user. Codes are permanent.
import { errorDiagnostic, warningDiagnostic } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';

const at = '/derive/strategy';
const text = (ms: number) => `${Number(ms.toPrecision(4))} ms`;

export const messages = {
  limitMissing: (loss: string): Diagnostic =>
    errorDiagnostic('PROXYLESS_LIMIT_MISSING', `The loss "${loss}" needs a latency to compare with.`, {
      at,
      hint: 'Set constraints.latencyMs (or latencyShare), or the option referenceMs of the strategy.',
    }),

  limitUnreachable: (limitMs: number, leastMs: number): Diagnostic =>
    errorDiagnostic('PROXYLESS_LIMIT_UNREACHABLE', `No network of the space keeps ${text(limitMs)}; the fastest takes ${text(leastMs)}.`, {
      at: '/constraints',
      hint: `Allow at least ${text(leastMs)}, or use a space with faster candidates.`,
    }),

  mulLogUnit: (leastMs: number, referenceMs: number): Diagnostic =>
    errorDiagnostic(
      'PROXYLESS_MUL_LOG_BELOW_ONE',
      `The loss "mul#log" is undefined or punishes speed unless every latency exceeds 1 ms; the fastest network takes ${text(leastMs)}, the reference is ${text(referenceMs)}.`,
      { at, hint: 'Use the loss "lagrangian", which also steers to the limit.' },
    ),

  notFinite: (step: number, what: string): Diagnostic =>
    errorDiagnostic('PROXYLESS_NOT_FINITE', `The search diverged: ${what} of architecture step ${step} is not a number.`, {
      at,
      hint: 'Lower train.optimizer.learningRate (the shared weights may already be bad) or the strategy option weightLearningRate.',
    }),

  nothingToChoose: (): Diagnostic =>
    warningDiagnostic(
      'PROXYLESS_NOTHING_TO_CHOOSE',
      'The space holds no choice with more than one candidate; there is nothing to search.',
      { at },
    ),
};
