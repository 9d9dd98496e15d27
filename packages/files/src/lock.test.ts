import { fork, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockFile, ownIdentity } from './index.ts';
import type { LockHeld, LockOwner } from './index.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nasc-lock-'));
  path = join(folder, 'lock');
});
afterEach(() => rm(folder, { recursive: true }));

const signal = new AbortController().signal;
const refuse = (held: LockHeld): never => {
  throw held;
};
/** The lock, or who has it. */
const attempt = () => lockFile(path, signal, refuse).catch((held: LockHeld) => held);
const stateOf = async () => {
  const got = await attempt();
  if ('state' in got) return got.state;
  await got.release();
  return 'free';
};

const write = async (changes: Partial<LockOwner>, place = path) => {
  const owner: LockOwner = { id: 'former', since: '2025-01-31T12:00:00.000Z', ...(await ownIdentity()), ...changes };
  await writeFile(place, JSON.stringify(owner));
};
const gone = { processId: 2 ** 22 + 1 };

test('one at a time, this process too; released it is free, and nothing lies there', async () => {
  const lock = await lockFile(path, signal, refuse);
  const held = await attempt();
  expect(held).toMatchObject({ state: 'runs', owner: { processId: process.pid, host: (await ownIdentity()).host } });
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual((held as LockHeld).owner);
  if ('release' in lock) await lock.release();
  expect(await readdir(folder)).toEqual([]);
  expect(await stateOf()).toBe('free');
});

test.each<[string, Partial<LockOwner>, string]>([
  ['a process that is gone', gone, 'free'],
  ['another process that got the same number', { startTime: 'earlier' }, 'free'],
  ['a process before the machine was started again', { bootId: 'another' }, 'free'],
  ['a process of another machine', { host: 'elsewhere', ...gone }, 'unknown'],
  ['a process of another container', { processNamespace: 'pid:[1]', ...gone }, 'unknown'],
  ['this process', {}, 'runs'],
])('left by %s', async (_, changes, state) => {
  await write(changes);
  expect(await stateOf()).toBe(state);
  if (state === 'free') expect(await readdir(folder)).toEqual([]);
});

test('what is no lock has no owner', async () => {
  await writeFile(path, '{"id":');
  expect(await stateOf()).toBe('free');
  await writeFile(path, '{"id":"../x"}');
  expect(await stateOf()).toBe('free');
});

test('whoever was killed while taking over is followed by the next; who lives at the end of the chain has it', async () => {
  await write(gone);
  await write({ ...gone, id: 'second' }, `${path}.after-former`);
  await write({ ...gone, id: 'third' }, `${path}.after-second`);
  expect(await stateOf()).toBe('free');
  expect(await readdir(folder)).toEqual([]);
  await write(gone);
  await write({ id: 'second' }, `${path}.after-former`);
  expect(await stateOf()).toBe('runs');
});

test('waiting ends when the lock is free, and with the signal', async () => {
  const lock = await lockFile(path, signal, refuse);
  const controller = new AbortController();
  const told: LockHeld[] = [];
  const aborted = lockFile(path, controller.signal, (held) => void told.push(held));
  const waiting = lockFile(path, signal, (held) => void told.push(held));
  controller.abort(new Error('Ctrl-C'));
  await expect(aborted).rejects.toThrow('Ctrl-C');
  await lock.release();
  await (await waiting).release();
  expect(told.length).toBe(2);
});

const child = new URL('lock-child.test-helper.js', import.meta.url).pathname;
const start = (...parameters: readonly string[]): ChildProcess => fork(child, [path, ...parameters], { execArgv: [] });
const message = async (from: ChildProcess): Promise<unknown> => (await once(from, 'message'))[0];

test('the lock of a process dies with it, even while it is not waited for', async () => {
  const holder = start('hold');
  expect(await message(holder)).toBe('has it');
  expect(await stateOf()).toBe('runs');
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  expect(await stateOf()).toBe('free');

  // A shell that replaces itself by `sleep` never waits for its child.
  const parent = spawn('sh', ['-c', `"${process.execPath}" "${child}" "${path}" end & exec sleep 60`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  expect(String((await once(parent.stdout!, 'data'))[0])).toContain('has it');
  while ((await stateOf()) !== 'free') await setTimeout(20);
  parent.kill('SIGKILL');
});

test('of many that take over dead locks at once, release and take again, never two have it', async () => {
  await write(gone);
  const lane = async () => {
    for (let life = 0; life < 3; life++) {
      const [, signalName] = (await once(start('count', join(folder, 'count'), '5'), 'exit')) as [unknown, string];
      expect(signalName).toBe('SIGKILL');
    }
  };
  await Promise.all(Array.from({ length: 6 }, lane));
  expect(await readFile(join(folder, 'count'), 'utf8')).toBe('90');
  expect(await stateOf()).toBe('free');
  expect(await readdir(folder)).toEqual(['count']);
});
