// Everything that this package tells the user. Codes are permanent.
import { errorDiagnostic } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';

export const messages = {
  notFound: (file: string): Diagnostic =>
    errorDiagnostic('PROFILE_NOT_FOUND', `There is no profile "${file}".`, {
      hint: '`nasc profile` measures a device and writes one; a relative path in a config starts from its folder.',
    }),

  unreadable: (file: string, reason: string): Diagnostic =>
    errorDiagnostic('PROFILE_UNREADABLE', `The profile "${file}" cannot be read: ${reason}.`, {
      hint: 'Correct the path, or the rights of the file.',
    }),

  inconsistent: (at: string, problem: string): Diagnostic =>
    errorDiagnostic('PROFILE_INCONSISTENT', `${problem}.`, {
      at,
      hint: 'Every network has one candidate a choice, counted from 0, and, where its blocks were timed, a latency for each choice and each fixed unit.',
    }),

  otherDevices: (devices: readonly string[]): Diagnostic =>
    errorDiagnostic('PROFILE_OTHER_DEVICE', `These profiles are of different devices: ${devices.join(', ')}.`, {
      hint: 'Measurements of one device can be joined. To call them one device all the same, give its name: --device NAME.',
    }),
} as const;
