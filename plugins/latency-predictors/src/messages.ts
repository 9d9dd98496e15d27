// Everything that these predictors tell the user. Codes are permanent.
import { errorDiagnostic } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';

export const messages = {
  noneToTransfer: (space: string, others: readonly string[]): Diagnostic =>
    errorDiagnostic(
      'PROFILE_NONE_TO_TRANSFER',
      `The predictor "transfer" has no other device to start from: ${others.length === 0 ? 'no profile of one is given' : `none of the profiles of ${others.join(', ')} knows all blocks of the space "${space}"`}.`,
      {
        hint: `Measure another device with \`nasc profile --space ${space}\` and name its file in annotate.profiles or with --from, or take the predictor "corrected".`,
      },
    ),

  noNetworks: (device: string, target: string, space: string, networks: number): Diagnostic =>
    errorDiagnostic(
      'PROFILE_NO_NETWORKS',
      `The predictor "transfer" needs whole networks of the space "${space}", and none was timed on the device "${device}".`,
      {
        hint: `\`nasc profile --target ${target} --space ${space} --networks ${networks}\` times as many as it uses.`,
      },
    ),
} as const;
