// Everything that this stage tells the user. Codes are permanent.
import { errorDiagnostic } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';

/** Keys that are named; a table of another space would fill the screen. */
const shownKeys = 10;

const listed = (keys: readonly string[]): string =>
  `${keys.slice(0, shownKeys).join(', ')}${keys.length > shownKeys ? ` and ${keys.length - shownKeys} more` : ''}`;

const hint = 'Nothing is made up: measure it with `nasc profile`, or let the predictor "learned" tell it from other sizes.';

export const messages = {
  cannotMeasure: (target: string): Diagnostic =>
    errorDiagnostic(
      'ANNOTATE_TARGET_CANNOT_MEASURE',
      `Target "${target}" cannot be timed on this machine, and no profile of its device is given.`,
      {
        hint: `Run \`nasc profile --target ${target}\` on the device itself and name the file in annotate.profiles, or take another target.`,
      },
    ),

  notAlone: (target: string): Diagnostic =>
    errorDiagnostic('ANNOTATE_NOT_ISOLATED', `Target "${target}" cannot time a block by itself.`, {
      at: '/annotate/method',
      hint: 'Use the method "in-place".',
    }),

  seesNoBlocks: (target: string, predictor: string): Diagnostic =>
    errorDiagnostic(
      'ANNOTATE_NO_BLOCKS',
      `The predictor "${predictor}" needs latencies of blocks, and target "${target}" is timed by whole networks only.`,
      {
        at: '/annotate/predictor',
        hint: 'Use the predictor "corrected", or another method.',
      },
    ),

  unsupported: (target: string, [node, ...others]: readonly string[], op: string, reason: string): Diagnostic =>
    errorDiagnostic(
      'ANNOTATE_NODE_UNSUPPORTED',
      `Target "${target}" does not support node "${node}"${others.length > 0 ? ` and ${others.length} more` : ''} (${op}): ${reason}.`,
      {
        at: node!,
        hint: 'Use another target, or take the candidates that hold such nodes out of the search space.',
      },
    ),

  missing: (target: string, keys: readonly string[]): Diagnostic =>
    errorDiagnostic(
      'LATENCY_MISSING',
      `Target "${target}" has no latency of ${keys.length === 1 ? '' : `${keys.length} parts of the space: `}${listed(keys)}.`,
      { hint },
    ),

  invalid: (target: string, values: readonly { readonly key: string; readonly ms: number }[]): Diagnostic =>
    errorDiagnostic(
      'LATENCY_INVALID',
      `Target "${target}" has what is no latency: ${listed(values.map(({ key, ms }) => `${ms} ms of ${key}`))}.`,
      {
        hint,
      },
    ),
};
