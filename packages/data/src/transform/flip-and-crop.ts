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
  const line = width * channels;
  for (let y = 0; y < height; y++) {
    const start = to + y * line;
    const inside = y + shiftY >= 0 && y + shiftY < height;
    const first = inside ? firstX : width;
    const last = inside ? lastX : width;
    for (let c = 0; c < channels; c++) {
      const zero = table[c * 256]!;
      for (let x = 0; x < first; x++) into[start + x * channels + c] = zero;
      for (let x = last; x < width; x++) into[start + x * channels + c] = zero;
    }
    const source = from + (y + shiftY) * pitch + startX * channels;
    const target = start + first * channels;
    const end = start + last * channels;
    if (channels === 3) {
      for (let at = target, i = source; at < end; at += 3, i += stepX) {
        into[at] = table[bytes[i]!]!;
        into[at + 1] = table[256 + bytes[i + 1]!]!;
        into[at + 2] = table[512 + bytes[i + 2]!]!;
      }
    } else {
      for (let c = 0; c < channels; c++) {
        for (let at = target + c, i = source + c; at < end; at += channels, i += stepX) into[at] = table[c * 256 + bytes[i]!]!;
      }
    }
  }
};
