import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

// The layer table of ARCHITECTURE.md, lowest first. Arrows only go down; within a row there are none.
const layers: readonly (readonly string[])[] = [
  ['diagnostics', 'random'],
  ['files'],
  ['ir', 'config', 'data'],
  ['core'],
  ['onnx', 'net-config', 'c-emit', 'measure', 'tfjs'],
  ['transforms', 'training', 'profile'],
  ['search'],
  ['expand', 'train', 'annotate', 'derive', 'export', 'codegen'],
  ['plugins/*'],
  ['report'],
  ['view'],
  ['cli'],
];

const root = join(import.meta.dirname, '..');
interface Manifest {
  readonly name: string;
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
}
const manifests = ['packages', 'plugins'].flatMap((group) =>
  readdirSync(join(root, group))
    .filter((name) => existsSync(join(root, group, name, 'package.json')))
    .map((name) => ({
      folder: join(root, group, name),
      key: group === 'plugins' ? 'plugins/*' : name,
      manifest: JSON.parse(readFileSync(join(root, group, name, 'package.json'), 'utf8')) as Manifest,
    })),
);
const layerOf = new Map(manifests.map(({ key, manifest }) => [manifest.name, layers.findIndex((row) => row.includes(key))]));

const sources = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) return sources(join(folder, entry.name));
    return entry.name.endsWith('.ts') ? [join(folder, entry.name)] : [];
  });
/** Names of packages in import and export statements, dynamic imports and module augmentations. */
const importsOf = (file: string): string[] =>
  [...readFileSync(file, 'utf8').matchAll(/(?:from|import|require\.resolve|declare module)\s*\(?\s*'(@?[a-z][^']*)'/g)]
    .map(([, name]) => name!)
    .filter((name) => !name.startsWith('node:'))
    .map((name) =>
      name
        .split('/')
        .slice(0, name.startsWith('@') ? 2 : 1)
        .join('/'),
    );

test('every package has its place in the layer table', () => {
  expect(manifests.filter(({ manifest }) => layerOf.get(manifest.name) === -1).map(({ key }) => key)).toEqual([]);
});

test.each(manifests)('$manifest.name depends on lower layers only', ({ manifest }) => {
  const upward = Object.keys(manifest.dependencies ?? {}).filter(
    (name) => layerOf.has(name) && layerOf.get(name)! >= layerOf.get(manifest.name)!,
  );
  expect(upward).toEqual([]);
});

test.each(manifests)('$manifest.name lists exactly what it imports', ({ folder, manifest }) => {
  const used = new Set(
    sources(join(folder, 'src'))
      .filter((file) => !/\.test[.-]/.test(file))
      .flatMap(importsOf),
  );
  used.delete(manifest.name);
  expect(Object.keys(manifest.dependencies ?? {}).toSorted()).toEqual([...used].toSorted());
});

test.each(manifests)(
  '$manifest.name: tsconfig references mirror the dependencies, and a README says what it is',
  ({ folder, manifest }) => {
    const { references } = JSON.parse(readFileSync(join(folder, 'tsconfig.json'), 'utf8')) as { references?: { path: string }[] };
    const referenced = (references ?? []).map(
      ({ path }) => (JSON.parse(readFileSync(join(folder, path, 'package.json'), 'utf8')) as Manifest).name,
    );
    expect(referenced.toSorted()).toEqual(
      Object.keys(manifest.dependencies ?? {})
        .filter((name) => layerOf.has(name))
        .toSorted(),
    );
    const lines = readFileSync(join(folder, 'README.md'), 'utf8').trim().split('\n').length;
    expect(lines).toBeGreaterThanOrEqual(10);
    expect(lines).toBeLessThanOrEqual(40);
  },
);
