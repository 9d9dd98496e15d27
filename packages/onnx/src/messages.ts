// Everything that this package tells the user. Codes are permanent.
import { errorDiagnostic } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';

const nodeUnknownHint = ({ op, reason }: { readonly op: string; readonly reason: string | undefined }): string => {
  if (op === '') return 'Files that nasc wrote can be read back; those that another tool wrote, or changed, cannot.';
  if (reason === undefined) return `It was written for the op "${op}": add the plugin that defines it to \`plugins\`.`;
  return `It was written for the op "${op}", which does not make this of it: ${reason}.`;
};

export const messages = {
  opsetUnsupported: (opset: number, oldest: number, newest: number): Diagnostic =>
    errorDiagnostic('ONNX_OPSET_UNSUPPORTED', `ONNX operator set ${opset} cannot be written.`, {
      at: 'config#/export/opset',
      hint: `Use ${oldest} to ${newest}; a runtime that supports a later set reads these too.`,
    }),

  noLowering: (op: string, node: string): Diagnostic =>
    errorDiagnostic('ONNX_NO_LOWERING', `Op "${op}" has no ONNX lowering.`, {
      at: node,
      hint: 'Add `lower.onnx` to the op, or leave the op out of the space.',
    }),

  opUnknown: (op: string, node: string): Diagnostic =>
    errorDiagnostic('ONNX_OP_UNKNOWN', `No plugin registered the op "${op}".`, {
      at: node,
      hint: 'Add the plugin that defines it to `plugins`.',
    }),

  parameterMissing: (parameter: string, node: string): Diagnostic =>
    errorDiagnostic('ONNX_PARAMETER_MISSING', `The weights hold no "${parameter}".`, {
      at: node,
      hint: 'The graph and the weights are of different networks.',
    }),

  malformed: (model: string, problems: readonly string[]): Diagnostic =>
    errorDiagnostic('ONNX_MALFORMED', `The ONNX graph of "${model}" is not well formed: ${problems.join('; ')}.`, {
      hint: "An op's ONNX lowering is wrong: the first name above says which.",
    }),

  unreadable: (detail: string): Diagnostic =>
    errorDiagnostic('ONNX_UNREADABLE', `This is not an ONNX model: ${detail}.`, { hint: 'The file may be cut off, or of another format.' }),

  formUnknown: (model: string, detail: string): Diagnostic =>
    errorDiagnostic('ONNX_FORM_UNKNOWN', `The ONNX model "${model}" is not in the form that nasc writes: ${detail}.`, {
      hint: 'Files that nasc wrote can be read back; those that another tool wrote, or changed, cannot.',
    }),

  nodeUnknown: (
    id: string,
    operators: readonly string[],
    written: { readonly op: string; readonly reason: string | undefined },
  ): Diagnostic =>
    errorDiagnostic('ONNX_NODE_UNKNOWN', `No op is written in ONNX as "${id}" is: ${operators.join(', ')}.`, {
      at: id,
      hint: nodeUnknownHint(written),
    }),

  runtimeMissing: (platform: string, detail: string): Diagnostic =>
    errorDiagnostic('ONNXRUNTIME_NOT_AVAILABLE', `ONNX Runtime does not load on ${platform}: ${detail}`, {
      hint: 'onnxruntime-node ships binaries for Linux and Windows (x64, arm64) and macOS (arm64); install the package again if yours is among them.',
    }),

  runtimeRefused: (detail: string): Diagnostic =>
    errorDiagnostic('ONNXRUNTIME_REFUSED', `ONNX Runtime refuses the model: ${detail}`, {
      hint: "An op's ONNX lowering may be wrong; the message names the node.",
    }),
} as const;
