// Everything that this stage tells the user. Codes are permanent.
import { errorDiagnostic } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';

const remedy = (target: string): string => `Measure it: \`nasc profile --target ${target}\`, on the device or where it can be reached.`;

export const messages = {
  cannotMeasure: (target: string): Diagnostic =>
    errorDiagnostic(
      'ANNOTATE_TARGET_CANNOT_MEASURE',
      `Target "${target}" cannot time blocks on this machine, and brings no stored profile.`,
      {
        hint: `Run \`nasc profile --target ${target}\` on the device itself and name the profile in the target's options, or choose another target.`,
      },
    ),

  missing: (target: string, key: string): Diagnostic =>
    errorDiagnostic('LATENCY_MISSING', `There is no latency of "${key}" for target "${target}".`, { at: key, hint: remedy(target) }),

  invalid: (target: string, key: string, ms: number): Diagnostic =>
    errorDiagnostic('LATENCY_INVALID', `The latency of "${key}" for target "${target}" is ${ms} ms.`, { at: key, hint: remedy(target) }),
};
