// Decodes all images of a data set, several at a time, and brings them to one shape.
import { availableParallelism } from 'node:os';
import { DiagnosticError } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';
import type { ImageShape } from '../dataset.ts';
import { prepareImage } from '../prepare-image.ts';
import type { Resolution } from '../transform/image-transform.ts';
import { decodeImage, isGrey } from './decode-image.ts';
import type { DecodedImage } from './decode-image.ts';
import type { ImageFile } from './list-images.ts';
import { messages } from './messages.ts';

export interface DecodeOptions {
  /** Folder or archive, for diagnostics. */
  readonly root: string;
  readonly resolution?: Resolution;
  /** Grey or colour; when absent, grey if all images are. */
  readonly channels?: 1 | 3;
  readonly signal?: AbortSignal;
  onImage?(done: number): void;
}

export interface DecodedImages {
  readonly shape: ImageShape;
  /** [count, H, W, C] */
  readonly pixels: Uint8Array;
}

/** Diagnostics of single images that are shown; a wrong folder would fill the screen. */
const shownFaults = 20;
const memoryLimit = 2 ** 32;

const decodeEach = async (files: readonly ImageFile[], options: DecodeOptions): Promise<readonly DecodedImage[]> => {
  const { root, resolution, channels = 3, signal } = options;
  const images: DecodedImage[] = [];
  const faults: { readonly index: number; readonly diagnostic: Diagnostic }[] = [];
  let next = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    while (next < files.length) {
      signal?.throwIfAborted();
      const index = next++;
      const file = files[index]!;
      const bytes = await file.bytes();
      const image = await decodeImage(bytes, channels).catch((error: Error) => {
        const [reason = error.message] = error.message.split('\n');
        faults.push({ index, diagnostic: messages.notDecoded(file.at, reason) });
      });
      if (image) {
        const size = resolution ?? image;
        images[index] = { ...prepareImage(image, { ...size, cropShare: 1 }), channels };
      }
      options.onImage?.(++done);
    }
  };
  await Promise.all(Array.from({ length: 2 * availableParallelism() }, work));
  if (faults.length > 0) {
    const shown = faults.toSorted((a, b) => a.index - b.index).slice(0, shownFaults);
    const more = faults.length - shown.length;
    throw new DiagnosticError([...shown.map(({ diagnostic }) => diagnostic), ...(more > 0 ? [messages.moreNotDecoded(root, more)] : [])]);
  }
  return images;
};

const sizeText = ({ height, width }: Resolution): string => `${height}x${width}`;

/** Errors: `DATA_IMAGE_DAMAGED` (up to 20 are listed), `DATA_IMAGE_SIZES`, `DATA_TOO_LARGE`. */
export const decodeAll = async (files: readonly ImageFile[], options: DecodeOptions): Promise<DecodedImages> => {
  const images = await decodeEach(files, options);
  const first = images[0]!;
  const different = images.findIndex((image) => sizeText(image) !== sizeText(first));
  if (different >= 0) {
    const { at } = files[different]!;
    throw new DiagnosticError([messages.sizesDiffer(at, sizeText(images[different]!), sizeText(first), files[0]!.at)]);
  }
  const narrow = options.channels === undefined && images.every(({ pixels }) => isGrey(pixels));
  const channels = narrow ? 1 : first.channels;
  const size = first.height * first.width * channels;
  if (size * images.length > memoryLimit) throw new DiagnosticError([messages.tooLarge(options.root, size * images.length, memoryLimit)]);
  const pixels = new Uint8Array(size * images.length);
  for (const [index, image] of images.entries()) {
    pixels.set(narrow ? image.pixels.filter((_, i) => i % 3 === 0) : image.pixels, index * size);
  }
  return { shape: { height: first.height, width: first.width, channels }, pixels };
};
