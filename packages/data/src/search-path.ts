// Where data sets are looked for, in order.
import { homedir } from 'node:os';
import { delimiter, isAbsolute, join, resolve } from 'node:path';

export interface SearchPathOptions {
  /** `--data-dir`. */
  readonly dataDir?: string;
  /** `NASC_DATA` (a list of folders) and `XDG_CACHE_HOME` are read from here. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What relative folders are relative to; the working directory by default. */
  readonly folder?: string;
}

/** Debian's data set packages install there. */
const systemFolder = '/usr/share/datasets';

/** The folder for downloads: `$XDG_CACHE_HOME/nasc/datasets`, or `~/.cache/nasc/datasets`. */
export const userDataFolder = (env: SearchPathOptions['env']): string => {
  const cache = env['XDG_CACHE_HOME'];
  // The XDG base directory specification says to ignore a relative path.
  return join(cache !== undefined && isAbsolute(cache) ? cache : join(homedir(), '.cache'), 'nasc', 'datasets');
};

/** Absolute folders without repetition: `--data-dir`, `$NASC_DATA`, `./data`, the system's, the user's cache (always last). */
export const searchPath = ({ dataDir, env, folder = '.' }: SearchPathOptions): readonly string[] => {
  const userFolder = userDataFolder(env);
  const listed = (env['NASC_DATA'] ?? '').split(delimiter);
  const before = [dataDir ?? '', ...listed, 'data', systemFolder].filter((entry) => entry !== '').map((entry) => resolve(folder, entry));
  return [...new Set(before.filter((entry) => entry !== userFolder)), userFolder];
};
