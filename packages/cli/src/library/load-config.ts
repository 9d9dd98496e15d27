// A config from a file, for commands and for programs.
import { loadConfig as load } from '@nasc/config';
import type { LoadedConfig, LoadOptions } from '@nasc/config';
import { DiagnosticError } from '@nasc/diagnostics';
import { ownModules } from './own-modules.ts';

/** Finds, loads and checks a config; it and what it imports get the `nasc` that is running. */
export const loadConfig = (path?: string, options: Omit<LoadOptions, 'alias'> = {}): Promise<LoadedConfig> =>
  load(path, { ...options, alias: ownModules });

/** The config that is named, or the one of the folder, or undefined where there is none. */
export const findConfig = async (path: string | undefined, folder: string): Promise<LoadedConfig | undefined> => {
  try {
    return await loadConfig(path, { folder });
  } catch (error) {
    if (path === undefined && error instanceof DiagnosticError && error.diagnostics[0]?.code === 'CONFIG_NOT_FOUND') return undefined;
    throw error;
  }
};
