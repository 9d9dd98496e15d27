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

/** Throws a RangeError or SyntaxError where the bytes are not a whole safetensors file of float32 tensors. */
export const readSafetensors = (file: Uint8Array): TensorTable => {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const headerLength = Number(view.getBigUint64(0, true));
  const header = JSON.parse(Buffer.from(file.subarray(8, 8 + headerLength)).toString('utf8')) as Record<string, HeaderEntry>;
  const table = new Map<string, Tensor>();
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    if (entry.dtype !== 'F32') throw new RangeError(`tensor ${name} is ${entry.dtype}, not F32`);
    const [begin, end] = entry.data_offsets;
    if (8 + headerLength + end > file.byteLength) throw new RangeError(`tensor ${name} ends behind the file`);
    const data = new Float32Array((end - begin) / 4);
    new Uint8Array(data.buffer).set(file.subarray(8 + headerLength + begin, 8 + headerLength + end));
    table.set(name, { shape: entry.shape, data });
  }
  return table;
};
