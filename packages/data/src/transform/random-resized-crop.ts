// A random part of the image, resized to the output (Szegedy et al. 2015, section 6; the draws are torchvision's
// RandomResizedCrop).
import { Random } from '@nasc/random';
import type { RandomKey } from '@nasc/random';
import type { RandomResizedCrop } from '../dataset.ts';
import type { Resolution, Window } from './image-transform.ts';

const tries = 10;

/** A rectangle of whole source pixels. */
interface Box extends Resolution {
  readonly top: number;
  readonly left: number;
}

/**
 * Area uniform in `scale` (shares of the image's area), width / height log-uniform in `ratio`, place uniform; drawn until
 * the rectangle fits, ten times at most. Else the centre: the whole image, cut to the nearest ratio that is allowed.
 */
export const drawBox = ({ scale, ratio }: Required<RandomResizedCrop>, source: Resolution, key: RandomKey): Box => {
  const random = new Random(key);
  const [smallest, largest] = scale;
  const [narrowest, widest] = ratio;
  for (let attempt = 0; attempt < tries; attempt++) {
    const area = source.height * source.width * (smallest + (largest - smallest) * random.uniform());
    const proportion = narrowest * Math.exp(Math.log(widest / narrowest) * random.uniform());
    const height = Math.round(Math.sqrt(area / proportion));
    const width = Math.round(Math.sqrt(area * proportion));
    if (height > 0 && height <= source.height && width > 0 && width <= source.width) {
      return { height, width, top: random.integer(source.height - height + 1), left: random.integer(source.width - width + 1) };
    }
  }
  const height = Math.max(1, Math.min(source.height, Math.round(source.width / narrowest)));
  const width = Math.max(1, Math.min(source.width, Math.round(source.height * widest)));
  return { height, width, top: Math.floor((source.height - height) / 2), left: Math.floor((source.width - width) / 2) };
};

/** The window that shows the rectangle of this key as the whole output; proportions change where they differ. */
export const randomWindow = (crop: Required<RandomResizedCrop>, source: Resolution, output: Resolution, key: RandomKey): Window => {
  const { top, left, height, width } = drawBox(crop, source, key);
  return { top, left, scaleY: height / output.height, scaleX: width / output.width };
};
