import { writeFileSync } from 'node:fs';
import { cp, mkdtemp, readFile, readdir, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { validateConfig } from '@nasc/config';
import { formatDiagnostic } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Artifacts } from '../artifacts.ts';
import type { Checkpoint } from '../checkpoint.ts';
import { definePart } from '../part.ts';
import type { PassContext } from '../pass.ts';
import { definePlugin } from '../plugin.ts';
import type { Plugin } from '../plugin.ts';
import { isCheckpointDue } from './pass-checkpoint.ts';
import { createPipeline } from './pipeline.ts';
import type { RunOptions } from './pipeline.ts';
import { bareTarget } from './target.test-helper.ts';

let folder: string;
let store: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nasc-checkpoint-'));
  store = join(folder, 'store');
});
afterEach(() => rm(folder, { recursive: true }));

interface State {
  readonly step: number;
  readonly weights: ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>;
  readonly sums: Float64Array;
}

const steps = 6;
const start: State = {
  step: 0,
  weights: new Map([['w', { shape: [3], data: Float32Array.of(0.1, 0.2, -0) }]]),
  sums: Float64Array.of(0.3),
};

/** One step of work whose bits depend on all that came before. */
const advance = ({ step, weights, sums }: State): State => {
  const data = weights.get('w')!.data.map((value, index) => 3.9 * value * (1 - value) + index * sums[0]! * 1e-3);
  return { step: step + 1, weights: new Map([['w', { shape: [3], data }]]), sums: sums.map((sum) => sum + data[0]! / (step + 3)) };
};

interface Options {
  /** Called before each step, with the pass's name and the step that follows. */
  readonly onStep?: (pass: string, step: number) => void;
  /** Source of the op that the first pass looks up in its first step only. */
  readonly op?: string;
  readonly uncached?: boolean;
}

const relu = (doc: string) => ({
  name: 'relu',
  doc,
  attributesSchema: { type: 'object' },
  arity: 1,
  inferType: (_attributes: unknown, [input]: readonly unknown[]) => input,
  lower: {},
  examples: [],
});

/** One part of two passes: each takes six steps and offers a checkpoint after each. */
const work = ({ onStep = () => {}, op = 'first', uncached = false }: Options): Plugin =>
  definePlugin({
    name: 'work',
    apiVersion: 1,
    setup(api) {
      api.addOp(relu(op) as never);
      api.addTarget({
        name: 'cpu',
        description: 'For this test.',
        optionsSchema: { type: 'object' },
        create: (options) => bareTarget('cpu', options),
      });
      const go = async (name: string, from: State, context: PassContext, checkpoint: Checkpoint): Promise<State> => {
        let state = (await checkpoint.resume<State>()) ?? from;
        while (state.step < steps) {
          if (state.step === 0) context.registry.ops.require('relu');
          onStep(name, state.step);
          state = advance(state);
          await checkpoint.offer(() => Promise.resolve(state));
        }
        return state;
      };
      api.addPart(
        definePart({
          stage: 'train',
          name: 'train',
          consumes: [],
          produces: 'supernet',
          per: 'run',
          dependsOn: [],
          reads: (config) => (uncached ? () => {} : config.seed),
          passes: [
            { name: 'warm up', run: (_input: unknown, context: PassContext) => go('warm up', start, context, context.checkpoint) },
            {
              name: 'go on',
              async run(input: State, context: PassContext) {
                const first = await go('a', { ...input, step: 0 }, context, context.checkpoint.part('../a'));
                const second = await go('A', { ...first, step: 3 }, context, context.checkpoint.part('../A'));
                const { weights, sums } = second;
                return {
                  weights,
                  history: { columns: { sums: [...sums] } },
                  cost: { imagesForwardBackward: 0 },
                } satisfies Artifacts['supernet'];
              },
            },
          ],
        }),
      );
    },
  });

interface Outcome {
  readonly supernet?: Artifacts['supernet'] | undefined;
  readonly hash?: string | undefined;
  readonly error?: string;
  /** `pass step`, in order. */
  readonly log: readonly string[];
  readonly told: readonly string[];
}

