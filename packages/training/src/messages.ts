// Everything that this package tells the user. Codes are permanent.
import { errorDiagnostic } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';

export const messages = {
  diverged: (step: number, steps: number, learningRate: number, at: string): Diagnostic =>
    errorDiagnostic('TRAINING_DIVERGED', `Training diverged: the loss of step ${step} of ${steps} is not a number (learning rate ${Number(learningRate.toPrecision(3))}).`, {
      at,
      hint: 'Lower the learning rate, or raise warmUpSteps so that it rises more slowly.',
    }),

  notEnoughImages: (wanted: number, classes: number, found: number): Diagnostic =>
    errorDiagnostic('TASK_NOT_ENOUGH_IMAGES', `${wanted} images are held out, but the data set has ${found} training images of ${classes} classes.`, {
      at: 'config#/task',
      hint: 'Lower archValidationImages and scoringImages; they come out of the training images.',
    }),

  batchTooLarge: (batchSize: number, found: number, at: string): Diagnostic =>
    errorDiagnostic('TASK_BATCH_TOO_LARGE', `A batch of ${batchSize} images was asked for, but only ${found} are there.`, {
      at,
      hint: 'Use a smaller batch size or more images.',
    }),
} as const;
