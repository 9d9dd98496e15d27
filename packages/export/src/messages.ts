// Everything that this stage tells the user. Codes are permanent.
import type { Verification } from '@nasc/core';
import { errorDiagnostic } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';
import type { MismatchCause } from './find-mismatch.ts';

const causes: Record<MismatchCause['kind'], (cause: MismatchCause) => string> = {
  lowering: ({ op }) =>
    `The ONNX lowering of op "${op}" computes something else than its plain kernels: the node above is the first that differs.`,
  folding: () => "Folding changed the network: its outputs differ before and after, in the ops' own plain kernels.",
  engine: () => "The ONNX model agrees with the ops' plain kernels: the training engine computes something else.",
  unknown: ({ detail }) => `Which node differs was not found out: ${detail}`,
};

export const messages = {
  mismatch: ({ images, maximumError, relativeError, sameClass }: Verification, limit: number, cause: MismatchCause): Diagnostic =>
    errorDiagnostic(
      'ONNX_MISMATCH',
      `The ONNX model is not the network that was trained: relative error ${relativeError.toExponential(1)} (at most ${limit} is accepted), ` +
        `largest error ${maximumError.toExponential(1)}, same class on ${sameClass} of ${images} images.`,
      { hint: causes[cause.kind](cause), ...(cause.node !== undefined && { at: cause.node }) },
    ),
} as const;
