// Mirroring with probability 1/2, and zero-padding with a crop back at a random offset: the usual augmentation of small
// images (He et al. 2016, section 4.2: pad 4, crop 32). Applied while bytes become normalised floats.
import { Random } from '@nasc/random';
import type { RandomKey } from '@nasc/random';
import type { Placement, Resolution } from './image-transform.ts';
import { unmoved } from './image-transform.ts';

/**
 * The placement that belongs to a key; `crop` in pixels on each side, shifts uniform in -crop..crop. The same numbers are
 * drawn whatever is switched on, so that options do not disturb each other.
 */
export const drawPlacement = (flip: boolean, crop: number, key: RandomKey): Placement => {
  if (!flip && crop === 0) return unmoved;
  const random = new Random(key);
  const mirrored = random.uniform() < 0.5;
  const shiftY = random.integer(2 * crop + 1) - crop;
  const shiftX = random.integer(2 * crop + 1) - crop;
  return { flip: flip && mirrored, shiftY, shiftX };
};

/** A picture [height, width, C] within a larger run of bytes: pixel (y, x) starts at from + y * pitch + x * channels. */
export interface PictureBytes {
  readonly bytes: Uint8Array;
  readonly channels: number;
  readonly from: number;
  /** Bytes from one row to the next. */
  readonly pitch: number;
}

/**
 * Writes one picture through `table` [C, 256] as floats [height, width, C] from `to` on; what the shift uncovers is the
 * value of byte 0.
 */
export const placePicture = (
  { bytes, channels, from, pitch }: PictureBytes,
  { height, width }: Resolution,
  { flip, shiftY, shiftX }: Placement,
  table: Float32Array,
  into: Float32Array,
  to: number,
): void => {
  // Columns of the output whose input lies inside the picture; mirrored, x' = width - 1 - x + shiftX.
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
      let source = from + (y + shiftY) * pitch + startX * channels + c;
      for (let x = 0; x < first; x++, target += channels) into[target] = zero;
      for (let x = first; x < last; x++, target += channels, source += stepX) into[target] = values[bytes[source]!]!;
      for (let x = last; x < width; x++, target += channels) into[target] = zero;
    }
  }
};
