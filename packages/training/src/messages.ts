// Everything that this package tells the user. Codes are permanent.
import { errorDiagnostic } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';

export const messages = {
  diverged: (step: number, steps: number, learningRate: number, at: string): Diagnostic =>
    errorDiagnostic(
      'TRAINING_DIVERGED',
      `Training diverged: the loss of step ${step} of ${steps} is not a number (learning rate ${Number(learningRate.toPrecision(3))}).`,
      {
        at,
        hint: 'Lower the learning rate, or raise warmUpSteps so that it rises more slowly.',
      },
    ),

  weightsNotFinite: (parameter: string, at: string): Diagnostic =>
    errorDiagnostic('TRAINING_DIVERGED', `Training diverged: values of "${parameter}" are not numbers.`, {
      at,
      hint: 'Lower the learning rate, or raise warmUpSteps so that it rises more slowly.',
    }),

  notEnoughImages: (archValidation: number, scoring: number, found: number): Diagnostic =>
    errorDiagnostic(
      'TASK_NOT_ENOUGH_IMAGES',
      `Of ${found} images, ${archValidation} are held out for the gates and ${scoring} for scoring: none is left to train on.`,
      { at: '/task', hint: 'Raise searchImages, or lower archValidationImages and scoringImages, which come out of them.' },
    ),
} as const;
