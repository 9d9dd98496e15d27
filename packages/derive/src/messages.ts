// Everything that this stage tells the user. Codes are permanent.
import type { CostTable, NetworkCost } from '@nasc/core';
import { errorDiagnostic, warningDiagnostic } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';
import { costText } from '@nasc/search';

const at = '/constraints';
const text = (ms: number): string => `${Number(ms.toPrecision(4))} ms`;

export interface WeightMisfits {
  /** Names of tensors. */
  readonly missing: readonly string[];
  readonly unexpected: readonly string[];
  /** Tensors, each with what is wrong with it. */
  readonly misfits: readonly string[];
}

const weightsAt = '/derive/retrain/from';

export const messages = {
  noNetwork: (costs: readonly CostTable[], nearest: readonly NetworkCost[] | undefined): Diagnostic => {
    const limits = costs.flatMap((cost) => (cost.limit === undefined ? [] : [costText(cost.limit, cost)])).join(' and ');
    const reached = nearest?.filter(({ limit }) => limit !== undefined).map((cost) => costText(cost.planned ?? cost.predicted, cost));
    return errorDiagnostic(
      'DERIVE_NO_NETWORK',
      `Of what the search found, nothing is predicted to keep ${limits}.${reached ? ` The nearest takes ${reached.join(' and ')}.` : ''}`,
      { at, hint: 'Allow more, or let the strategy find more networks.' },
    );
  },

  limitNotKept: (limitMs: number, measuredMs: readonly number[]): Diagnostic =>
    warningDiagnostic(
      'DERIVE_LIMIT_NOT_KEPT',
      `No chosen network kept ${text(limitMs)} when measured (${measuredMs.map(text).join(', ')}); the nearest, ${text(Math.min(...measuredMs))}, is taken.`,
      {
        at,
        hint: 'If other programs were running, stop them and run again with --from derive. Else raise derive.select.rounds, or allow more.',
      },
    ),

  codeNotCounted: (target: string): Diagnostic =>
    warningDiagnostic(
      'DERIVE_CODE_NOT_COUNTED',
      `The limit on storage holds for the weights alone: the code for target "${target}" cannot be compiled and counted here.`,
      {
        at,
        hint: 'Leave room for the code in "storageBytes", or run on the device itself.',
      },
    ),

  onlyNetworkExceedsLimit: (cost: NetworkCost, measured: number): Diagnostic =>
    warningDiagnostic(
      'DERIVE_NETWORK_EXCEEDS_LIMIT',
      `The network takes ${costText(measured, cost)}, more than ${costText(cost.limit!, cost)}.`,
      {
        at,
        hint: 'There is no other one in this space. If other programs were running, stop them and run again with --from derive.',
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

  argmaxExceedsLimit: (cost: NetworkCost, measured: number | undefined): Diagnostic =>
    warningDiagnostic(
      'DERIVE_ARGMAX_EXCEEDS_LIMIT',
      `The most probable network takes ${costText(measured ?? cost.planned ?? cost.predicted, cost)} (${measured === undefined ? (cost.planned === undefined ? 'predicted' : 'planned') : 'measured'}), more than ${costText(cost.limit!, cost)}.`,
      { at: '/derive/select/method', hint: 'The method "knapsack" keeps the limit.' },
    ),

  weightsNotRead: (path: string, reason: string): Diagnostic =>
    errorDiagnostic('DERIVE_WEIGHTS_NOT_READ', `The weights "${path}" cannot be read: ${reason}.`, {
      at: weightsAt,
      hint: 'A path starts from the folder of the config.',
    }),

  weightsMalformed: (path: string, problem: string): Diagnostic =>
    errorDiagnostic('DERIVE_WEIGHTS_MALFORMED', `"${path}" is not a whole safetensors file: ${problem}.`, {
      at: weightsAt,
      hint: 'docs/published-networks.md shows how to convert a PyTorch checkpoint.',
    }),

  weightsDoNotFit: (path: string, { missing, unexpected, misfits }: WeightMisfits): Diagnostic => {
    const named = (what: string, names: readonly string[]) => (names.length > 0 ? [`${what}: ${names.join('; ')}.`] : []);
    const parts = [...named('Missing', missing), ...named('Unexpected', unexpected), ...named('Of another kind', misfits)];
    return errorDiagnostic('DERIVE_WEIGHTS_DO_NOT_FIT', `The weights in "${path}" are not those of this network. ${parts.join(' ')}`, {
      at: weightsAt,
      hint: 'Tensors are named as docs/published-networks.md or docs/formats.md says; every parameter has one, and the file holds no others.',
    });
  },

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