/** `stopBefore` is the step (`pass step`) before which the run is asked to stop; `crash` throws there instead. */
const go = async (
  options: Options & {
    readonly stopBefore?: string;
    readonly atStep?: (step: string) => unknown;
    readonly crash?: boolean;
    readonly plugins?: readonly Plugin[];
  } & Pick<RunOptions, 'from'> = {},
): Promise<Outcome> => {
  const controller = new AbortController();
  const log: string[] = [];
  const told: string[] = [];
  const onStep = (pass: string, step: number) => {
    log.push(`${pass} ${step}`);
    options.atStep?.(log.at(-1)!);
    if (log.at(-1) !== options.stopBefore) return;
    if (options.crash) throw new Error('crashed');
    controller.abort(new Error('stopped'));
  };
  const config = validateConfig({ task: { dataset: 'none' }, space: 'none', targets: ['cpu'], cacheDir: 'store' }, 'test');
  const pipeline = createPipeline(config, {
    plugins: [work({ ...options, onStep }), ...(options.plugins ?? [])],
    folder,
    listener: (name, event) => {
      if (name === 'diagnostic') told.push(formatDiagnostic(event as Diagnostic).replaceAll(store, '<store>'));
    },
  });
  const { from } = options;
  const running = pipeline.run({ to: 'train', ...(from && { from }), signal: controller.signal, checkpointIntervalMs: 0 });
  return running.then(
    ({ supernet, hashes }) => ({ supernet, hash: hashes['supernet'], log, told }),
    (error: Error) => ({ error: error.message, log, told }),
  );
};

const stepsOf = (pass: string, from: number) => Array.from({ length: steps - from }, (_, index) => `${pass} ${from + index}`);
const everyStep = [...stepsOf('warm up', 0), ...stepsOf('a', 0), ...stepsOf('A', 3)];

/** Folders of checkpoints, newest first, by place. */
const checkpoints = async (): Promise<readonly string[]> => {
  const names = await readdir(join(store, 'checkpoints'), { recursive: true });
  return names
    .filter((name) => /\/\d+-[0-9a-f]{32}$/.test(name))
    .toSorted()
    .toReversed()
    .map((name) => join(store, 'checkpoints', name));
};

test.each(['warm up 0', 'warm up 4', 'a 2', 'A 5'])(
  'stopped at "%s", the same run goes on from there and gives the same bits',
  async (stopBefore) => {
    const whole = await go();
    expect(whole.log).toEqual(everyStep);
    await rm(store, { recursive: true });

    const stopped = await go({ stopBefore });
    expect(stopped.error).toBe('stopped');
    const after = await go();
    // The step during which it was asked to stop was finished and stored.
    expect([...stopped.log, ...after.log]).toEqual(everyStep);
    expect([after.hash, after.supernet, after.told]).toEqual([whole.hash, whole.supernet, []]);
    expect(await readdir(join(store, 'checkpoints'))).toEqual([]);
    expect((await go()).log).toEqual([]);
  },
);

test('after a crash the last checkpoint is gone on from, as often as it takes', async () => {
  const { hash } = await go();
  await rm(store, { recursive: true });
  const crashes = [];
  for (const stopBefore of everyStep) crashes.push((await go({ stopBefore, crash: true })).log);
  expect(crashes).toEqual(everyStep.map((_, index) => everyStep.slice(Math.max(0, index - 1), index + 1)));
  const last = await go();
  expect([last.log, last.hash]).toEqual([['A 5'], hash]);
});

test('an unrelated plugin changes nothing; what was looked up before the interruption has to be unchanged', async () => {
  await go({ stopBefore: 'warm up 3' });
  const other = definePlugin({
    name: 'other',
    apiVersion: 1,
    setup: (api) => api.addOp({ ...(relu('other') as object), name: 'other' } as never),
  });
  expect((await go({ plugins: [other], stopBefore: 'warm up 4' })).log).toEqual(['warm up 4']);
  expect((await go({ op: 'edited', stopBefore: 'warm up 1' })).log).toEqual(['warm up 0', 'warm up 1']);
});

test('what was looked up before the interruption only is part of what the result depends on', async () => {
  await go({ stopBefore: 'warm up 3' });
  await go();
  expect((await go()).log).toEqual([]);
  expect((await go({ op: 'edited' })).log).toEqual(everyStep);
});

test('--from starts anew, goes on with its own unfinished work, and leaves finished work alone', async () => {
  const { hash } = await go();
  expect((await go({ from: 'train', stopBefore: 'a 3' })).log).toEqual(everyStep.slice(0, 10));
  expect((await go()).log).toEqual([]);
  const second = await go({ from: 'train' });
  expect([second.log, second.hash]).toEqual([everyStep.slice(10), hash]);
  expect((await go({ from: 'train' })).log).toEqual(everyStep);
});

test('killed before it removed its checkpoints, a finished run leaves nothing that is taken for unfinished work', async () => {
  await go({ stopBefore: 'A 5' });
  const left = join(folder, 'left');
  const restore = () => cp(left, join(store, 'checkpoints'), { recursive: true });
  await cp(join(store, 'checkpoints'), left, { recursive: true });
  await go();
  await restore();
  expect((await go()).log).toEqual([]);
  expect(await readdir(join(store, 'checkpoints'))).toEqual([]);
  await restore();
  expect((await go({ from: 'train' })).log).toEqual(everyStep);
  expect(await readdir(join(store, 'checkpoints'))).toEqual([]);
});

