// Module hooks of Node: packages of this workspace are resolved to their sources, and types are removed from these.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

// The transformer that vitest uses, too: it comes with vite.
const from = (file, name) => createRequire(file).resolve(name);
const vite = from(from(import.meta.url, 'vitest/package.json'), 'vite/package.json');
const { transform } = await import(pathToFileURL(from(vite, 'rolldown/utils')).href);

export const resolve = (specifier, context, next) => next(specifier, { ...context, conditions: ['source', ...context.conditions] });

export const load = async (url, context, next) => {
  if (!url.endsWith('.ts')) return next(url, context);
  const path = fileURLToPath(url);
  const { code, errors } = await transform(path, await readFile(path, 'utf8'));
  if (errors.length > 0) throw new SyntaxError(errors.map(({ message }) => message).join('\n'));
  return { format: 'module', shortCircuit: true, source: code };
};
