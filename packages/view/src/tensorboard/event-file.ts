// TensorBoard's event files: TFRecords of Event messages. Only the fields of scalars are described.
import protobuf from 'protobufjs';
import { maskedCrc32c } from './crc32c.ts';

/** Fields and their numbers as in tensorflow/core/util/event.proto and tensorflow/core/framework/summary.proto. */
const schema = `
syntax = "proto3";
message Value { string tag = 1; float simple_value = 2; }
message Summary { repeated Value value = 1; }
message Event { double wall_time = 1; int64 step = 2; oneof what { string file_version = 3; Summary summary = 5; } }
`;
const event = protobuf.parse(schema, { keepCase: true }).root.lookupType('Event');

export interface Scalar {
  readonly tag: string;
  readonly step: number;
  readonly value: number;
}

/** Length (uint64), its masked checksum, the data, its masked checksum; little-endian. */
export const tfRecord = (data: Uint8Array): Uint8Array => {
  const record = new Uint8Array(16 + data.length);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc32c(record.subarray(0, 8)), true);
  record.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc32c(data), true);
  return record;
};

const encode = (message: Readonly<Record<string, unknown>>): Uint8Array => tfRecord(event.encode(event.create(message)).finish());

/** `wallTime`: seconds since 1970, of all events. */
export const eventFile = (scalars: readonly Scalar[], wallTime: number): Uint8Array =>
  Buffer.concat([
    encode({ wall_time: wallTime, file_version: 'brain.Event:2' }),
    ...scalars.map(({ tag, step, value }) => encode({ wall_time: wallTime, step, summary: { value: [{ tag, simple_value: value }] } })),
  ]);
