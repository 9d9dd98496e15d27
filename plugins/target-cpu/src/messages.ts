// Everything that this plugin tells the user. Codes are permanent.
import { errorDiagnostic } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';

export const messages = {
  notOneImageIn: (network: string): Diagnostic =>
    errorDiagnostic('TARGET_CPU_NOT_ONE_IMAGE', `Network "${network}" does not turn one image [H, W, C] into one output.`, {
      hint: 'Generated code takes one image and gives one vector of logits.',
    }),

  severalOutputs: (block: string): Diagnostic =>
    errorDiagnostic('TARGET_CPU_SEVERAL_OUTPUTS', `Block "${block}" has not one output but several, or none.`, {
      at: block,
      hint: 'A block that is timed in place hands one value to the blocks after it.',
    }),
};
