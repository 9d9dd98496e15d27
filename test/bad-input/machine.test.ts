// What the machine lacks or refuses. The command line as a process of its own: its environment is the input.
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostVectorWidths } from '@nasc/c-emit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { config, smallSpace } from './bad-input.ts';

const program = join(import.meta.dirname, '../../packages/cli/bin/nasc.js');
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nasc-machine-'));
  const ownConfig = { ...config, space: smallSpace, engine: 'native', train: { epochs: 0 } };
  await writeFile(join(folder, 'nasc.config.json'), JSON.stringify(ownConfig));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Exit code and messages, without what stages print about themselves. */
const train = (environment: Readonly<Record<string, string>>): Promise<{ code: number; text: string }> =>
  new Promise((resolve) => {
    const env = { ...process.env, NASC_DATA: '', ...environment };
    execFile(process.execPath, [program, 'run', '--to', 'train'], { cwd: folder, env }, (error, _, stderr) => {
      const lines = stderr.replaceAll(folder, 'FOLDER').split('\n');
      resolve({ code: Number(error?.code ?? 0), text: lines.filter((line) => !line.startsWith('expand: ')).join('\n') });
    });
  });

test('no C compiler', async () => {
  expect(await train({ PATH: '/nonexistent', CC: '' })).toEqual({
    code: 1,
    text: `error ENGINE_NOT_AVAILABLE: Engine "native" does not work on this machine.
  at nasc.config.json#/engine
  hint: No C compiler was found: neither $CC, cc, gcc nor clang runs. Install one: \`apt-get install gcc\` (Debian, Ubuntu), \`dnf install gcc\` (Fedora), \`xcode-select --install\` (macOS).
`,
  });
});

test('a compiler that fails: its own words', async () => {
  const compiler = join(folder, 'broken-cc');
  await writeFile(
    compiler,
    '#!/bin/sh\nif [ "$1" = --version ]; then echo "broken 1.0"; else echo "broken-cc: error: no licence" >&2; exit 1; fi\n',
  );
  await chmod(compiler, 0o755);
  const { code, text } = await train({ CC: compiler });
  expect(code).toBe(1);
  expect(text.replace(/c-[\da-f]{24}/, 'c-HASH')).toBe(`error COMPILE_FAILED: FOLDER/broken-cc failed: broken-cc: error: no licence
  at FOLDER/.nasc/cache/c-HASH.failed, stage train, pass warm-up
  hint: The sources are kept at this place. $CC names another compiler; what the compiler of this machine accepts and this one refuses is a bug of nasc or of a plugin.
`);
});

test('vectors that do not exist, or not here', async () => {
  expect(await train({ NASC_VECTOR_WIDTH: 'avx3' })).toEqual({
    code: 1,
    text: 'error VECTOR_WIDTH_UNKNOWN: There is no vector width "avx3".\n  at NASC_VECTOR_WIDTH=avx3\n  hint: Did you mean "avx2"?\n',
  });
  const here = hostVectorWidths();
  const other = here.includes('neon') ? 'avx2' : 'neon';
  expect(await train({ NASC_VECTOR_WIDTH: other })).toEqual({
    code: 1,
    text: `error VECTOR_WIDTH_NOT_HERE: This machine has no ${other} vectors.\n  at NASC_VECTOR_WIDTH=${other}\n  hint: It runs ${here.join(', ')}.\n`,
  });
});
