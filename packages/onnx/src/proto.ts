// ONNX's protobuf messages; what later IR versions than 8 added to them is not used here. The only place that imports them:
// the package is CommonJS and has its messages on the default export only.
import proto from 'onnx-proto';
import type { onnx } from 'onnx-proto';

export type ModelProto = onnx.IModelProto;
export type NodeProto = onnx.INodeProto;
export type AttributeProto = onnx.IAttributeProto;
export type TensorProto = onnx.ITensorProto;
export type ValueInfoProto = onnx.IValueInfoProto;

/**
 * Operator sets that a file can be written for: from the first in which all that lowerings use has its present form to the last
 * that ONNX Runtime, which every file is compared in, has. `usual` is taken where none is asked for: old enough for any runtime.
 */
export const opsets = { oldest: 13, newest: 26, usual: 15 } as const;

/** IR version of the ONNX release that an operator set came with (`onnx.helper.VERSION_TABLE`), from set 13 on. */
const irVersions = [7, 7, 8, 8, 8, 8, 9, 9, 10, 10, 11, 12, 13, 13];

/** Version of the file format that goes with an operator set: a runtime that knows the one knows the other. */
export const irVersionOf = (opset: number): number => irVersions[opset - opsets.oldest]!;

export const { AttributeProto: attributeMessage, ModelProto: modelMessage, TensorProto: tensorMessage } = proto.onnx;

export const encodeModel = (model: ModelProto): Uint8Array => {
  const problem = modelMessage.verify(model as Record<string, unknown>);
  if (problem) throw new TypeError(`The ONNX message is malformed: ${problem}`);
  const bytes = modelMessage.encode(model).finish();
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength).slice();
};
