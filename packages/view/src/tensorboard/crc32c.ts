// CRC-32C (Castagnoli; RFC 3720, section 12.1), and the masked form that TFRecord files hold.

/** 0x1EDC6F41 with its bits reversed. */
const polynomial = 0x82f63b78;

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
  return value;
});

export const crc32c = (bytes: Uint8Array): number => {
  let value = 0xffffffff;
  for (const byte of bytes) value = table[(value ^ byte) & 0xff]! ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
};

/** Rotated right by 15 bits, plus a constant (TensorFlow, lib/hash/crc32c.h): a checksum of data that holds checksums stays sound. */
export const maskedCrc32c = (bytes: Uint8Array): number => {
  const value = crc32c(bytes);
  return (((value >>> 15) | (value << 17)) + 0xa282ead8) >>> 0;
};
