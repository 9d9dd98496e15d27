import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DiagnosticError, formatDiagnostics } from '@nasc/diagnostics';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { setUpPlugins } from './plugin-host.ts';
import { resolvePlugins } from './resolve-plugins.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nasc-plugins-'));
});
afterEach(() => rm(folder, { recursive: true }));

const write = async (name: string, text: string): Promise<void> => {
  await mkdir(dirname(join(folder, name)), { recursive: true });
  await writeFile(join(folder, name), text);
};
const messageOf = async (entries: readonly unknown[]): Promise<string> =>
  resolvePlugins(entries, folder).then(
    () => 'no error',
    (error: unknown) => {
      if (!(error instanceof DiagnosticError)) throw error;
      return formatDiagnostics(error.diagnostics).replaceAll(folder, 'FOLDER');
    },
  );

const target = (name: string) => `{ name: '${name}', description: '', optionsSchema: {}, create() { throw new Error(); } }`;
const typescript = `
import { suffix } from './suffix.ts';
interface Api { addTarget(target: object): void }
const setup = (api: Api): void => api.addTarget(${target('dsp')});
export default (): object => ({ name: \`dsp\${suffix}\`, apiVersion: 1, url: import.meta.url, setup });
`;
const javascript = `
export const one = { name: 'one', apiVersion: 1, setup(api) { api.addTarget(${target('fpga')}); } };
export const two = { name: 'two', apiVersion: 1, setup() {} };
export const helper = 3;
`;

test('paths to TypeScript and to JavaScript, packages and values, in order, each set up under its name', async () => {
  await write('suffix.ts', 'export const suffix: string = "-plugin";');
  await write('plugins/dsp.ts', typescript.replace('./suffix', '../suffix'));
  await write('fpga.js', javascript);
  await write(
    'node_modules/nasc-plugin-installed/package.json',
    '{ "name": "nasc-plugin-installed", "version": "1.0.0", "type": "module", "exports": { ".": { "import": "./index.js" } } }',
  );
  await write('node_modules/nasc-plugin-installed/index.js', `export default { name: 'installed', apiVersion: 1, setup() {} };`);
  const value = { name: 'value', apiVersion: 1, setup() {} };

  const entries = ['./plugins/dsp.ts', join(folder, 'fpga.js'), value, 'nasc-plugin-installed'];
  const plugins = await resolvePlugins(entries, folder);
  expect(plugins.map((plugin) => (plugin as { name: string }).name)).toEqual(['dsp-plugin', 'one', 'two', 'value', 'installed']);

  const { registrations } = await setUpPlugins(plugins);
  const owners = registrations.all('target').map(({ value: { name }, provenance }) => [name, provenance.plugin]);
  expect(owners).toEqual([
    ['dsp', 'dsp-plugin'],
    ['fpga', 'one'],
  ]);
});

test('everything that cannot be loaded is named at once, with the reason', async () => {
  await write('throws.ts', `throw new Error('no licence');`);
  await write('nothing.ts', 'export const helper: number = 3;');
  expect(await messageOf(['./dps.ts', 'nasc-plugin-absent', './throws.ts', './nothing.ts'])).toBe(
    `error PLUGIN_NOT_FOUND: There is no plugin "./dps.ts".
  at /plugins/0, plugin ./dps.ts
  hint: Correct the path: it starts from the folder of the config.
error PLUGIN_NOT_FOUND: There is no plugin "nasc-plugin-absent".
  at /plugins/1, plugin nasc-plugin-absent
  hint: Install it beside the config: npm install nasc-plugin-absent
error PLUGIN_LOAD_FAILED: Plugin "./throws.ts" cannot be loaded: no licence (throws.ts:1)
  at /plugins/2, plugin ./throws.ts
error PLUGIN_INVALID: "./nothing.ts" exports no plugin.
  at /plugins/3, plugin ./nothing.ts
  hint: Write \`export default definePlugin({ name, apiVersion, setup(api) { ... } })\`.`,
  );
});
