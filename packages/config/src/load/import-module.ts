// Runs a module of the user's: a config, a plugin. TypeScript and JavaScript alike, on every version of Node.

/**
 * The exports of `specifier` (a path, relative or absolute, or a package), as the file `from` would import it; `from` need
 * not exist. `alias` replaces module names by files, in the module's own imports too. The user's files are read anew on
 * each call; installed packages are those of this process. Throws what the import throws.
 */
export const importModule = async (specifier: string, from: string, alias: Readonly<Record<string, string>> = {}): Promise<unknown> => {
  const { createJiti } = await import('jiti'); // only here: a JSON config without plugins does not wait for it
  return createJiti(from, { fsCache: false, moduleCache: false, alias: { ...alias } }).import(specifier);
};
