// ONNX's protobuf messages (ONNX 1.10: IR version 8, operator sets up to 15). The only place that imports them: the
// package is CommonJS and has its messages on the default export only.
import proto from 'onnx-proto';
import type { onnx } from 'onnx-proto';

export type ModelProto = onnx.IModelProto;
export type NodeProto = onnx.INodeProto;
export type AttributeProto = onnx.IAttributeProto;
export type TensorProto = onnx.ITensorProto;
export type ValueInfoProto = onnx.IValueInfoProto;

export const irVersion = 8;

/** Operator sets that a file can be written for. */
export const opsets = { oldest: 13, newest: 15 } as const;

export const { AttributeProto: attributeMessage, ModelProto: modelMessage, TensorProto: tensorMessage } = proto.onnx;

export const encodeModel = (model: ModelProto): Uint8Array => {
  const problem = modelMessage.verify(model as Record<string, unknown>);
  if (problem) throw new TypeError(`The ONNX message is malformed: ${problem}`);
  const bytes = modelMessage.encode(model).finish();
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength).slice();
};
