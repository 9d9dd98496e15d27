// What this package tells the user. Codes are permanent.
import { errorDiagnostic } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';

const units = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;

/** `1.5 MB`, decimal prefixes. */
const size = (bytes: number): string => {
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
  return power === 0 ? `${bytes} bytes` : `${(bytes / 1000 ** power).toFixed(1)} ${units[power]!}`;
};

export const messages = {
  diskFull: (what: string, path: string, bytes: number | undefined, reason: string): Diagnostic =>
    errorDiagnostic('DISK_FULL', `There is no room for ${what}${bytes === undefined ? '' : ` (${size(bytes)})`}: ${reason}.`, {
      at: path,
      hint: 'Free some space and run the same command again: nothing is damaged, and what was finished is kept.',
    }),

  writeFailed: (what: string, path: string, bytes: number | undefined, reason: string): Diagnostic =>
    errorDiagnostic('WRITE_FAILED', `Writing ${what}${bytes === undefined ? '' : ` (${size(bytes)})`} failed: ${reason}.`, {
      at: path,
      hint: 'Make the folder writable, or choose another one, and run the same command again: what was finished is kept.',
    }),
};
