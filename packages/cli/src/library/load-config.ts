// A config from a file, for commands and for programs.
import { loadConfig as load } from '@nasc/config';
import type { LoadedConfig, LoadOptions } from '@nasc/config';
import { ownModules } from './own-modules.ts';

/** Finds, loads and checks a config; it and what it imports get the `nasc` that is running. */
export const loadConfig = (path?: string, options: Omit<LoadOptions, 'alias'> = {}): Promise<LoadedConfig> =>
  load(path, { ...options, alias: ownModules });
