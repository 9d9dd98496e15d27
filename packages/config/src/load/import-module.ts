// Runs a module of the user's: a config, a plugin. TypeScript and JavaScript alike, on every version of Node.
import { fileURLToPath } from 'node:url';

export interface ImportedModule {
  /** Absolute path. */
  readonly file: string;
  readonly exports: unknown;
}

export interface ImportOptions {
  /** Module names replaced by files, in the module's own imports too. */
  readonly alias?: Readonly<Record<string, string>>;
}

/**
 * Imports `specifier` (a path, relative or absolute, or a package) as the file `from` would; `from` need not exist. The user's
 * files are read anew on each call; installed packages are those of this process. Undefined where there is no such module;
 * throws what the module throws.
 */
export const importModule = async (
  specifier: string,
  from: string,
  { alias = {} }: ImportOptions = {},
): Promise<ImportedModule | undefined> => {
  const { createJiti } = await import('jiti'); // only here: a JSON config without plugins does not wait for it
  // interopDefault would look into a default export, which need not be an object.
  const jiti = createJiti(from, { fsCache: false, moduleCache: false, interopDefault: false, alias: { ...alias } });
  const resolved = jiti.esmResolve(specifier, { try: true });
  if (!resolved) return undefined;
  const file = resolved.startsWith('file:') ? fileURLToPath(resolved) : resolved;
  return { file, exports: await jiti.import(file) };
};
