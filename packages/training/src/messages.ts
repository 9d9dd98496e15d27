// Everything that this package tells the user. Codes are permanent.
import { errorDiagnostic } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';

const short = (value: number): string => String(Number(value.toPrecision(3)));

export interface Divergence {
  /** E.g. `the loss is not a number`. */
  readonly what: string;
  /** Counted from 1, as progress counts. */
  readonly step: number;
  readonly steps: number;
  readonly learningRate: number;
  /** The last step with a finite loss. */
  readonly lastGood: { readonly step: number; readonly loss: number } | undefined;
  /** Steps behind the last checkpoint, whose values are all finite. */
  readonly keptSteps: number | undefined;
  /** Where the recipe stands in the config. */
  readonly at: string;
}

export const messages = {
  diverged: ({ what, step, steps, learningRate, lastGood, keptSteps, at }: Divergence): Diagnostic =>
    errorDiagnostic(
      'TRAINING_DIVERGED',
      `Training diverged at step ${step} of ${steps}, learning rate ${short(learningRate)}: ${what}. ${
        lastGood ? `The last good step is ${lastGood.step}, loss ${short(lastGood.loss)}.` : 'No step was good.'
      }`,
      {
        at,
        hint: `Lower the learning rate, or raise warmUpSteps so that it rises more slowly: the training then begins anew. ${
          keptSteps === undefined
            ? 'The same recipe would diverge again.'
            : `The same recipe would go on from the checkpoint after ${keptSteps} steps, and diverge again.`
        }`,
      },
    ),

  augmentationSize: (option: string, pixels: number, height: number, width: number): Diagnostic =>
    errorDiagnostic('TASK_AUGMENTATION_SIZE', `"task.augmentation.${option}" is ${pixels} pixels, and the images are ${height}x${width}.`, {
      at: `/task/augmentation/${option}`,
      hint: `Give a number below ${Math.min(height, width)}, or 0 to switch it off.`,
    }),

  tooFewImages: (searchImages: number, found: number): Diagnostic =>
    errorDiagnostic('TASK_TOO_FEW_IMAGES', `"task.searchImages" is ${searchImages}, and the data set has ${found} training images.`, {
      at: '/task/searchImages',
      hint: 'Lower it, or leave it away to search with all of them.',
    }),

  classesUntrained: (classes: readonly string[], trainImages: number): Diagnostic =>
    errorDiagnostic(
      'TASK_CLASS_NOT_TRAINED',
      `None of the ${trainImages} images that are left to train on is of ${classes
        .slice(0, 10)
        .map((name) => `"${name}"`)
        .join(', ')}${classes.length > 10 ? ` and ${classes.length - 10} more classes` : ''}.`,
      {
        at: '/task',
        hint: 'Add images of it, raise searchImages, or lower archValidationImages and scoringImages, which come out of them.',
      },
    ),

  notEnoughImages: (archValidation: number, scoring: number, found: number): Diagnostic =>
    errorDiagnostic(
      'TASK_NOT_ENOUGH_IMAGES',
      `Of ${found} images, ${archValidation} are held out for the gates and ${scoring} for scoring: none is left to train on.`,
      { at: '/task', hint: 'Raise searchImages, or lower archValidationImages and scoringImages, which come out of them.' },
    ),
} as const;
