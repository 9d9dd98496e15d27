// Numbers on the command line.
import { DiagnosticError } from '@nasc/diagnostics';
import { messages } from '../messages.ts';
import type { Arguments } from './command.ts';

/** Above 0; undefined where the option is not given. Throws CLI_NOT_A_NUMBER. */
export const readNumber = (parsed: Arguments, option: string): number | undefined => {
  const text = parsed.value(option);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value)) throw new DiagnosticError([messages.notAPositiveNumber(`--${option}`, text)]);
  return value;
};
