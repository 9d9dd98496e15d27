// How a diagnostic reads on a terminal: what, where, what to do.
import type { Diagnostic } from './diagnostic.ts';

const labels = { error: 'error', warning: 'warning', info: 'note' } as const;
const colours = { error: 31, warning: 33, info: 36 } as const;

export interface FormatOptions {
  /** ANSI colours; off by default, so that the text is the same in files and tests. */
  readonly colour?: boolean;
}

export const formatDiagnostic = (diagnostic: Diagnostic, options: FormatOptions = {}): string => {
  const paint = (code: number, text: string) => (options.colour ? `\u001B[${code}m${text}\u001B[0m` : text);
  const place = [
    diagnostic.at && `at ${diagnostic.at}`,
    diagnostic.stage && `stage ${diagnostic.stage}`,
    diagnostic.pass && `pass ${diagnostic.pass}`,
    diagnostic.plugin && `plugin ${diagnostic.plugin}`,
  ].filter(Boolean);
  return [
    `${paint(colours[diagnostic.severity], `${labels[diagnostic.severity]} ${diagnostic.code}`)}: ${diagnostic.message}`,
    place.length > 0 ? `  ${place.join(', ')}` : undefined,
    diagnostic.hint ? `  hint: ${diagnostic.hint}` : undefined,
  ]
    .filter((line) => line !== undefined)
    .join('\n');
};

export const formatDiagnostics = (diagnostics: readonly Diagnostic[], options: FormatOptions = {}): string =>
  diagnostics.map((diagnostic) => formatDiagnostic(diagnostic, options)).join('\n');
