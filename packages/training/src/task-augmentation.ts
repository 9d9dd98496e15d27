// What is done to the training images of a task: the data set's defaults, and what the config says.
import type { Augmentation, Dataset } from '@nasc/data';
import { DiagnosticError } from '@nasc/diagnostics';
import { messages } from './messages.ts';

/**
 * Each option that is given replaces the data set's; a random resized crop replaces a default zero-pad crop too, and the other
 * way round, as both choose what part of the image is seen. `dataset` has the size that the network gets. Throws a
 * DiagnosticError `TASK_AUGMENTATION_SIZE` where a crop or cutout has the size of the image.
 */
export const taskAugmentation = (
  { defaultAugmentation, height, width }: Pick<Dataset, 'defaultAugmentation' | 'height' | 'width'>,
  given: Augmentation,
): Augmentation => {
  const { crop, randomResizedCrop, ...rest } = defaultAugmentation;
  const augmentation: Augmentation = {
    ...rest,
    ...(crop !== undefined && !given.randomResizedCrop && { crop }),
    ...(randomResizedCrop !== undefined && !given.crop && { randomResizedCrop }),
    ...given,
  };
  const tooLarge = (['crop', 'cutout'] as const).filter((option) => (augmentation[option] ?? 0) >= Math.min(height, width));
  if (tooLarge.length > 0) {
    throw new DiagnosticError(tooLarge.map((option) => messages.augmentationSize(option, augmentation[option] ?? 0, height, width)));
  }
  return augmentation;
};
