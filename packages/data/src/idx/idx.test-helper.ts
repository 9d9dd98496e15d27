// Writes small IDX files.

export const idx = (shape: readonly number[], values: ArrayLike<number>, magic = 0x0800 + shape.length): Buffer => {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.writeUInt32BE(magic, 0);
  for (const [axis, size] of shape.entries()) header.writeUInt32BE(size, 4 + 4 * axis);
  return Buffer.concat([header, Uint8Array.from(values)]);
};
