// Random flip and crop, drawn per (seed, epoch, image), applied while bytes become normalised floats.
import { Random } from '@nasc/random';
import type { RandomKey } from '@nasc/random';
import type { Augmentation, ImageShape } from './dataset.ts';

/** How one image is moved: output(y, x) = input(y + shiftY, x' + shiftX), x' mirrored if `flip`; outside is byte 0. */
export interface Placement {
  readonly flip: boolean;
  readonly shiftY: number;
  readonly shiftX: number;
}

export const unmoved: Placement = { flip: false, shiftY: 0, shiftX: 0 };

/** The placement that belongs to a key. Always draws the same count of numbers, so options do not disturb each other. */
export const drawPlacement = ({ flip = false, crop = 0 }: Augmentation, key: RandomKey): Placement => {
  if (!flip && crop === 0) return unmoved;
  const random = new Random(key);
  const mirrored = random.uniform() < 0.5;
  const shiftY = random.integer(2 * crop + 1) - crop;
  const shiftX = random.integer(2 * crop + 1) - crop;
  return { flip: flip && mirrored, shiftY, shiftX };
};

/**
 * Writes one image: `bytes` [H, W, C] from `from` on, through `table` [C, 256], as floats [H, W, C] from `to` on.
 */
export const writeImage = (
  { height, width, channels }: ImageShape,
  bytes: Uint8Array,
  from: number,
  { flip, shiftY, shiftX }: Placement,
  table: Float32Array,
  into: Float32Array,
  to: number,
): void => {
  // Columns of the output whose input lies inside the image; mirrored, x' = width - 1 - x + shiftX.
  const offset = flip ? -shiftX : shiftX;
  const firstX = Math.min(width, Math.max(0, -offset));
  const lastX = Math.max(firstX, Math.min(width, width - offset));
  const stepX = flip ? -channels : channels;
  const startX = flip ? width - 1 - firstX + shiftX : firstX + shiftX;
  for (let c = 0; c < channels; c++) {
    const values = table.subarray(c * 256, c * 256 + 256);
    const zero = values[0]!;
    let target = to + c;
    for (let y = 0; y < height; y++) {
      const inside = y + shiftY >= 0 && y + shiftY < height;
      const first = inside ? firstX : width;
      const last = inside ? lastX : width;
      let source = from + ((y + shiftY) * width + startX) * channels + c;
      for (let x = 0; x < first; x++, target += channels) into[target] = zero;
      for (let x = first; x < last; x++, target += channels, source += stepX) into[target] = values[bytes[source]!]!;
      for (let x = last; x < width; x++, target += channels) into[target] = zero;
    }
  }
};
