import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nasc-interrupted-'));
});
afterEach(() => rm(folder, { recursive: true }));

const child = fileURLToPath(new URL('interrupted-child.test-helper.js', import.meta.url));
/** Enough for a checkpoint to take a while. */
const elements = 300_000;

const start = (place: string): ChildProcess =>
  spawn(process.execPath, [child, place, String(elements)], { stdio: ['ignore', 'pipe', 'inherit'] });

interface Result {
  readonly hashes: Readonly<Record<string, string>>;
  readonly values: readonly number[];
  readonly sums: readonly number[];
  readonly diagnostics: readonly string[];
}

const finish = async (place: string): Promise<Result> => {
  const process = start(place);
  let text = '';
  process.stdout!.on('data', (chunk) => (text += String(chunk)));
  const [code] = (await once(process, 'close')) as [number];
  expect([code, text]).toEqual([0, expect.stringContaining('hashes')]);
  return JSON.parse(text.slice(text.indexOf('{'))) as Result;
};

const halfWritten = (place: string): readonly string[] =>
  existsSync(join(place, 'store'))
    ? readdirSync(join(place, 'store'), { recursive: true })
        .map(String)
        .filter((name) => /\.tmp(?:$|\/)/.test(name))
    : [];

/** Kills a run after it has begun: in the midst of writing, or after some time. False when it was quicker. */
const kill = async (place: string, when: 'writing' | number): Promise<boolean> => {
  const process = start(place);
  const ended = once(process, 'exit');
  await Promise.race([once(process.stdout!, 'data'), ended]);
  if (when !== 'writing') await setTimeout(when);
  else while (process.exitCode === null && halfWritten(place).length === 0) await setTimeout(1);
  process.kill('SIGKILL');
  return ((await ended) as [unknown, string | null])[1] === 'SIGKILL';
};

test('killed at any moment, while checkpoints are written too: the same bits, and nothing that was measured is measured again', async () => {
  const whole = await finish(join(folder, 'whole'));
  const place = join(folder, 'killed');
  let kills = 0;
  let whileWriting = 0;
  for (const when of ['writing', 150, 'writing', 10, 'writing', 250, 'writing', 60] as const) {
    if (await kill(place, when)) kills++;
    if (halfWritten(place).length > 0) whileWriting++;
  }
  const last = await finish(place);
  expect(kills).toBeGreaterThan(3);
  expect(whileWriting).toBeGreaterThan(1);

  expect(last.diagnostics).toEqual([]);
  expect(last.hashes['supernet']).toBe(whole.hashes['supernet']);
  const measured = readFileSync(join(place, 'measured'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(' ').map(Number) as [number, number]);
  // Of one number, the value that was stored is the last: at most the measurement that a kill ended is made again.
  expect(last.values).toEqual([...new Map(measured).values()]);
  expect(measured.length).toBeLessThanOrEqual(last.values.length + kills);
  let sum = 0;
  expect(last.sums).toEqual(last.values.map((value) => (sum = value + sum)));
  expect([halfWritten(place), readdirSync(join(place, 'store', 'checkpoints'))]).toEqual([[], []]);
}, 300_000);
