// Everything that this package tells the user. Codes are permanent.
import { errorDiagnostic } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';

export const messages = {
  notFound: (file: string): Diagnostic =>
    errorDiagnostic('REPORT_NOT_FOUND', `There is no report "${file}".`, {
      hint: 'A run that goes through all stages writes one into its output folder: `nasc run`.',
    }),
} as const;
