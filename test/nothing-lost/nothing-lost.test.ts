// Runs killed at any moment, then started again until they finish: the same bits as a run that nothing happened to. Each attempt is a
// process of its own, of the built program (`npm test` builds first).
import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '@nasc/random';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { smallConfig } from './config.js';
import { attempt, outcome } from './killing.js';

let root: string;
/** A folder to run in; compiled code is found by its content, so all tests share it. */
const runFolder = async (name: string): Promise<string> => {
  const folder = join(root, name);
  await mkdir(join(folder, '.nasc'), { recursive: true });
  await mkdir(join(tmpdir(), 'nasc-engine-native-test'), { recursive: true });
  await symlink(join(tmpdir(), 'nasc-engine-native-test'), join(folder, '.nasc/cache'));
  return folder;
};

let whole: ReturnType<typeof outcome>;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nasc-nothing-lost-'));
  const folder = await runFolder('whole');
  await attempt({ config: smallConfig({ target: 'small-table' }), folder, checkpointIntervalMs: 30_000 });
  whole = outcome(folder);
}, 300_000);
afterAll(() => rm(root, { recursive: true, force: true }));

test('killed in every pass, with other numbers of threads and workers each time: the same network, files and report', async () => {
  const folder = await runFolder('killed');
  const random = new Random({ seed: 3, stream: 'test.kills' });
  /** Kills at a random one of the pass's next events, some of which are followed by the writing of a checkpoint. */
  const killIn = async (pass: string, most: number) => {
    let wait = random.integer(most);
    const config = smallConfig({ target: 'small-table', threads: 1 + random.integer(3), dataWorkers: random.integer(3) });
    const killAt = (event: string) => event.startsWith(pass) && wait-- === 0;
    const { killed } = await attempt({ config, folder, killAt, delayMs: random.integer(6) });
    return killed ? [pass] : [];
  };
  const survived = [
    ...(await killIn('train/warm-up', 300)),
    ...(await killIn('annotate/measureBlocks', 60)),
    ...(await killIn('derive/search', 24)),
    ...(await killIn('derive/select', 8)),
    ...(await killIn('derive/trainTeacher', 40)),
    ...(await killIn('derive/retrain', 40)),
    ...(await killIn('export/verifyOnnx', 6)),
    ...(await killIn('codegen/', 6)),
  ];
  expect(survived).toHaveLength(8);
  await attempt({ config: smallConfig({ target: 'small-table' }), folder });
  expect(outcome(folder)).toEqual(whole);
  // No unfinished work is left over.
  expect(await readdir(join(folder, '.nasc/checkpoints'))).toEqual([]);
}, 300_000);

const program = join(import.meta.dirname, '../../packages/cli/bin/nasc.js');

/** `nasc run`, with Ctrl-C as a terminal sends it, to all processes of the run, when a text has appeared. */
const nasc = (folder: string, interruptAt?: string) =>
  new Promise<{ readonly code: number | null; readonly stderr: string }>((resolve, reject) => {
    const child = spawn(process.execPath, [program, 'run'], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], detached: true });
    let stderr = '';
    let sent = false;
    child.stderr.on('data', (data: Buffer) => {
      stderr += data.toString();
      if (sent || interruptAt === undefined || !stderr.includes(interruptAt)) return;
      sent = true;
      process.kill(-child.pid!, 'SIGINT');
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stderr }));
  });

test('Ctrl-C keeps what is unfinished and says how far it is; the same command goes on from there', async () => {
  const folder = await runFolder('interrupted');
  await writeFile(join(folder, 'nasc.config.json'), JSON.stringify(smallConfig({ target: 'small-table' })));
  const goesOn = 'train: warm-up: goes on where it was interrupted\n';
  const first = await nasc(folder, 'warm-up begins');
  expect(first).toMatchObject({ code: 130, stderr: expect.stringContaining('The same command goes on from there.') as string });
  const second = await nasc(folder, goesOn);
  expect(second.code).toBe(130);
  expect(second.stderr).toMatch(/train: warm-up at \d+ of 222 steps/);
  const third = await nasc(folder);
  expect(third).toMatchObject({ code: 0, stderr: expect.stringContaining(goesOn) as string });
  expect(outcome(folder)).toEqual(whole);
}, 300_000);

test('on a real device, with the latencies that were measured before', async () => {
  const base = smallConfig({ target: { name: 'cpu', sampleMs: 2 } });
  // What `select` measures decides nothing then.
  const config = { ...base, derive: { ...base.derive, select: { method: 'argmax' } } };
  const folder = await runFolder('cpu');
  // A kill while it measures, too: what was measured is kept.
  await attempt({ config, folder, killAt: (event) => event.startsWith('annotate/measureBlocks') && event.endsWith('stored') });
  await attempt({ config, folder, killAt: (event) => event === 'derive/search' });
  const copy = await runFolder('cpu-killed');
  for (const kind of ['artifacts', 'keys']) await cp(join(folder, '.nasc', kind), join(copy, '.nasc', kind), { recursive: true });
  await attempt({ config, folder });
  await attempt({ config, folder: copy, killAt: (event) => event.startsWith('derive/retrain 7') });
  await attempt({ config, folder: copy });
  const timed = ['costModel', 'architecture', 'files'];
  expect(outcome(copy, timed)).toEqual(outcome(folder, timed));
}, 300_000);
