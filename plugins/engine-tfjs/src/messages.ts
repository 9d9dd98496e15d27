// Everything that the engine tells the user; setup/messages.ts has what its set-up tells. Codes are permanent.
import { DiagnosticError, errorDiagnostic } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';

export const messages = {
  notAvailable: (detail: string): Diagnostic =>
    errorDiagnostic('ENGINE_NOT_AVAILABLE', 'Engine "tfjs" does not work on this machine.', { hint: detail }),

  noLowering: (node: string, op: string): Diagnostic =>
    errorDiagnostic('ENGINE_OP_UNSUPPORTED', `Op "${op}" cannot be trained by engine "tfjs": it is not written with TensorFlow.js.`, {
      at: node,
      hint: 'Give the op a `tfjs` lowering, or use an engine that knows it.',
    }),

  noOp: (node: string, op: string): Diagnostic => errorDiagnostic('UNKNOWN_NAME', `There is no op "${op}".`, { at: node }),

  noMemory: (detail: string): Diagnostic =>
    errorDiagnostic('ENGINE_OUT_OF_MEMORY', `TensorFlow ran out of memory: ${detail}.`, {
      hint: 'Use smaller batches or a smaller input.',
    }),
} as const;

export const fail = (diagnostic: Diagnostic, cause?: unknown): never => {
  throw new DiagnosticError([diagnostic], cause === undefined ? undefined : { cause });
};
