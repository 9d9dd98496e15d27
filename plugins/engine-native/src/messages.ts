// Everything that this plugin tells the user. Codes are permanent.
import { errorDiagnostic } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';

export const messages = {
  noLowering: (node: string, op: string): Diagnostic =>
    errorDiagnostic('ENGINE_OP_UNSUPPORTED', `Op "${op}" cannot be trained by engine "native": it has no C kernels.`, {
      at: node,
      hint: 'Give the op a `c` lowering, or use an engine that knows it.',
    }),

  noOp: (node: string, op: string): Diagnostic => errorDiagnostic('UNKNOWN_NAME', `There is no op "${op}".`, { at: node }),

  noFrozenGradient: (node: string, op: string): Diagnostic =>
    errorDiagnostic('ENGINE_OP_UNSUPPORTED', `Op "${op}" has no gradient for running statistics.`, {
      at: node,
      hint: 'Train with batch statistics.',
    }),

  noMemory: (bytes: number): Diagnostic =>
    errorDiagnostic('ENGINE_OUT_OF_MEMORY', `The training program needs ${Math.ceil(bytes / 2 ** 20)} MiB, which could not be had.`, {
      hint: 'Use smaller batches (`batchSize`) or smaller images (`input.resolution` of the space).',
    }),

  noThreads: (threads: number): Diagnostic =>
    errorDiagnostic('ENGINE_NO_THREADS', `${threads} compute threads could not be started.`, { hint: 'Ask for fewer with --threads.' }),
} as const;
