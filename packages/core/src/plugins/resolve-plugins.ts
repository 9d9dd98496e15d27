// The config's `plugins`: values as they are; package names and paths imported, seen from the config's folder.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describeFailure, importModule } from '@nasc/config';
import type { ImportOptions } from '@nasc/config';
import { DiagnosticError } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';
import { messages } from '../messages.ts';

const isPlugin = (value: unknown): value is object => typeof value === 'object' && value !== null && 'setup' in value;

/** A module's plugins: its default export (a function is called without options), or else every export that is one. */
const pluginsOf = async (exports: Readonly<Record<string, unknown>>): Promise<readonly object[]> => {
  // `in`: a module without a default export may answer as its own.
  if (!('default' in exports)) return Object.values(exports).filter(isPlugin);
  const { default: own } = exports;
  return [typeof own === 'function' ? await (own as () => unknown)() : own].filter(isPlugin);
};

/**
 * Throws PLUGIN_NOT_FOUND, PLUGIN_LOAD_FAILED or PLUGIN_INVALID for every name that brings no plugin. A plugin that does not
 * say where its sources are gets the `url` of the module that it came from.
 */
export const resolvePlugins = async (
  entries: readonly unknown[],
  folder: string,
  options: ImportOptions = {},
): Promise<readonly unknown[]> => {
  const diagnostics: Diagnostic[] = [];
  const plugins: unknown[] = [];
  for (const [index, entry] of entries.entries()) {
    if (typeof entry !== 'string') {
      plugins.push(entry);
      continue;
    }
    const at = `/plugins/${index}`;
    try {
      const module = await importModule(entry, join(folder, 'nasc.config.js'), options);
      if (!module) {
        diagnostics.push(messages.pluginNotFound(entry, at));
        continue;
      }
      const found = await pluginsOf(module.exports as Readonly<Record<string, unknown>>);
      if (found.length === 0) diagnostics.push(messages.noPluginExported(entry, at));
      plugins.push(...found.map((plugin) => ({ url: pathToFileURL(module.file).href, ...plugin })));
    } catch (cause) {
      if (cause instanceof DiagnosticError) throw cause;
      diagnostics.push(messages.pluginLoadFailed(entry, describeFailure(cause, folder), at));
    }
  }
  if (diagnostics.length > 0) throw new DiagnosticError(diagnostics);
  return plugins;
};
