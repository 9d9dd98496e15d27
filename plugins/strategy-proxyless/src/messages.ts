// Everything that this plugin tells the user. Codes are permanent.
import { errorDiagnostic, warningDiagnostic } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';
import type { ProxylessOptions } from './options.ts';

const at = '/derive/strategy';
const text = (ms: number) => `${Number(ms.toPrecision(4))} ms`;

export interface Divergence {
  /** E.g. `the cross-entropy is not a number`. */
  readonly what: string;
  /** Architecture step, counted from 1 as progress counts. */
  readonly step: number;
  readonly options: Pick<ProxylessOptions, 'steps' | 'learningRate' | 'weightSteps' | 'weightLearningRate'>;
  readonly lastGood: { readonly step: number; readonly loss: number } | undefined;
  /** Steps behind the last checkpoint. */
  readonly keptSteps: number | undefined;
}

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

  notFinite: ({ what, step, options, lastGood, keptSteps }: Divergence): Diagnostic => {
    const { steps, learningRate, weightSteps, weightLearningRate } = options;
    const rates = [`learningRate ${learningRate}`, ...(weightSteps > 0 ? [`weightLearningRate ${weightLearningRate}`] : [])];
    return errorDiagnostic(
      'PROXYLESS_NOT_FINITE',
      `The search diverged at architecture step ${step} of ${steps}, ${rates.join(', ')}: ${what}. ${
        lastGood ? `The last good step is ${lastGood.step}, loss ${Number(lastGood.loss.toPrecision(3))}.` : 'No step was good.'
      }`,
      {
        at,
        hint: `Lower ${weightSteps > 0 ? "the strategy's weightLearningRate" : "the strategy's learningRate"}, or train.optimizer.learningRate if the shared weights are bad already: the search then begins anew. ${
          keptSteps === undefined
            ? 'The same recipe would diverge again.'
            : `The same recipe would go on from the checkpoint after ${keptSteps} steps, and diverge again.`
        }`,
      },
    );
  },

  nothingToChoose: (): Diagnostic =>
    warningDiagnostic(
      'PROXYLESS_NOTHING_TO_CHOOSE',
      'The space holds no choice with more than one candidate; there is nothing to search.',
      { at },
    ),
};