test('killed after the artifact was stored and before it was remembered, nothing is done again', async () => {
  const { log, error } = await go({ atStep: (step) => step === 'A 5' && writeFileSync(join(store, 'keys'), 'in the way') });
  expect([log, error]).toEqual([
    everyStep,
    expect.stringMatching(/^WRITE_FAILED: Writing an entry of the store \(.* bytes\) failed: a file of that name is in the way\.$/),
  ]);
  await rm(join(store, 'keys'));
  expect((await go()).log).toEqual([]);
});

test('without a key nothing is kept', async () => {
  expect((await go({ uncached: true, stopBefore: 'warm up 3' })).log.length).toBe(4);
  expect(await readdir(store)).toEqual([]);
  expect((await go({ uncached: true })).log).toEqual(everyStep);
});

const damages: Readonly<Record<string, (file: string) => Promise<void>>> = {
  async 'a flipped bit'(file) {
    const bytes = await readFile(file);
    bytes[bytes.length >> 1]! ^= 4;
    await writeFile(file, bytes);
  },
  'a lost end': async (file) => truncate(file, (await stat(file)).size - 1),
  'no content': (file) => truncate(file, 0),
  'no file': (file) => rm(file),
};

const files = ['artifact.json', 'state.weights.safetensors', 'state.sums.bin'];
const damageCases = files
  .filter((file) => file !== 'state.weights.w.safetensors')
  .flatMap((file) => Object.keys(damages).map((damage) => [damage, file] as const));

test.each(damageCases)('%s in %s: the checkpoint before is used, with a warning', async (damage, file) => {
  await go({ stopBefore: 'warm up 3' });
  const [newest, before, ...others] = await checkpoints();
  expect([others, (await readdir(newest!)).toSorted()]).toEqual([[], files.toSorted()]);
  await damages[damage]!(join(newest!, file));

  const after = await go({ stopBefore: 'warm up 4' });
  expect(after.log).toEqual(['warm up 3', 'warm up 4']);
  expect(after.told).toEqual([
    `warning CHECKPOINT_DAMAGED: A checkpoint does not have the content that its name promises; the one before it is used.
  at ${newest!.replace(store, '<store>')}, stage train, pass warm up`,
  ]);
  expect(await checkpoints()).not.toContain(before);
});

test('where all of them are damaged the pass starts again, and the result is the same', async () => {
  const { hash } = await go();
  await rm(store, { recursive: true });
  await go({ stopBefore: 'warm up 3' });
  for (const checkpoint of await checkpoints()) await damages['a flipped bit']!(join(checkpoint, 'state.sums.bin'));
  const after = await go();
  expect([after.log, after.hash]).toEqual([everyStep, hash]);
  expect(after.told.map((text) => text.split('\n')[0])).toEqual([
    'warning CHECKPOINT_DAMAGED: A checkpoint does not have the content that its name promises; the one before it is used.',
    'warning CHECKPOINT_DAMAGED: A checkpoint does not have the content that its name promises, and there is none before it; the pass starts again.',
  ]);
  expect((await go()).told).toEqual([]);
});

test('a run removes what killed runs left half-written, and keys that nobody went on with for a month', async () => {
  await go({ stopBefore: 'warm up 3' });
  const [newest] = await checkpoints();
  const [key] = await readdir(join(store, 'checkpoints'));
  const half = `${newest}.${2 ** 22 + 1}-0123456789ab.tmp`;
  await writeFile(half, '');
  const old = (days: number) => new Date(Date.now() - days * 24 * 3600 * 1000);
  const age = async (days: number) => {
    for (const path of ['', ...(await readdir(join(store, 'checkpoints'), { recursive: true }))]) {
      await utimes(join(store, 'checkpoints', path), old(days), old(days));
    }
  };
  await age(29);
  expect((await go({ op: 'edited', uncached: true })).log).toEqual(everyStep);
  expect(await readdir(join(store, 'checkpoints'))).toEqual([key]);
  expect((await readdir(join(newest!, '..'))).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  await age(31);
  await go({ uncached: true });
  expect(await readdir(join(store, 'checkpoints'))).toEqual([]);
});

test('a checkpoint is due after the interval, and when it takes at most a twentieth of the time', () => {
  const due = (sinceMs: number, costMs: number) => isCheckpointDue(30_000, sinceMs, costMs);
  expect([due(29_999, 0), due(30_000, 0), due(30_000, 1500), due(30_000, 1600), due(31_000, 1600)]).toEqual([
    false,
    true,
    true,
    false,
    true,
  ]);
  expect(isCheckpointDue(0, 0, 1000)).toBe(true);
});
