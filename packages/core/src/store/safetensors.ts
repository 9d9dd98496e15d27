// The safetensors format: an 8-byte little-endian header length, a JSON header, then the tensors' bytes.
import type { Tensor, TensorTable } from '@nasc/ir';

interface HeaderEntry {
  readonly dtype: 'F32';
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** Names are written in sorted order, so that equal tables give equal bytes. */
export const writeSafetensors = (tensors: TensorTable): Uint8Array => {
  const names = [...tensors.keys()].toSorted();
  const header: Record<string, HeaderEntry> = {};
  let offset = 0;
  for (const name of names) {
    const { shape, data } = tensors.get(name)!;
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  let text = JSON.stringify(header);
  text += ' '.repeat((8 - (Buffer.byteLength(text) % 8)) % 8); // data starts aligned
  const headerBytes = Buffer.from(text);
  const file = Buffer.alloc(8 + headerBytes.length + offset);
  file.writeBigUInt64LE(BigInt(headerBytes.length));
  headerBytes.copy(file, 8);
  for (const name of names) {
    const { data } = tensors.get(name)!;
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 8 + headerBytes.length + header[name]!.data_offsets[0]);
  }
  return file;
};

/** A tensor of a file as it lies there. */
export interface StoredTensor {
  /** `F32`, `BF16`, `I64`, ... */
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const readEntry = (name: string, entry: unknown, data: Uint8Array): StoredTensor => {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
  if (typeof dtype !== 'string' || !Array.isArray(shape) || !shape.every(isSize) || !Array.isArray(offsets) || !offsets.every(isSize))
    throw new RangeError(`tensor ${name} has no type, shape or place`);
  const [begin = 0, end = 0] = offsets;
  if (end > data.byteLength) throw new RangeError(`tensor ${name} ends behind the file`);
  const bytes = data.subarray(begin, end);
  const size = bytesPerElement[dtype];
  if (begin > end || (size !== undefined && bytes.byteLength !== shape.reduce((count, length) => count * length, size)))
    throw new RangeError(`tensor ${name} has more or fewer bytes than its shape`);
  return { dtype, shape, bytes };
};

/** All tensors of a file, whatever their type. Throws a RangeError or SyntaxError where the bytes are not a whole safetensors file. */
export const listSafetensors = (file: Uint8Array): ReadonlyMap<string, StoredTensor> => {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const headerLength = Number(view.getBigUint64(0, true));
  if (headerLength > file.byteLength - 8) throw new RangeError('the header ends behind the file');
  const header = JSON.parse(Buffer.from(file.subarray(8, 8 + headerLength)).toString('utf8')) as Readonly<Record<string, unknown>>;
  const data = file.subarray(8 + headerLength);
  return new Map(
    Object.entries(header)
      .filter(([name]) => name !== '__metadata__')
      .map(([name, entry]) => [name, readEntry(name, entry, data)]),
  );
};

/** 1 + 5 + 10 bits of IEEE 754. */
const fromFloat16 = (bits: number): number => {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction ? Number.NaN : sign * Infinity;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
};

const bytesPerElement: Readonly<Record<string, number>> = { F16: 2, BF16: 2, F32: 4, F64: 8 };

/** Values as float32, those of float64 rounded; undefined where they are not floating-point numbers of 16 to 64 bits. */
export const floatsOf = ({ dtype, bytes }: StoredTensor): Float32Array | undefined => {
  const size = bytesPerElement[dtype];
  if (size === undefined) return undefined;
  const floats = new Float32Array(bytes.byteLength / size);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (dtype === 'F32') new Uint8Array(floats.buffer).set(bytes);
  else if (dtype === 'F64') for (let i = 0; i < floats.length; i++) floats[i] = view.getFloat64(8 * i, true);
  else if (dtype === 'F16') for (let i = 0; i < floats.length; i++) floats[i] = fromFloat16(view.getUint16(2 * i, true));
  else {
    // The upper half of a float32.
    const words = new Uint32Array(floats.buffer);
    for (let i = 0; i < words.length; i++) words[i] = view.getUint16(2 * i, true) << 16;
  }
  return floats;
};

/** Throws a RangeError or SyntaxError where the bytes are not a whole safetensors file of float32 tensors. */
export const readSafetensors = (file: Uint8Array): TensorTable => {
  const table = new Map<string, Tensor>();
  for (const [name, stored] of listSafetensors(file)) {
    if (stored.dtype !== 'F32') throw new RangeError(`tensor ${name} is ${stored.dtype}, not F32`);
    table.set(name, { shape: stored.shape, data: floatsOf(stored)! });
  }
  return table;
};
