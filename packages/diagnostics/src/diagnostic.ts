// The one value for everything the user is told, and the error that carries a collection of them.

export type Severity = 'error' | 'warning' | 'info';

export interface Diagnostic {
  /** Permanent code, e.g. `CONFIG_UNKNOWN_KEY`. */
  readonly code: string;
  readonly severity: Severity;
  /** One sentence: what is wrong, with the value that is wrong. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  /** Where: `file#/json/pointer`, a file path, or an IR node id. */
  readonly at?: string;
  readonly stage?: string;
  readonly pass?: string;
  readonly plugin?: string;
}

/** A user's error: reported without a stack, exit code 1. Anything else that is thrown is a bug of ours. */
export class DiagnosticError extends Error {
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[], options?: ErrorOptions) {
    super(diagnostics.map((diagnostic) => `${diagnostic.code}: ${diagnostic.message}`).join('\n'), options);
    this.name = 'DiagnosticError';
    this.diagnostics = diagnostics;
  }
}

/** Builds an error diagnostic; the table of a package is a record of functions that call this. */
export const errorDiagnostic = (
  code: string,
  message: string,
  rest: Partial<Omit<Diagnostic, 'code' | 'message' | 'severity'>> = {},
): Diagnostic => ({
  code,
  severity: 'error',
  message,
  ...rest,
});

export const warningDiagnostic = (
  code: string,
  message: string,
  rest: Partial<Omit<Diagnostic, 'code' | 'message' | 'severity'>> = {},
): Diagnostic => ({
  code,
  severity: 'warning',
  message,
  ...rest,
});

/** Throws when any of the collected diagnostics is an error; warnings are left to the caller. */
export const throwIfErrors = (diagnostics: readonly Diagnostic[]): void => {
  const errors = diagnostics.filter((diagnostic) => diagnostic.severity === 'error');
  if (errors.length > 0) throw new DiagnosticError(errors);
};
