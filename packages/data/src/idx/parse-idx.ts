// The IDX format of the MNIST family: 00 00, type, number of dimensions, sizes (big-endian uint32), then the values.
import { DiagnosticError } from '@nasc/diagnostics';
import { messages } from '../messages.ts';

export interface IdxTensor {
  readonly shape: readonly number[];
  /** Product of `shape` bytes. */
  readonly values: Uint8Array;
}

const unsignedByte = 0x08;

/** Parses an IDX file of unsigned bytes; `file` names it in diagnostics (`DATA_IDX_*`), `what` its contents. */
export const parseIdx = (bytes: Uint8Array, file: string, what: string, dimensions: number): IdxTensor => {
  const fail = (diagnostic: ReturnType<typeof messages.idxHeader>): never => {
    throw new DiagnosticError([diagnostic]);
  };
  if (bytes.length < 4) fail(messages.idxHeader(file, bytes.length));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = view.getUint32(0);
  if (magic >>> 8 !== unsignedByte) fail(messages.idxMagic(file, magic));
  const found = magic & 0xff;
  if (found !== dimensions) fail(messages.idxDimensions(file, what, dimensions, found));
  const header = 4 + 4 * dimensions;
  if (bytes.length < header) fail(messages.idxHeader(file, bytes.length));
  const shape = Array.from({ length: dimensions }, (_, axis) => view.getUint32(4 + 4 * axis));
  const expected = shape.reduce((product, size) => product * size, 1);
  if (expected === 0) fail(messages.idxEmpty(file, shape));
  const present = bytes.length - header;
  if (present < expected) fail(messages.idxTruncated(file, shape, expected, present));
  if (present > expected) fail(messages.idxTrailing(file, shape, expected, present));
  return { shape, values: bytes.subarray(header) };
};
