// Tensors, value descriptions and attributes as protobuf messages.
import type { Tensor } from '@nasc/ir';
import type { OnnxAttribute, OnnxIntermediate } from './lowering.ts';
import { attributeMessage, tensorMessage } from './proto.ts';
import type { AttributeProto, TensorProto, ValueInfoProto } from './proto.ts';

const { FLOAT, INT64 } = tensorMessage.DataType;
const kinds = attributeMessage.AttributeType;
const text = new TextEncoder();

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Values as ONNX stores them: little-endian whatever the machine. */
export const floatTensor = (name: string, shape: readonly number[], data: Float32Array): TensorProto => {
  const rawData = new Uint8Array(data.length * 4);
  const view = new DataView(rawData.buffer);
  for (let i = 0; i < data.length; i++) view.setFloat32(i * 4, data[i]!, true);
  return { name, dataType: FLOAT, dims: [...shape], rawData };
};

/** The inverse of `floatTensor`; undefined for a tensor that is stored otherwise, or empty. */
export const readFloats = ({ dataType, dims, rawData }: TensorProto): Tensor | undefined => {
  const shape = (dims ?? []).map(Number);
  const count = shape.reduce((product, size) => product * size, 1);
  if (dataType !== FLOAT || count === 0 || rawData?.length !== count * 4) return undefined;
  const view = viewOf(rawData);
  const data = new Float32Array(count);
  for (let i = 0; i < count; i++) data[i] = view.getFloat32(i * 4, true);
  return { shape, data };
};

export const integerTensor = (name: string, values: readonly number[]): TensorProto => {
  const rawData = new Uint8Array(values.length * 8);
  const view = new DataView(rawData.buffer);
  values.forEach((value, index) => view.setBigInt64(index * 8, BigInt(value), true));
  return { name, dataType: INT64, dims: [values.length], rawData };
};

/** The inverse of `integerTensor`; undefined for a tensor that is stored otherwise. */
export const readIntegers = ({ dataType, dims, rawData }: TensorProto): readonly number[] | undefined => {
  if (dataType !== INT64 || dims?.length !== 1 || rawData?.length !== Number(dims[0]) * 8) return undefined;
  const view = viewOf(rawData);
  return Array.from({ length: Number(dims[0]) }, (_, index) => Number(view.getBigInt64(index * 8, true)));
};

/** Name of the batch's dimension where the file leaves its size open. */
export const batchName = 'batch';

/** A float32 value of a given shape after the batch, or a list of integers, which has no batch. */
export const valueInfo = (name: string, dynamicBatch: boolean, what: OnnxIntermediate): ValueInfoProto => {
  const [elemType, dim] =
    'integers' in what
      ? [INT64, [{ dimValue: what.integers }]]
      : [FLOAT, [dynamicBatch ? { dimParam: batchName } : { dimValue: 1 }, ...what.map((size) => ({ dimValue: size }))]];
  return { name, type: { tensorType: { elemType, shape: { dim } } } };
};

/** Numbers and lists of numbers are integers; floats are marked as such, because `1.0` cannot be told from `1`. */
export const attributeOf = (name: string, value: OnnxAttribute[string]): AttributeProto => {
  if (typeof value === 'number') return { name, type: kinds.INT, i: value };
  if (typeof value === 'string') return { name, type: kinds.STRING, s: text.encode(value) };
  if ('float' in value) return { name, type: kinds.FLOAT, f: value.float };
  if ('floats' in value) return { name, type: kinds.FLOATS, floats: [...value.floats] };
  return { name, type: kinds.INTS, ints: [...value] };
};

const readAttribute = ({ type, i, f, s, ints, floats }: AttributeProto): OnnxAttribute[string] | undefined => {
  if (type === kinds.INT) return Number(i);
  if (type === kinds.FLOAT) return { float: Math.fround(f ?? 0) };
  if (type === kinds.STRING) return new TextDecoder().decode(s ?? new Uint8Array());
  if (type === kinds.INTS) return (ints ?? []).map(Number);
  return type === kinds.FLOATS ? { floats: (floats ?? []).map(Math.fround) } : undefined;
};

/** The inverse of `attributeOf` for all attributes of a node; those of kinds that are never written are left out. */
export const readAttributes = (attributes: readonly AttributeProto[]): OnnxAttribute =>
  Object.fromEntries(
    attributes.flatMap((attribute) => {
      const value = readAttribute(attribute);
      return value === undefined ? [] : [[attribute.name ?? '', value]];
    }),
  );
