// One image through its transform: decoded bytes in, normalised floats out.
import type { Raster } from '../dataset.ts';
import { applyColourSteps } from './colour-jitter.ts';
import { applyCutout } from './cutout.ts';
import type { PictureBytes } from './flip-and-crop.ts';
import { placePicture } from './flip-and-crop.ts';
import type { ImageTransform, Resolution, Window } from './image-transform.ts';
import { resample } from './resample.ts';

/** Whether output pixels are source pixels: nothing to resample. */
const isPlainCut = ({ top, left, scaleY, scaleX }: Window): boolean =>
  scaleY === 1 && scaleX === 1 && Number.isInteger(top) && Number.isInteger(left);

/** The window as bytes that belong to nobody else: [height, width, C]. */
const copyOf = (image: Raster, { top, left }: Window, { height, width }: Resolution): Uint8Array => {
  const { channels } = image;
  const copy = new Uint8Array(height * width * channels);
  for (let y = 0; y < height; y++) {
    const start = ((top + y) * image.width + left) * channels;
    copy.set(image.pixels.subarray(start, start + width * channels), y * width * channels);
  }
  return copy;
};

/** The window with changed colours; without a copy where nothing is computed. */
const pictureOf = (image: Raster, { window, colours }: ImageTransform, output: Resolution): PictureBytes => {
  const { channels } = image;
  const isCut = isPlainCut(window);
  if (isCut && colours.length === 0) {
    const from = (window.top * image.width + window.left) * channels;
    return { bytes: image.pixels, channels, from, pitch: image.width * channels };
  }
  const bytes = isCut ? copyOf(image, window, output) : resample(image, window, output);
  applyColourSteps(bytes, channels, colours);
  return { bytes, channels, from: 0, pitch: output.width * channels };
};

/**
 * Writes `image` through `transform`, which was made for its size and for `output`, as floats [height, width, C] into
 * `into` from `offset` on. `table` [C, 256] is the value of each byte (normalisationTable). The image stays as it is.
 */
export const applyTransform = (
  image: Raster,
  transform: ImageTransform,
  output: Resolution,
  table: Float32Array,
  into: Float32Array,
  offset: number,
): void => {
  placePicture(pictureOf(image, transform, output), output, transform.placement, table, into, offset);
  if (transform.cutout) applyCutout(transform.cutout, output.width, image.channels, into, offset);
};
