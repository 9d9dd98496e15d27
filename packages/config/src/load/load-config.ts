// From a file to a checked config: JSON parsed, TypeScript and JavaScript run; after that there is no difference.
import { readFile } from 'node:fs/promises';
import { dirname, extname, resolve } from 'node:path';
import { DiagnosticError } from '@nasc/diagnostics';
import type { Config } from '../generated/config.ts';
import { messages } from '../messages.ts';
import { copyData, locateIn } from '../validate/check-value.ts';
import { isObject } from '../validate/json-schema.ts';
import { validateLocatedConfig } from '../validate/validate-config.ts';
import { describeFailure } from './describe-failure.ts';
import { findConfig, shownPath, unreadable } from './find-config.ts';
import { importModule } from './import-module.ts';
import type { ImportedModule } from './import-module.ts';
import { applyOverrides, locateOverrides } from './overrides.ts';
import type { Override } from './overrides.ts';
import { parseJson } from './parse-json.ts';

export interface LoadOptions {
  /** Folder that `path` starts from, that is looked through without one, and that messages show paths from; the current one when absent. */
  readonly folder?: string;
  /** `key.path=value`, in order; values are JSON or plain text. */
  readonly overrides?: readonly Override[];
  /** Module name -> file, for a config's imports: lets a config import `nasc` where it is not installed beside it. */
  readonly alias?: Readonly<Record<string, string>>;
}

export interface LoadedConfig {
  readonly config: Config;
  /** Absolute path. */
  readonly file: string;
  /** The folder of the file: what relative paths in it start from. */
  readonly folder: string;
  /** JSON pointer into the config -> where it was written: the file, or what set it on the command line. */
  readonly locate: (pointer: string) => string;
}

const readText = (file: string, shown: string): Promise<string> =>
  readFile(file, 'utf8').catch((cause: unknown) => {
    throw unreadable(shown, cause);
  });

/** The module's default export. */
const importConfig = async (file: string, shown: string, alias: Readonly<Record<string, string>>): Promise<unknown> => {
  let module: ImportedModule | undefined;
  try {
    module = await importModule(file, file, { alias });
  } catch (cause) {
    if (cause instanceof DiagnosticError) throw cause;
    const reason = describeFailure(cause, dirname(file));
    const missing = /Cannot find (?:module|package) '([^']+)'/.exec(reason)?.[1];
    const hint = missing && !missing.startsWith('.') ? `Install it beside the config: npm install ${missing}` : undefined;
    throw new DiagnosticError([messages.loadFailed(shown, reason, hint)], { cause });
  }
  const exports = module?.exports;
  // `in`: a module without a default export may answer as its own.
  if (!isObject(exports) || !('default' in exports) || exports['default'] === undefined || exports['default'] === null)
    throw new DiagnosticError([messages.noDefaultExport(shown)]);
  return exports['default'];
};

const withOverrides = (value: unknown, overrides: readonly Override[]): unknown => {
  if (overrides.length === 0 || !isObject(value)) return value;
  const { plugins, ...data } = value;
  const copy = { ...(copyData(data) as object), ...(plugins !== undefined && { plugins }) };
  applyOverrides(copy, overrides);
  return copy;
};

/**
 * Finds, loads and checks a config. `path` is a file, or a folder that holds `nasc.config.{ts,mts,js,mjs,json}`.
 * Throws a DiagnosticError with every problem at once.
 */
export const loadConfig = async (path?: string, options: LoadOptions = {}): Promise<LoadedConfig> => {
  const { overrides = [], alias = {} } = options;
  const folder = resolve(options.folder ?? '.');
  const file = await findConfig(path, folder);
  const shown = shownPath(file, folder);
  const value = extname(file) === '.json' ? parseJson(await readText(file, shown), shown) : await importConfig(file, shown, alias);
  const locate = locateOverrides(overrides, value, locateIn(shown));
  const config = validateLocatedConfig(withOverrides(value, overrides), locate, dirname(file));
  return { config, file, folder: dirname(file), locate };
};
