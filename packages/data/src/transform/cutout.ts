// Cutout (DeVries & Taylor 2017): a square around a random pixel is hidden.
import { Random } from '@nasc/random';
import type { RandomKey } from '@nasc/random';
import type { Rectangle, Resolution } from './image-transform.ts';

/** The square of `side` pixels around a uniformly drawn centre, as far as it lies inside the output. */
export const drawCutout = (side: number, { height, width }: Resolution, key: RandomKey): Rectangle => {
  const random = new Random(key);
  const top = random.integer(height) - Math.floor(side / 2);
  const left = random.integer(width) - Math.floor(side / 2);
  return {
    top: Math.max(0, top),
    bottom: Math.min(height, top + side),
    left: Math.max(0, left),
    right: Math.min(width, left + side),
  };
};

/** Fills the rectangle of the image [H, W, C] that starts at `offset` with 0, which is each channel's mean after normalisation. */
export const applyCutout = (
  { top, bottom, left, right }: Rectangle,
  width: number,
  channels: number,
  into: Float32Array,
  offset: number,
): void => {
  for (let y = top; y < bottom; y++) {
    into.fill(0, offset + (y * width + left) * channels, offset + (y * width + right) * channels);
  }
};
