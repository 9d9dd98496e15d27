import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCli } from '../io.test-helper.ts';
import type { RunSettings } from '../io.test-helper.ts';

// An engine from a config's own plugin, so that nothing of this machine is changed.
const plugin = `
const signalled = (signal) => new Promise((resolve, reject) => {
  signal.throwIfAborted();
  signal.addEventListener('abort', () => reject(signal.reason));
});
export default {
  name: 'mine',
  apiVersion: 1,
  setup(api) {
    api.addEngine({
      name: 'slide-rule',
      description: 'For this test.',
      automatic: 'whenAvailable',
      probe: async () => ({ available: false, detail: 'no slide rule' }),
      compile: () => Promise.reject(new Error('never called here')),
      async setup({ progress, signal, cacheFolder }) {
        progress(30, 100, '%', 'carve wood');
        if (process.env.NASC_TEST_WAIT) await signalled(signal);
        progress(100, 100, '%', 'carve wood');
        return \`Engine "slide-rule" is ready: \${cacheFolder}.\`;
      },
    });
  },
};`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nasc-setup-'));
  await writeFile(join(folder, 'mine.js'), plugin);
  const config = { task: { dataset: 'mnist' }, space: 'mobile-small', targets: ['cpu'], plugins: ['./mine.js'] };
  await writeFile(join(folder, 'nasc.config.json'), JSON.stringify(config));
});
afterEach(async () => {
  delete process.env['NASC_TEST_WAIT'];
  await rm(folder, { recursive: true });
});

const cli = (line: string, settings: Omit<RunSettings, 'folder'> = {}) => runCli(line.split(' '), { folder, ...settings });

test('says what was done, as text and as JSON', async () => {
  const done = `Engine "slide-rule" is ready: ${join(folder, '.nasc/cache')}.`;
  expect(await cli('setup slide-rule')).toEqual({ code: 0, stdout: `${done}\n`, stderr: '' });
  expect(JSON.parse((await cli('setup slide-rule --json')).stdout)).toEqual({ engine: 'slide-rule', done });
  expect((await cli('setup native')).stdout).toBe('Engine "native" needs no set-up.\n');
});

test('on a terminal it shows how far it is', async () => {
  expect((await cli('setup slide-rule', { isTTY: true })).stderr).toContain('setup: slide-rule: 30 of 100 % (30 %), carve wood');
});

test('Ctrl-C stops it', async () => {
  process.env['NASC_TEST_WAIT'] = '1';
  const stopped = await cli('setup slide-rule', {
    isTTY: true,
    env: { NO_COLOR: '1' },
    onStderr: (text, interrupt) => text.includes('30 of') && interrupt(),
  });
  expect(stopped).toMatchObject({ code: 130, stdout: '' });
  expect(stopped.stderr.split('\n').slice(-3)).toEqual([
    expect.stringContaining('Stopping. Press Ctrl-C again to stop at once.') as string,
    expect.stringContaining('Stopped. Nothing was changed; what was downloaded is kept for the next time.') as string,
    '',
  ]);
});

test.each([
  ['setup', 'error CLI_MISSING_ARGUMENT: `nasc setup` needs to know which engine.\n  hint: Engines with a set-up: tfjs, slide-rule.\n'],
  ['setup slide-rul', 'error UNKNOWN_NAME: There is no training engine "slide-rul".\n  hint: Did you mean "slide-rule"?\n'],
  ['setup nativ', 'error UNKNOWN_NAME: There is no training engine "nativ".\n  hint: Did you mean "native"?\n'],
  ['setup abacus', 'error UNKNOWN_NAME: There is no training engine "abacus".\n  hint: Engines with a set-up: tfjs, slide-rule.\n'],
])('%s', async (line, stderr) => {
  expect(await cli(line)).toEqual({ code: 1, stdout: '', stderr });
});
