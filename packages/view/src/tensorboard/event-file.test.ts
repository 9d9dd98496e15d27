import { expect, test } from 'vitest';
import { crc32c } from './crc32c.ts';
import { eventFile } from './event-file.ts';

test('CRC-32C of the vectors of RFC 3720, appendix B.4', () => {
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, index) => index))).toBe(0x46dd794e);
  expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
});

test('an event file begins with its version, and holds tag, step and value in the fields of event.proto', () => {
  const bytes = Buffer.from(eventFile([{ tag: 'a', step: 3, value: 0.5 }], 1));
  const length = Number(bytes.readBigUInt64LE(0));
  // wall_time 1 as field 1, then field 3 with 13 characters.
  expect(bytes.subarray(12, 12 + length).toString('hex')).toBe(`09000000000000f03f1a0d${Buffer.from('brain.Event:2').toString('hex')}`);
  const second = bytes.subarray(16 + length);
  expect(second.subarray(12, -4).toString('hex')).toBe('09000000000000f03f10032a0a0a080a0161150000003f');
  expect(second.length).toBe(16 + Number(second.readBigUInt64LE(0)));
});
