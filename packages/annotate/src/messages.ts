// Everything that this stage tells the user. Codes are permanent.
import { errorDiagnostic } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';

/** Keys that are named; a table of another space would fill the screen. */
const shownKeys = 10;

const listed = (keys: readonly string[]): string =>
  `${keys.slice(0, shownKeys).join(', ')}${keys.length > shownKeys ? ` and ${keys.length - shownKeys} more` : ''}`;

const hint =
  'A target that measures is measured anew by `nasc run --from annotate`; a target or predictor with a table has to have every key of this space in it.';

export const messages = {
  cannotMeasure: (target: string): Diagnostic =>
    errorDiagnostic(
      'ANNOTATE_TARGET_CANNOT_MEASURE',
      `Target "${target}" cannot time blocks on this machine, and brings no stored profile.`,
      {
        hint: `Run on the device itself, or take another target.`,
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
