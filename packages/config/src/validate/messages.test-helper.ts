// The text of whatever is wrong with a config.
import { DiagnosticError, formatDiagnostics } from '@nasc/diagnostics';
import { validateConfig } from '../index.ts';

export const minimal = { task: { dataset: 'mnist' }, space: 'mobile-small', targets: ['cpu'] };

export const messageOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof DiagnosticError) return formatDiagnostics(error.diagnostics);
    throw error;
  }
  return 'no error';
};

export const configMessage = (value: unknown) => messageOf(() => validateConfig(value, 'nasc.config.json'));
