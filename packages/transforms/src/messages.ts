// Everything that this package tells the user. Codes are permanent.
import { errorDiagnostic } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';

export const messages = {
  pathLength: (found: number, choices: number): Diagnostic =>
    errorDiagnostic('PATH_LENGTH', `A path of ${found} candidates does not fit a space of ${choices} choices.`, {
      hint: 'An architecture belongs to the space that it was searched in.',
    }),

  pathIndex: (choice: string, index: number, candidates: number): Diagnostic =>
    errorDiagnostic('PATH_INDEX', `There is no candidate ${index}; the choice has ${candidates}, counted from 0.`, { at: choice }),
};
