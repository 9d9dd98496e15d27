import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DiagnosticError, formatDiagnostics } from '@nasc/diagnostics';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommand } from './run-command.ts';
import type { CallOptions } from './run-command.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nasc-exec-'));
});
afterAll(() => rm(folder, { recursive: true }));

const run = (command: readonly string[], changes: Partial<CallOptions> = {}) =>
  runCommand(command, { folder, env: {}, timeoutSeconds: 60, signal: new AbortController().signal, ...changes });

const failure = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no error',
    (error: unknown) => {
      if (error instanceof DiagnosticError) return formatDiagnostics(error.diagnostics);
      throw error;
    },
  );

const shell = (script: string) => ['sh', '-c', script];

test('gives both streams, in the folder, with the environment and without a shell', async () => {
  expect(await run(shell('echo "$SPEED"; pwd; echo 2 >&2'), { env: { SPEED: 'fast' } })).toBe(`fast\n${folder}\n\n2\n`);
  expect(await run(['echo', '$HOME; ls'])).toBe('$HOME; ls\n\n');
});

test('a program that is not there', async () => {
  expect(await failure(run(['trtexecc', '--onnx=/tmp/model.onnx', 'two words']))).toBe(
    `error EXEC_NOT_STARTED: The command cannot be started, there is no such program: trtexecc --onnx=/tmp/model.onnx 'two words'
  hint: Install the program or correct \`command\` of target "exec"; a relative path starts from the folder of the config.`,
  );
});

test('a file that is no program', async () => {
  expect(await failure(run(['/etc/passwd']))).toContain('The command cannot be started, it may not be executed: /etc/passwd');
});

test('a command that fails: its exit code, and the end of what it wrote to standard error', async () => {
  const script = 'echo 12; for line in 1 2 3 4 5 6 7 8 9 10 11; do echo "  line $line" >&2; done; exit 3';
  expect(await failure(run(['sh', '-c', script, 'model.onnx']))).toBe(
    `error EXEC_FAILED: The command ended with exit code 3: sh -c '${script}' model.onnx
  It wrote, at last:
${[2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((line) => `      line ${line}\n`).join('')}  hint: Try it by hand: the ONNX file is kept where the command has it.`,
  );
  expect(await failure(run(shell('echo no CUDA device; exit 1')))).toContain(
    "exit code 1: sh -c 'echo no CUDA device; exit 1'\n  It wrote, at last:\n    no CUDA device\n",
  );
  expect(await failure(run(shell('kill -KILL $$')))).toContain('ended with signal SIGKILL: ');
});

/** Whether it still runs: one that ended and that nobody has asked about yet does not. */
const isAlive = (pid: number): boolean => {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.startsWith('Z');
};

/** A command whose child goes on for minutes; `stubborn` ones do not end when they are asked to. */
const family = (name: string, stubborn: boolean) =>
  shell(`${stubborn ? "trap '' TERM; " : ''}sleep 300 & echo "$$ $!" > ${name}; wait; wait`);

const pids = async (name: string): Promise<readonly number[]> => {
  for (;;) {
    const text = await readFile(join(folder, name), 'utf8').catch(() => '');
    if (text.endsWith('\n')) return text.trim().split(' ').map(Number);
    await sleep(10);
  }
};

test.each([
  ['an abort', false],
  ['an abort of what does not want to end', true],
])('%s ends the command with all that it started', async (_title, stubborn) => {
  const controller = new AbortController();
  const name = `pids-${stubborn}`;
  const work = run(family(name, stubborn), { signal: controller.signal });
  const members = await pids(name);
  expect(members.map(isAlive)).toEqual([true, true]);
  controller.abort(new Error('stopped by the user'));
  await expect(work).rejects.toThrow('stopped by the user');
  expect(members.map(isAlive)).toEqual([false, false]);
});

test('a command that takes too long is ended, too', async () => {
  const command = family('pids-slow', false);
  expect(await failure(run(command, { timeoutSeconds: 0.5 }))).toBe(
    `error EXEC_TIMEOUT: The command took longer than 0.5 s and was ended: sh -c '${command[2]}'
  hint: Try it by hand (the ONNX file is kept where the command has it), or raise \`timeoutSeconds\` of target "exec".`,
  );
  expect((await pids('pids-slow')).map(isAlive)).toEqual([false, false]);
});

test('nothing is started after an abort', async () => {
  await expect(run(shell('touch started'), { signal: AbortSignal.abort(new Error('stopped')) })).rejects.toThrow('stopped');
  await expect(readFile(join(folder, 'started'))).rejects.toThrow('ENOENT');
});
