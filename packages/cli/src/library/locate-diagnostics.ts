// Core knows the config as a value: its diagnostics point into it (`/targets/0`, `#/space`). Here they get the place where
// that was written: a file, or an option of the command line.
import type { Config } from '@nasc/config';
import { DiagnosticError } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';

/** JSON pointer into the config -> where it was written. */
export type Locate = (pointer: string) => string;

/** The diagnostic with the place that a pointer into the config stands for. */
export const locateInConfig = (diagnostic: Diagnostic, config: Config, locate: Locate): Diagnostic => {
  const [, pointer, key] = /^#?(\/([^/]+).*)$/s.exec(diagnostic.at ?? '') ?? [];
  // A path (`/tmp/x`) looks like a pointer too, but begins with no key of the config.
  return key !== undefined && Object.hasOwn(config, key) ? { ...diagnostic, at: locate(pointer!) } : diagnostic;
};

/** Waits for `work`; diagnostics that it throws are located. */
export const locatingErrors = async <T>(config: Config, locate: Locate, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    throw new DiagnosticError(
      error.diagnostics.map((diagnostic) => locateInConfig(diagnostic, config, locate)),
      { cause: error },
    );
  }
};
