// What a command is: its options as data, from which help, parsing and messages follow.
import type { Io } from '../io.ts';

export interface Option {
  /** Name of the value in the help text; absent for a flag. */
  readonly value?: string;
  /** May be given several times. */
  readonly multiple?: boolean;
  readonly short?: string;
  readonly doc: string;
}

export interface Arguments {
  readonly positionals: readonly string[];
  flag(name: string): boolean;
  /** The last value given. */
  value(name: string): string | undefined;
  values(name: string): readonly string[];
}

export interface Command {
  readonly name: string;
  readonly doc: string;
  /** Positional arguments as usage shows them: `[config]`. */
  readonly positionals: string;
  readonly maximumPositionals: number;
  readonly options: Readonly<Record<string, Option>>;
  /** Imported when the command runs. Returns the exit code. */
  readonly load: () => Promise<(parsed: Arguments, io: Io) => Promise<number>>;
}

export const usageOf = ({ name, positionals, options }: Command): string => {
  const flags = Object.entries(options).map(
    ([option, { value, multiple }]) => `[--${option}${value ? ` ${value}` : ''}]${multiple ? '...' : ''}`,
  );
  return ['nasc', name, positionals, ...flags].filter(Boolean).join(' ');
};
