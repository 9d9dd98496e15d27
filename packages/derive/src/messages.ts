// Everything that this stage tells the user. Codes are permanent.
import { errorDiagnostic, warningDiagnostic } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';

const at = '/constraints';
const text = (ms: number): string => `${Number(ms.toPrecision(4))} ms`;
/** Rounded up, so that the number in a hint is enough. */
const enough = (ms: number): string => text(ms * 1.0005);

export const messages = {
  limitInfeasible: (limitMs: number, leastMs: number): Diagnostic =>
    errorDiagnostic('DERIVE_LIMIT_INFEASIBLE', `No network of the space keeps ${text(limitMs)}; the fastest takes ${text(leastMs)}.`, {
      at,
      hint: `Allow at least ${enough(leastMs)}, or use a space with faster candidates.`,
    }),

  limitNotKept: (limitMs: number, measuredMs: readonly number[]): Diagnostic =>
    warningDiagnostic(
      'DERIVE_LIMIT_NOT_KEPT',
      `No chosen network kept ${text(limitMs)} when measured (${measuredMs.map(text).join(', ')}); the fastest of them is taken.`,
      {
        at,
        hint: 'If other programs were running, stop them and run again with --from derive. Else raise derive.select.rounds, or allow more.',
      },
    ),

  teacherLength: (found: number, choices: number, at: string): Diagnostic =>
    errorDiagnostic('DERIVE_TEACHER_LENGTH', `The teacher has ${found} candidates, and the space ${choices} choices.`, {
      at,
      hint: 'Give one candidate a choice, by name or by index, or "largest"; `nasc inspect` shows the choices.',
    }),

  teacherCandidate: (choice: string, found: string | number, candidates: readonly string[], at: string): Diagnostic =>
    errorDiagnostic('DERIVE_TEACHER_CANDIDATE', `Choice "${choice}" has no candidate ${JSON.stringify(found)}.`, {
      at,
      hint: `It has ${candidates.join(', ')}; indices begin with 0.`,
    }),

  argmaxExceedsLimit: (limitMs: number, ms: number, measured: boolean): Diagnostic =>
    warningDiagnostic(
      'DERIVE_ARGMAX_EXCEEDS_LIMIT',
      `The most probable network takes ${text(ms)} (${measured ? 'measured' : 'predicted'}), more than ${text(limitMs)}.`,
      { at: '/derive/select/method', hint: 'The method "knapsack" keeps the limit.' },
    ),

  rankedHasNoArgmax: (strategy: string): Diagnostic =>
    errorDiagnostic('DERIVE_NO_DISTRIBUTION', `The strategy "${strategy}" gives no probabilities to take the largest of.`, {
      at: '/derive/select/method',
      hint: 'Use the method "knapsack", which also takes ranked networks.',
    }),
} as const;
