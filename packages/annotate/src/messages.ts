// Everything that this stage tells the user. Codes are permanent.
import { errorDiagnostic } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';

/** Values that are named; those of a whole space would fill the screen. */
const shownValues = 10;

const listed = (keys: readonly string[]): string =>
  `${keys.slice(0, shownValues).join(', ')}${keys.length > shownValues ? ` and ${keys.length - shownValues} more` : ''}`;

const hint = 'A latency is a finite number of at least 0 ms. Correct the profile or the plugin of the predictor that says so.';

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

  invalid: (target: string, values: readonly { readonly key: string; readonly ms: number }[]): Diagnostic =>
    errorDiagnostic(
      'LATENCY_INVALID',
      `Target "${target}" has what is no latency: ${listed(values.map(({ key, ms }) => `${ms} ms of ${key}`))}.`,
      {
        hint,
      },
    ),
};
