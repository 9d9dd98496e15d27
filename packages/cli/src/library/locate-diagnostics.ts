// Core knows the config as a value: its diagnostics point into it (`/targets/0`, `#/space`). Here the file's name is added.
import type { Config } from '@nasc/config';
import { DiagnosticError } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';

/** The diagnostic with `file#` before a pointer into the config. */
export const locateInConfig = (diagnostic: Diagnostic, config: Config, file: string): Diagnostic => {
  const [, pointer, key] = /^#?(\/([^/]+).*)$/s.exec(diagnostic.at ?? '') ?? [];
  // A path (`/tmp/x`) looks like a pointer too, but begins with no key of the config.
  return key !== undefined && Object.hasOwn(config, key) ? { ...diagnostic, at: `${file}#${pointer}` } : diagnostic;
};

/** Waits for `work`; diagnostics that it throws are located. */
export const locatingErrors = async <T>(config: Config, file: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    throw new DiagnosticError(
      error.diagnostics.map((diagnostic) => locateInConfig(diagnostic, config, file)),
      { cause: error },
    );
  }
};
