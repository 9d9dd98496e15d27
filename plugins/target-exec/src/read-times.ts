// What a command printed, as milliseconds.
import { DiagnosticError } from '@nasc/diagnostics';
import { messages } from './messages.ts';

/** Milliseconds of a unit. */
export const units = { s: 1e3, ms: 1, us: 1e-3, ns: 1e-6 } as const;
export type Unit = keyof typeof units;

export interface ReadingOptions {
  /** Its first group is a number in `unit`. */
  readonly pattern?: string;
  readonly unit: Unit;
}

/** A line that is a number and, where there is one, its unit. */
const numberLine = /^[ \t]*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)[ \t]*(s|ms|us|µs|μs|ns)?[ \t]*\r?$/gm;

/** Throws EXEC_PATTERN_INVALID unless it is a regular expression with a group. */
export const checkPattern = (pattern: string): void => {
  let groups: number;
  try {
    // The empty alternative always matches, and tells how many groups there are.
    groups = new RegExp(`${pattern}|`).exec('')!.length - 1;
  } catch (cause) {
    throw new DiagnosticError([messages.patternInvalid(pattern, (cause as Error).message)], { cause });
  }
  if (groups === 0) throw new DiagnosticError([messages.patternInvalid(pattern, 'it has no group')]);
};

/**
 * Milliseconds of every sample in the output, in order: what the first group of `pattern` matches, line by line (`^` and `$` are ends of
 * lines), or else every line that is a number and nothing else. Throws EXEC_NO_NUMBER and EXEC_NOT_A_LATENCY.
 */
export const readTimes = (output: string, { pattern, unit }: ReadingOptions, command: string): readonly number[] => {
  const found = [...output.matchAll(pattern === undefined ? numberLine : new RegExp(pattern, 'gm'))].flatMap(([, text, own]) => {
    if (text === undefined) return [];
    const factor = units[pattern === undefined && own !== undefined ? (own.replace(/[µμ]/, 'u') as Unit) : unit];
    return [{ text, ms: Number(text) * factor }];
  });
  if (found.length === 0) throw new DiagnosticError([messages.noNumber(command, output, pattern)]);
  const wrong = found.find(({ text, ms }) => text.trim() === '' || !Number.isFinite(ms) || ms <= 0);
  if (wrong) throw new DiagnosticError([messages.notALatency(command, wrong.text)]);
  return found.map(({ ms }) => ms);
};
