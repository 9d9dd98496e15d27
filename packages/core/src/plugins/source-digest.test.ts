import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sourceDigest } from './source-digest.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nasc-digest-'));
});
afterEach(() => rm(folder, { recursive: true }));

const write = async (name: string, text: string): Promise<void> => {
  await mkdir(dirname(join(folder, name)), { recursive: true });
  await writeFile(join(folder, name), text);
};
const digest = (file: string) => sourceDigest(pathToFileURL(join(folder, file)).href);
/** Whether the digest of the plugin changes when a file gets this text. */
const matters = async (file: string, text: string): Promise<boolean> => {
  const before = digest('src/plugin.ts');
  await write(file, text);
  return digest('src/plugin.ts') !== before;
};

test('a module counts with all that it imports and reads from beside it; nothing else in its folders does', async () => {
  await write('package.json', '{ "name": "mine", "version": "1.0.0" }');
  const sources = {
    'src/plugin.ts': `import { a } from './a.js';
import type { B } from './b/index.ts';
const later = () => import('./later.ts');
const kernel = new URL('./kernels/k.c', import.meta.url);
export { c } from '../c.ts';`,
    'src/a.ts': `export { d } from './d';`,
    'src/b/index.ts': 'export type B = 1;',
    'src/later.ts': '',
    'src/kernels/k.c': 'int k;',
    'c.ts': 'export const c = 1;',
    'src/d.ts': 'export const d = 1;',
  };
  for (const [file, text] of Object.entries(sources)) await write(file, text);
  for (const [file, text] of Object.entries(sources)) expect([file, await matters(file, `${text}\n// edited`)]).toEqual([file, true]);
  for (const file of ['src/other.ts', 'README.md', '.nasc/artifacts/x/artifact.json', 'nasc-out/report.json', 'node_modules/x/index.js']) {
    expect([file, await matters(file, 'anything')]).toEqual([file, false]);
  }
  expect(await matters('package.json', '{ "name": "mine", "version": "1.0.1" }')).toBe(true);
});

test('a package under node_modules counts by its version, a linked one by its sources', async () => {
  const place = async (name: string, installed: string, linked: string): Promise<string> => {
    await write(`${name}/src/plugin.ts`, `import 'installed'; import 'linked/part';`);
    await write(`${name}/node_modules/installed/package.json`, '{ "name": "installed", "version": "1.0.0" }');
    await write(`${name}/node_modules/installed/index.js`, installed);
    await write(`${name}/elsewhere/package.json`, '{ "name": "linked", "version": "1.0.0" }');
    await write(`${name}/elsewhere/part.js`, linked);
    await symlink(join(folder, name, 'elsewhere'), join(folder, name, 'node_modules/linked'));
    return digest(`${name}/src/plugin.ts`);
  };
  const first = await place('first', '1', '1');
  expect(await place('same', '2', '1')).toBe(first);
  expect(await place('other', '1', '2')).not.toBe(first);
});
