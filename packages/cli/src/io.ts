// What a command may touch of the outside: handed in, so that tests run commands in-process.
import type { Writable } from 'node:stream';

export type Output = Pick<Writable, 'write'> & { readonly isTTY?: boolean; readonly columns?: number };

export interface Io {
  /** Results, and nothing else. */
  readonly stdout: Output;
  /** Everything else: progress, warnings, errors. */
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What relative paths on the command line start from. */
  readonly folder: string;
  /** Calls `listener` on every Ctrl-C until the returned function is called. */
  onInterrupt(listener: () => void): () => void;
  /** Ends the process at once. */
  exit(code: number): void;
}

/** https://no-color.org: a terminal, and NO_COLOR not set to anything. */
export const useColour = ({ stderr, env }: Io): boolean => stderr.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';

export const printLine = (output: Output, text: string): void => void output.write(`${text}\n`);

export const printJson = (output: Output, value: unknown): void => printLine(output, JSON.stringify(value, undefined, 2));
