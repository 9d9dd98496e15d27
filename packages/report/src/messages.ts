// Everything that this package tells the user. Codes are permanent.
import { errorDiagnostic } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';

export const messages = {
  notFound: (file: string): Diagnostic =>
    errorDiagnostic('REPORT_NOT_FOUND', `There is no report "${file}".`, {
      hint: 'A run that goes through all stages writes one into its output folder: `nasc run`.',
    }),

  damaged: (file: string, problem: string, others: number): Diagnostic =>
    errorDiagnostic('REPORT_DAMAGED', `"${file}" is no report that can be shown: ${problem}${others > 0 ? ` (and ${others} more)` : ''}`, {
      hint: 'Another program or another version of nasc wrote it, or it was damaged; `nasc run` writes it again.',
    }),

  unreadable: (file: string, reason: string): Diagnostic =>
    errorDiagnostic('REPORT_UNREADABLE', `The report "${file}" cannot be read: ${reason}.`, {
      hint: 'Correct the path, or the rights of the file.',
    }),
} as const;
