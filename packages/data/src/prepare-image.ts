// The part of the work on an image that is the same in every epoch: its bytes at the size that the network gets. What is random
// comes after it, except for a random resized crop, which needs the image as it is.
import type { Augmentation, Raster } from './dataset.ts';
import { evaluationTransform } from './transform/evaluation-transform.ts';
import type { Resolution } from './transform/image-transform.ts';
import { resample } from './transform/resample.ts';

/** What evaluation sees of an image: see `evaluationTransform`. */
export interface Preparation extends Resolution {
  readonly cropShare: number;
}

/** What an image is for. */
export type ImageUse =
  | { readonly kind: 'evaluation' }
  | {
      readonly kind: 'training';
      readonly augmentation: Augmentation;
      readonly seed: number;
      /** Name of the training's sequence of batches, e.g. `warmup`. */
      readonly stream: string;
      readonly epoch: number;
    };

/** Undefined where the image is needed as it is: for a random resized crop. Other training sees all that fits. */
export const preparationFor = (use: ImageUse, { height, width }: Resolution, cropShare: number): Preparation | undefined => {
  if (use.kind === 'evaluation') return { height, width, cropShare };
  return use.augmentation.randomResizedCrop ? undefined : { height, width, cropShare: 1 };
};

/** The same image where it has that size and is wanted whole. */
export const prepareImage = (image: Raster, preparation: Preparation): Raster => {
  const { height, width, cropShare } = preparation;
  if (cropShare === 1 && image.height === height && image.width === width) return image;
  const { window } = evaluationTransform(cropShare, image, preparation);
  return { height, width, channels: image.channels, pixels: resample(image, window, preparation) };
};
