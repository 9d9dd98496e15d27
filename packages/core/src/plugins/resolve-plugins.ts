// The config's `plugins`: values as they are; package names and paths imported, seen from the config's folder.
import { join } from 'node:path';
import { importModule } from '@nasc/config';
import { DiagnosticError, errorDiagnostic } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';

const isPlugin = (value: unknown): boolean => typeof value === 'object' && value !== null && 'setup' in value;

/** A module's plugins: its default export (a function is called without options), or else every export that is one. */
const pluginsOf = (module: Record<string, unknown>): readonly unknown[] => {
  const { default: own } = module;
  if (typeof own === 'function') return [(own as () => unknown)()];
  return isPlugin(own) ? [own] : Object.values(module).filter(isPlugin);
};

/** Throws PLUGIN_NOT_FOUND for every name that cannot be imported. */
export const resolvePlugins = async (entries: readonly unknown[], folder: string): Promise<readonly unknown[]> => {
  const diagnostics: Diagnostic[] = [];
  const plugins: unknown[] = [];
  const from = join(folder, 'nasc.config.js');
  for (const [index, entry] of entries.entries()) {
    if (typeof entry !== 'string') {
      plugins.push(entry);
      continue;
    }
    const at = `/plugins/${index}`;
    try {
      const found = pluginsOf((await importModule(entry, from)) as Record<string, unknown>);
      if (found.length === 0) diagnostics.push(errorDiagnostic('PLUGIN_INVALID', `"${entry}" exports no plugin.`, { at, plugin: entry }));
      plugins.push(...found);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
      diagnostics.push(
        errorDiagnostic('PLUGIN_NOT_FOUND', `Plugin "${entry}" cannot be loaded: ${reason}`, {
          at,
          plugin: entry,
          hint: 'Install it beside the config, or correct its path.',
        }),
      );
    }
  }
  if (diagnostics.length > 0) throw new DiagnosticError(diagnostics);
  return plugins;
};
