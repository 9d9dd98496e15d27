// One JPEG, PNG or WebP as bytes.
import sharp from 'sharp';
import type { Raster } from '../dataset.ts';

// One image is decoded by one thread, and none is asked for twice.
sharp.concurrency(1);
sharp.cache(false);

/** Those are never transparent; looking for that takes as long as decoding a small one. */
const isJpeg = (bytes: Uint8Array): boolean => bytes[0] === 0xff && bytes[1] === 0xd8;

/** 300 MB of colours: more is no photograph but a file that was made to fill the memory. */
const mostPixels = 100e6;

/** Upright (by its EXIF orientation), on black where transparent, 8 bits, 1 channel (luminance) or 3 (sRGB). Throws on any fault. */
export const decodeImage = async (bytes: Uint8Array, channels: 1 | 3): Promise<Raster> => {
  const upright = sharp(bytes, { failOn: 'warning', limitInputPixels: mostPixels }).autoOrient();
  const { data, info } = await (isJpeg(bytes) ? upright : upright.flatten())
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { height: info.height, width: info.width, channels: info.channels, pixels: data };
};

/** Whether every pixel of an [H, W, 3] image has three equal channels. */
export const isGrey = (pixels: Uint8Array): boolean => {
  for (let i = 0; i < pixels.length; i += 3) {
    if (pixels[i] !== pixels[i + 1] || pixels[i] !== pixels[i + 2]) return false;
  }
  return true;
};

/** First line of what the decoder says, or better words for it. */
export const decodingFault = (error: Error): string => {
  const [first = error.message] = error.message.split('\n');
  if (/exceeds pixel limit/.test(first)) return `it has more than ${mostPixels / 1e6} million pixels`;
  if (/is empty/i.test(first)) return 'the file is empty';
  if (/unsupported image format/.test(first)) return 'its content is no image of a known format';
  return first.replace(/^Input buffer has corrupt header: /, '');
};
