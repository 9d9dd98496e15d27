// Everything that this stage tells the user. Codes are permanent.
import { errorDiagnostic, warningDiagnostic } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';

export const messages = {
  notRunHere: (target: string): Diagnostic =>
    warningDiagnostic(
      'CODEGEN_NOT_RUN_HERE',
      `The files for target "${target}" were written but neither run, checked nor timed: this machine cannot run them.`,
      {
        hint: 'Build them on the device; the report leaves accuracy and latency on the target open.',
      },
    ),

  unsupported: (target: string, node: string, op: string, reason: string): Diagnostic =>
    errorDiagnostic('CODEGEN_NODE_UNSUPPORTED', `Target "${target}" does not support node "${node}" (${op}): ${reason}.`, {
      at: node,
      hint: 'Use another target, or take the candidates that hold such nodes out of the search space.',
    }),

  outputsDiffer: (target: string, relativeError: number, limit: number, images: number): Diagnostic =>
    errorDiagnostic(
      'CODEGEN_OUTPUTS_DIFFER',
      `The code for target "${target}" and ONNX Runtime disagree on ${images} test images: relative error ${relativeError.toPrecision(3)}, allowed ${limit}.`,
      { hint: 'This is a bug in a kernel or in the target; the generated files were not accepted.' },
    ),

  noTestImages: (dataset: string): Diagnostic =>
    errorDiagnostic('CODEGEN_NO_TEST_IMAGES', `Data set "${dataset}" has no test images to check the generated code on.`, {
      hint: 'A data set needs a test split.',
    }),
};
