// Photograph-like JPEGs without photographs: smooth colours at several scales, with grain.
import { createRequire } from 'node:module';
import { Random } from '../../packages/random/dist/index.js';

// The decoder of @nasc/data encodes, too.
const sharp = createRequire(new URL('../../packages/data/package.json', import.meta.url))('sharp');

/** Image `number` of a size as JPEG, quality 85. */
export const encodeTexture = async (number, height, width) => {
  const random = new Random({ seed: 7, stream: 'bench.texture', index: number });
  const pixels = new Float32Array(height * width * 3);
  for (const [cells, amount] of [
    [4, 0.5],
    [16, 0.3],
    [64, 0.2],
  ]) {
    const [rows, columns] = [Math.min(height, cells), Math.min(width, cells)];
    const coarse = Uint8Array.from({ length: rows * columns * 3 }, () => random.integer(256));
    const smooth = await sharp(coarse, { raw: { height: rows, width: columns, channels: 3 } })
      .resize(width, height, { fit: 'fill', kernel: 'cubic' })
      .raw()
      .toBuffer();
    for (let i = 0; i < pixels.length; i++) pixels[i] += amount * smooth[i];
  }
  const grained = Uint8ClampedArray.from(pixels, (value) => value + random.integer(13) - 6);
  return sharp(grained, { raw: { height, width, channels: 3 } })
    .jpeg({ quality: 85 })
    .toBuffer();
};
