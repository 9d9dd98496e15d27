// Tensors, value descriptions and attributes as protobuf messages.
import type { OnnxAttribute } from './lowering.ts';
import { attributeMessage, tensorMessage } from './proto.ts';
import type { AttributeProto, TensorProto, ValueInfoProto } from './proto.ts';

const { FLOAT, INT64 } = tensorMessage.DataType;
const kinds = attributeMessage.AttributeType;
const text = new TextEncoder();

/** Values as ONNX stores them: little-endian whatever the machine. */
export const floatTensor = (name: string, shape: readonly number[], data: Float32Array): TensorProto => {
  const rawData = new Uint8Array(data.length * 4);
  const view = new DataView(rawData.buffer);
  for (let i = 0; i < data.length; i++) view.setFloat32(i * 4, data[i]!, true);
  return { name, dataType: FLOAT, dims: [...shape], rawData };
};

export const integerTensor = (name: string, values: readonly number[]): TensorProto => {
  const rawData = new Uint8Array(values.length * 8);
  const view = new DataView(rawData.buffer);
  values.forEach((value, index) => view.setBigInt64(index * 8, BigInt(value), true));
  return { name, dataType: INT64, dims: [values.length], rawData };
};

/** A float32 value of a given shape; `batch` is the name of a symbolic dimension or a number. */
export const valueInfo = (name: string, batch: string | number, shape: readonly number[]): ValueInfoProto => ({
  name,
  type: {
    tensorType: {
      elemType: FLOAT,
      shape: {
        dim: [typeof batch === 'string' ? { dimParam: batch } : { dimValue: batch }, ...shape.map((size) => ({ dimValue: size }))],
      },
    },
  },
});

/** Numbers and lists of numbers are integers; floats are marked as such, because `1.0` cannot be told from `1`. */
export const attributeOf = (name: string, value: OnnxAttribute[string]): AttributeProto => {
  if (typeof value === 'number') return { name, type: kinds.INT, i: value };
  if (typeof value === 'string') return { name, type: kinds.STRING, s: text.encode(value) };
  if ('float' in value) return { name, type: kinds.FLOAT, f: value.float };
  if ('floats' in value) return { name, type: kinds.FLOATS, floats: [...value.floats] };
  return { name, type: kinds.INTS, ints: [...value] };
};
