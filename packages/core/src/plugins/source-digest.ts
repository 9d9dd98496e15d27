// Digests of code, so that artifacts made by other code are not taken for ours. An installed package is its name and
// version. Of a plugin's own module it is the text of that module and of all that it imports from beside it, so that any
// other file of the user's may change freely. A package that is linked (a workspace's) is all of its sources.
import { existsSync, readFileSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sha256 } from '../sha256.ts';

const isInstalled = (path: string): boolean => path.split(sep).includes('node_modules');

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const readManifest = (folder: string): Manifest => {
  const path = join(folder, 'package.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Manifest) : {};
};

/** The nearest folder with a package.json, or that of the file. */
const packageFolder = (file: string): string => {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) return dirname(file);
  }
};

const installedDigest = ({ name = '', version = '' }: Manifest): string => `${name}@${version}`;

const sourceExtensions = /\.(?:[cm]?[jt]s|json|c|h)$/;
const skipped = /^(?:node_modules|test|coverage|\..*)$/;

const sourceFiles = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) return skipped.test(entry.name) ? [] : sourceFiles(join(folder, entry.name));
    return sourceExtensions.test(entry.name) && !/\.test\.|\.d\.ts$|tsbuildinfo/.test(entry.name) ? [join(folder, entry.name)] : [];
  });

const byPackage = new Map<string, string>();

/** Of a package by its folder, with the packages that it depends on. Computed once a process. */
const packageDigest = (folder: string, pending: Set<string>): string => {
  const known = byPackage.get(folder);
  if (known) return known;
  if (pending.has(folder)) return '';
  pending.add(folder);
  const manifest = readManifest(folder);
  const parts = [installedDigest(manifest)];
  if (!isInstalled(folder)) {
    // Sources and their build are the same code: the sources count, where they are there.
    const root = existsSync(join(folder, 'src')) ? join(folder, 'src') : folder;
    const kernels = join(folder, 'kernels');
    const files = [...sourceFiles(root), ...(root !== folder && existsSync(kernels) ? sourceFiles(kernels) : [])].toSorted();
    for (const file of files) parts.push(relative(folder, file), sha256(readFileSync(file)));
    for (const dependency of Object.keys(manifest.dependencies ?? {}).toSorted()) {
      const linked = join(folder, 'node_modules', dependency);
      if (existsSync(linked)) parts.push(dependency, packageDigest(realpathSync(linked), pending));
    }
  }
  const digest = sha256(parts.join('\0'));
  byPackage.set(folder, digest);
  return digest;
};

/** What a module names: in imports and exports, static and dynamic, and as files beside it (`new URL('./x', import.meta.url)`). */
const namedIn = (text: string): readonly string[] =>
  [...text.matchAll(/\b(?:from|import|require|new\s+URL)\s*\(?\s*['"]([^'"\n]+)['"]/g)].map(([, name]) => name!);

const moduleExtensions = ['', '.ts', '.mts', '.js', '.mjs', '.cjs', '.json'];

/** The file that a relative import means: TypeScript may be named as the JavaScript that it becomes. */
const fileBeside = (file: string, name: string): string | undefined => {
  const path = resolve(dirname(file), name);
  const bases = [path, path.replace(/\.([cm]?)js$/, '.$1ts'), join(path, 'index')];
  return bases.flatMap((base) => moduleExtensions.map((extension) => `${base}${extension}`)).find(isFile);
};

/** The folder of a package as `file` would find it. */
const folderOfPackage = (file: string, name: string): string | undefined => {
  const short = name.split('/', name.startsWith('@') ? 2 : 1).join('/');
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const found = join(folder, 'node_modules', short);
    if (existsSync(join(found, 'package.json'))) return realpathSync(found);
    if (folder === dirname(folder)) return undefined;
  }
};

/** Of a module with all that it imports. */
const moduleDigest = (entry: string): string => {
  const root = packageFolder(entry);
  const parts = [installedDigest(readManifest(root))];
  const packages = new Map<string, string>();
  const waiting = [entry];
  const seen = new Set(waiting);
  for (const file of waiting) {
    const content = readFileSync(file);
    parts.push(relative(root, file), sha256(content));
    if (!/\.[cm]?[jt]s$/.test(file)) continue;
    for (const name of namedIn(content.toString())) {
      if (name.startsWith('.')) {
        const beside = fileBeside(file, name);
        if (beside !== undefined && !seen.has(beside)) waiting.push(beside);
        if (beside !== undefined) seen.add(beside);
      } else if (!name.startsWith('node:')) {
        const folder = folderOfPackage(file, name);
        if (folder !== undefined) packages.set(name, folder);
      }
    }
  }
  for (const [name, folder] of [...packages].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    // The program itself counts by its version: what of its code had a hand in an artifact is in the key anyway.
    parts.push(name, /^nasc(?:\/|$)/.test(name) ? installedDigest(readManifest(folder)) : packageDigest(folder, new Set()));
  }
  return sha256(parts.join('\0'));
};

/** Digest of the code behind the module at `url`. Computed once a process for installed packages, anew for the user's own files. */
export const sourceDigest = (url: string): string => {
  const file = realpathSync(fileURLToPath(url));
  if (isInstalled(file)) return packageDigest(packageFolder(file), new Set());
  return moduleDigest(file);
};

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
