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
  const size = height * width * channels;
  if (channels === 1 && !flip && shiftY === 0 && shiftX === 0) {
    for (let i = 0; i < size; i++) into[to + i] = table[bytes[from + i]!]!;
    return;
  }
  for (let y = 0; y < height; y++) {
    const sourceY = y + shiftY;
    const inside = sourceY >= 0 && sourceY < height;
    for (let x = 0; x < width; x++) {
      const sourceX = (flip ? width - 1 - x : x) + shiftX;
      const target = to + (y * width + x) * channels;
      if (inside && sourceX >= 0 && sourceX < width) {
        const source = from + (sourceY * width + sourceX) * channels;
        for (let c = 0; c < channels; c++) into[target + c] = table[c * 256 + bytes[source + c]!]!;
      } else {
        for (let c = 0; c < channels; c++) into[target + c] = table[c * 256]!;
      }
    }
  }
};
