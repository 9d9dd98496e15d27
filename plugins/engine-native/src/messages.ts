// Everything that this plugin tells the user. Codes are permanent.
import { DiagnosticError, errorDiagnostic } from '@nasc/diagnostics';
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
      hint: 'Use smaller batches or a smaller input.',
    }),

  noThreads: (threads: number): Diagnostic =>
    errorDiagnostic('ENGINE_NO_THREADS', `${threads} compute threads could not be started.`, { hint: 'Ask for fewer with --threads.' }),

  batchTooLarge: (count: number, batchSize: number): Diagnostic =>
    errorDiagnostic('ENGINE_BATCH_SIZE', `A batch of ${count} images was given to a program compiled for ${batchSize}.`),

  wrongLength: (what: string, found: number, expected: number): Diagnostic =>
    errorDiagnostic('ENGINE_SHAPE', `${what} has ${found} values; ${expected} are expected.`),

  unknownParameter: (id: string): Diagnostic =>
    errorDiagnostic('ENGINE_UNKNOWN_PARAMETER', `The graph has no parameter "${id}".`, { at: id }),

  badMixture: (choice: string, detail: string): Diagnostic =>
    errorDiagnostic('ENGINE_MIXTURE', `Mixture at "${choice}": ${detail}.`, { at: choice }),

  busy: (): Diagnostic => errorDiagnostic('ENGINE_BUSY', 'A training program does one thing at a time.', { hint: 'Await each call.' }),

  disposed: (): Diagnostic => errorDiagnostic('ENGINE_DISPOSED', 'The training program was disposed of.'),
} as const;

export const fail = (diagnostic: Diagnostic): never => {
  throw new DiagnosticError([diagnostic]);
};
