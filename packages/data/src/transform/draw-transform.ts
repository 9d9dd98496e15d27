// The random transform of one training image.
import type { RandomKey } from '@nasc/random';
import type { Augmentation, RandomResizedCrop } from '../dataset.ts';
import { drawColourSteps } from './colour-jitter.ts';
import { drawCutout } from './cutout.ts';
import { centreWindow } from './evaluation-transform.ts';
import { drawPlacement } from './flip-and-crop.ts';
import type { ImageTransform, Resolution } from './image-transform.ts';
import { randomWindow } from './random-resized-crop.ts';

/** Of the published ImageNet recipes. */
const cropDefaults: Required<RandomResizedCrop> = { scale: [0.08, 1], ratio: [3 / 4, 4 / 3] };

/**
 * A pure function of the key, which names seed, stream, epoch and image. Each option draws from a stream of its own, so that
 * switching one on or off leaves the others' draws as they are.
 */
export const drawTransform = (augmentation: Augmentation, source: Resolution, output: Resolution, key: RandomKey): ImageTransform => {
  const { flip = false, crop = 0, randomResizedCrop, colourJitter, cutout = 0 } = augmentation;
  const keyOf = (option: string): RandomKey => ({ ...key, stream: `${key.stream}.${option}` });
  return {
    window: randomResizedCrop
      ? randomWindow({ ...cropDefaults, ...randomResizedCrop }, source, output, keyOf('randomResizedCrop'))
      : centreWindow(1, source, output),
    colours: colourJitter ? drawColourSteps(colourJitter, keyOf('colourJitter')) : [],
    placement: drawPlacement(flip, crop, key),
    ...(cutout > 0 && { cutout: drawCutout(cutout, output, keyOf('cutout')) }),
  };
};
