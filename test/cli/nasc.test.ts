import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

// The built command line as a process of its own (`npm test` builds first): exit codes, streams and signals for real.
const program = join(import.meta.dirname, '../../packages/cli/bin/nasc.js');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nasc-process-'));
  const config = { task: { dataset: 'mnist' }, space: 'mobile-small', targets: ['cpu'], train: { epochs: 50 } };
  await writeFile(join(folder, 'nasc.config.json'), JSON.stringify(config));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const nasc = (line: string, onStderr?: (text: string, kill: () => void) => void): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...line.split(' ')], { cwd: folder, env: { ...process.env, NASC_DATA: '' } });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
    child.stderr.on('data', (data: Buffer) => {
      stderr += data.toString();
      onStderr?.(stderr, () => child.kill('SIGINT'));
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });

test('success: exit code 0, the result on standard output', async () => {
  expect(await nasc('--version')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string, stderr: '' });
});

test("the user's error: exit code 1, no stack", async () => {
  const { code, stdout, stderr } = await nasc('run --set train.epoch=3');
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toBe(
    'error CONFIG_UNKNOWN_KEY: Unknown key "epoch" in "train".\n  at --set train.epoch=3\n  hint: Did you mean "epochs"?\n',
  );
});

test('Ctrl-C within a stage: exit code 130, and the next run goes on from what is kept', async () => {
  let sent = false;
  const stopped = await nasc('run --to train', (stderr, interrupt) => {
    if (sent || !stderr.includes('expand:')) return;
    sent = true;
    // Within the warm-up: it takes much longer than this.
    setTimeout(interrupt, 1500);
  });
  expect(stopped.code).toBe(130);
  expect(stopped.stderr).toMatch(/Kept in \.nasc: expand(?:; train: warm-up at \d+ of \d+ steps)?\.\n/);
  expect((await nasc('run --to expand')).stderr).toBe('expand: from the store\n');
});

test('a reader that closes early is no error', async () => {
  const child = spawn('/bin/sh', ['-c', `"${process.execPath}" "${program}" inspect mobile-small --candidates --json | head -c 10`], {
    cwd: folder,
  });
  let stderr = '';
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  await new Promise((resolve) => child.on('close', resolve));
  expect(stderr).toBe('');
});
