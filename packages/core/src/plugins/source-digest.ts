// Digests of code, so that artifacts made by other code are not taken for ours. An installed package is its name and
// version; a linked one (a workspace package, a folder of the user's) is its source files, and those of what it links.
import { existsSync, readFileSync, readdirSync, realpathSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sha256 } from '../sha256.ts';

const sourceExtensions = /\.(?:[cm]?[jt]s|json|c|h)$/;
const skipped = new Set(['node_modules', '.git', 'test', 'coverage']);
const byFolder = new Map<string, string>();

const sourceFiles = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : sourceFiles(join(folder, entry.name));
    return sourceExtensions.test(entry.name) && !/\.test\.|\.d\.ts$|tsbuildinfo/.test(entry.name) ? [join(folder, entry.name)] : [];
  });

const packageFolder = (file: string): string => {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) return dirname(file);
  }
};

const folderDigest = (folder: string, pending: Set<string>): string => {
  const known = byFolder.get(folder);
  if (known) return known;
  if (pending.has(folder)) return '';
  pending.add(folder);
  const manifestPath = join(folder, 'package.json');
  const manifest = existsSync(manifestPath)
    ? (JSON.parse(readFileSync(manifestPath, 'utf8')) as { name?: string; version?: string; dependencies?: Record<string, string> })
    : {};
  const parts = [manifest.name ?? '', manifest.version ?? ''];
  if (!folder.split(sep).includes('node_modules')) {
    // Sources and their build are the same code: the sources count, where they are there.
    const root = existsSync(join(folder, 'src')) ? join(folder, 'src') : folder;
    const kernels = join(folder, 'kernels');
    const files = [...sourceFiles(root), ...(root !== folder && existsSync(kernels) ? sourceFiles(kernels) : [])].toSorted();
    for (const file of files) parts.push(relative(folder, file), sha256(readFileSync(file)));
    for (const dependency of Object.keys(manifest.dependencies ?? {}).toSorted()) {
      const linked = join(folder, 'node_modules', dependency);
      if (existsSync(linked)) parts.push(dependency, folderDigest(realpathSync(linked), pending));
    }
  }
  const digest = sha256(parts.join('\0'));
  byFolder.set(folder, digest);
  return digest;
};

/** Digest of the package that the module at `url` belongs to. Computed once a process. */
export const sourceDigest = (url: string): string => folderDigest(realpathSync(packageFolder(fileURLToPath(url))), new Set());

/** Digest of a value as it stands: functions by their text, data by content. */
export const valueDigest = (value: unknown): string => {
  const seen = new Map<object, number>();
  const text = (item: unknown): string => {
    if (typeof item === 'function') return `function ${Function.prototype.toString.call(item)}`;
    if (typeof item === 'bigint' || typeof item === 'symbol' || item === undefined) return String(item);
    if (typeof item !== 'object' || item === null) return JSON.stringify(item) ?? String(item);
    const before = seen.get(item);
    if (before !== undefined) return `#${before}`;
    seen.set(item, seen.size);
    if (ArrayBuffer.isView(item)) return sha256(new Uint8Array(item.buffer, item.byteOffset, item.byteLength));
    if (item instanceof Map) return `map${text([...item])}`;
    if (Array.isArray(item)) return `[${item.map(text).join(',')}]`;
    return `{${Object.keys(item)
      .toSorted()
      .map((key) => `${key}:${text((item as Record<string, unknown>)[key])}`)
      .join(',')}}`;
  };
  return sha256(text(value));
};
