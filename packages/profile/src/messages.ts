// Everything that this package tells the user. Codes are permanent.
import { errorDiagnostic } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';

/** Keys that are named; a profile of another space would fill the screen. */
const shownKeys = 10;

export const messages = {
  /** `device` in the words of its profile; `target` is a name, where it is known. */
  latencyMissing: (
    { device, target = 'TARGET', space }: { readonly device: string; readonly target?: string | undefined; readonly space: string },
    keys: readonly string[],
  ): Diagnostic =>
    errorDiagnostic(
      'LATENCY_MISSING',
      `What is known of the device "${device}" lacks the latency of ${keys.length === 1 ? '' : `${keys.length} blocks: `}${keys.slice(0, shownKeys).join(', ')}${keys.length > shownKeys ? `, … and ${keys.length - shownKeys} more` : ''}.`,
      {
        hint: `Nothing is made up: measure it with \`nasc profile --target ${target} --space ${space}\`, or let the predictor "learned" tell it from other sizes.`,
      },
    ),

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
