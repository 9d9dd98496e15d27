import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { validateConfig } from '@nasc/config';
import { inMemorySplit } from '@nasc/data';
import type { Dataset } from '@nasc/data';
import { DiagnosticError, errorDiagnostic } from '@nasc/diagnostics';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Artifacts } from '../artifacts.ts';
import type { TargetDefinition } from '../kinds/index.ts';
import { definePart } from '../part.ts';
import { definePass } from '../pass.ts';
import { definePlugin } from '../plugin.ts';
import type { Plugin } from '../plugin.ts';
import type { ProgressEvent } from '../progress.ts';
import { createPipeline } from './pipeline.ts';
import type { Pipeline } from './pipeline.ts';
import { bareTarget } from './target.test-helper.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nasc-pipeline-'));
});
afterEach(() => rm(folder, { recursive: true }));

const target = (name: string): TargetDefinition => ({
  name,
  description: 'For this test.',
  optionsSchema: { type: 'object', properties: { speed: { type: 'number', default: 1 } }, additionalProperties: false },
  create: (options) => bareTarget(name, options),
});

/** Two small parts: a shared one that looks at an op, and one per target that reads the constraint. */
const parts = (log: string[]): Plugin =>
  definePlugin({
    name: 'parts',
    apiVersion: 1,
    setup(api) {
      api.addOp({
        name: 'relu',
        doc: '',
        attributesSchema: { type: 'object' },
        arity: 1,
        inferType: (_attributes, [input]) => input!,
        lower: {},
        examples: [],
      });
      api.addTarget(target('cpu'));
      api.addPart(
        definePart({
          stage: 'expand',
          name: 'expand',
          consumes: [],
          produces: 'supernet',
          per: 'run',
          dependsOn: [],
          reads: (config) => config.seed,
          passes: [
            {
              name: 'makeWeights',
              run(_input, context) {
                log.push('makeWeights');
                context.registry.ops.require('relu');
                const data = Float32Array.of(context.config.seed);
                return {
                  weights: new Map([['w', { shape: [1], data }]]),
                  history: { columns: {} },
                  cost: { imagesForwardBackward: 0 },
                } satisfies Artifacts['supernet'];
              },
            },
          ],
        }),
      );
      api.addPart(
        definePart({
          stage: 'derive',
          name: 'select',
          consumes: ['supernet'],
          produces: 'architecture',
          per: 'network',
          dependsOn: ['device', 'limits'],
          reads: () => ({}),
          passes: [
            {
              name: 'pick',
              run({ supernet }, context): Artifacts['architecture'] {
                log.push(`pick ${context.target.name}`);
                return {
                  choices: [supernet.weights.get('w')!.data[0]!],
                  predictedMs: 1,
                  measuredMs: undefined,
                  costs: [],
                  rounds: [],
                };
              },
            },
          ],
        }),
      );
    },
  });

const config = (changes: object = {}) =>
  validateConfig({ task: { dataset: 'none' }, space: 'none', targets: ['cpu'], cacheDir: 'store', ...changes }, 'test');

const log: string[] = [];
const pipeline = (plugins: readonly Plugin[] = [], changes: object = {}): Pipeline =>
  createPipeline(config(changes), { plugins: [parts(log), ...plugins], folder });
const work = async (made: Pipeline): Promise<string[]> => {
  log.length = 0;
  await made.run();
  return [...log];
};
const failure = async (made: Pipeline): Promise<string> =>
  made.run().then(
    () => 'no error',
    (error: DiagnosticError) => error.diagnostics.map(({ code, message, plugin }) => `${code} ${plugin}: ${message}`).join('\n'),
  );

test('a second run does nothing again; a third does only what the change reaches', async () => {
  expect(await work(pipeline())).toEqual(['makeWeights', 'pick cpu']);
  expect(await work(pipeline())).toEqual([]);
  expect(await work(pipeline([], { constraints: { latencyMs: 2 } }))).toEqual(['pick cpu']);
  expect(await work(pipeline([], { seed: 5 }))).toEqual(['makeWeights', 'pick cpu']);
  expect(await work(pipeline([], { threads: 3, outDir: 'elsewhere' }))).toEqual([]);
});

test('the result holds the artifacts, under each network by name, and what was stored is what was made', async () => {
  const made = pipeline([], { seed: 7 });
  const first = await made.run();
  const second = await made.run();
  expect(first.architecture).toEqual(second.architecture);
  expect(second.networks['cpu']!.architecture.choices).toEqual([7]);
  expect(second.supernet.weights.get('w')!.data).toEqual(Float32Array.of(7));
  expect(second.timings.map(({ part, cached }) => [part, cached])).toEqual([
    ['expand', true],
    ['select', true],
  ]);
});

test('each target under each set of limits is a network; what does not depend on the limits is made once', async () => {
  const constraints = [{ latencyMs: 1 }, { name: 'small', macs: 5 }];
  const made = pipeline([], { seed: 8, targets: ['cpu', { name: 'cpu', as: 'fast', speed: 2 }], constraints });
  expect(await work(made)).toEqual(['makeWeights', 'pick cpu', 'pick cpu', 'pick cpu', 'pick cpu']);
  const { networks, hashes } = await made.run();
  expect(Object.entries(networks).map(([name, { target: of, limits }]) => [name, of, limits])).toEqual([
    ['cpu-1ms', 'cpu', { latencyMs: 1 }],
    ['cpu-small', 'cpu', { name: 'small', macs: 5 }],
    ['fast-1ms', 'fast', { latencyMs: 1 }],
    ['fast-small', 'fast', { name: 'small', macs: 5 }],
  ]);
  expect(Object.keys(hashes)).toContain('fast-small/architecture');
  // Another name is not another network.
  expect(await work(pipeline([], { seed: 8, constraints: [{ name: 'tight', latencyMs: 1 }] }))).toEqual([]);
});

test('a pass of a part that serves several networks has no limits', async () => {
  const nosy = definePass({ name: 'nosy', run: (value: unknown, context) => [value, context.limits] });
  const plugin = definePlugin({ name: 'nosy', apiVersion: 1, setup: (api) => api.addPass(nosy, { after: 'makeWeights' }) });
  expect(await failure(pipeline([plugin], { seed: 9 }))).toBe(
    'PASS_HAS_NO_LIMITS nosy: Pass "nosy" asked for the limits of a network in a stage that serves several networks.',
  );
});

test('registering an unrelated target is a hit', async () => {
  await work(pipeline());
  const other = definePlugin({ name: 'other', apiVersion: 1, setup: (api) => api.addTarget(target('dsp')) });
  expect(await work(pipeline([other]))).toEqual([]);
});

test("another target option is a miss for that target's parts only", async () => {
  await work(pipeline());
  expect(await work(pipeline([], { targets: [{ name: 'cpu', speed: 2 }] }))).toEqual(['pick cpu']);
});

const tapping = (tap: (value: Artifacts['supernet']) => Artifacts['supernet']): Plugin =>
  definePlugin({ name: 'tapping', apiVersion: 1, setup: (api) => api.hooks.modifyArtifact.for('supernet').tap('tapping', tap as never) });

test("editing a tap's source is a miss, and what it returns is what later stages see", async () => {
  const setup = tapping((supernet) => supernet);
  expect(await work(pipeline([setup]))).toEqual(['makeWeights', 'pick cpu']);
  expect(await work(pipeline([setup]))).toEqual([]);
  const edited = tapping((supernet) => ({ ...supernet, weights: new Map([['w', { shape: [1], data: Float32Array.of(42) }]]) }));
  expect(await work(pipeline([edited]))).toEqual(['makeWeights', 'pick cpu']);
  expect((await pipeline([edited]).run()).architecture.choices).toEqual([42]);
});

test('a tap that throws, one that returns nothing, and wrong plugins each give one diagnostic that names the plugin', async () => {
  const throwing = definePlugin({
    name: 'throwing',
    apiVersion: 1,
    setup: (api) =>
      api.hooks.beforePass.for('pick').tap('throwing', () => {
        throw new Error('no disk');
      }),
  });
  expect(await failure(pipeline([throwing]))).toEqual(
    expect.stringMatching(
      /^HOOK_TAP_FAILED throwing: A tap of plugin "throwing" on hook "beforePass.pick" failed: no disk \(.*:\d+\)$/,
    ) as string,
  );
  expect(await failure(pipeline([tapping(() => undefined as never)]))).toBe(
    'HOOK_RETURNED_NOTHING tapping: A tap of plugin "tapping" on hook "modifyArtifact.supernet" returned nothing.',
  );
  expect(await failure(pipeline([{ name: 'old', apiVersion: 0 as never, setup() {} }]))).toBe(
    'PLUGIN_API_VERSION old: Plugin "old" was made for plugin API 0; this is API 1.',
  );
  const twice = definePlugin({ name: 'twice', apiVersion: 1, setup: (api) => api.addTarget(target('cpu')) });
  expect(await failure(pipeline([twice]))).toBe(
    'PLUGIN_DUPLICATE_NAME twice: The target "cpu" of plugin "twice" is already registered by plugin "parts".',
  );
});

test('a pass that a plugin places between runs there', async () => {
  const between = definePlugin({
    name: 'between',
    apiVersion: 1,
    setup: (api) =>
      api.addPass(
        { name: 'double', run: (value: Artifacts['architecture']) => ({ ...value, choices: value.choices.map((choice) => choice * 2) }) },
        { after: 'pick' },
      ),
  });
  expect((await pipeline([between], { seed: 4 }).run()).architecture.choices).toEqual([8]);
});

test('what fails in a pass from elsewhere, or in a modify tap, says where and whose it is', async () => {
  const refuse = () => {
    throw new DiagnosticError([errorDiagnostic('TOO_SMALL', 'Too small.')]);
  };
  const foreign = definePlugin({
    name: 'foreign',
    apiVersion: 1,
    setup: (api) => api.addPass({ name: 'refuse', run: refuse }, { after: 'pick' }),
  });
  const places = async (plugin: Plugin) =>
    pipeline([plugin])
      .run()
      .catch((error: DiagnosticError) => error.diagnostics.map(({ stage, pass, plugin: owner }) => [stage, pass, owner]));
  expect(await places(foreign)).toEqual([['derive', 'refuse', 'foreign']]);
  expect(await places(tapping(refuse))).toEqual([['expand', 'modify supernet', 'tapping']]);
});

test('a damaged artifact is made again, with a warning', async () => {
  const warnings: string[] = [];
  await pipeline().run();
  const place = join(folder, 'store', 'artifacts', 'supernet');
  const [hash] = await readdir(place);
  await writeFile(join(place, hash!, 'artifact.json'), '{}');
  const watched = createPipeline(config(), {
    plugins: [parts(log)],
    folder,
    listener: (name, event) => {
      if (name === 'diagnostic') warnings.push((event as { code: string }).code);
    },
  });
  expect(await work(watched)).toEqual(['makeWeights']);
  expect(warnings).toEqual(['ARTIFACT_DAMAGED']);
});

const shape = { height: 1, width: 1, channels: 1 };
const split = inMemorySplit(shape, Uint8Array.of(0, 255), Uint16Array.of(0, 1));
const dataset: Dataset = {
  ...shape,
  name: 'none',
  classes: ['dark', 'bright'],
  train: split,
  test: split,
  manifestHash: 'two',
  source: 'test',
  defaultAugmentation: {},
};

test('loading the data set shows: as progress of "dataset", in the stage that asked for it first, once', async () => {
  const shown: string[] = [];
  const reading = definePlugin({
    name: 'reading',
    apiVersion: 1,
    setup(api) {
      api.addDataset({
        name: 'none',
        description: 'For this test.',
        optionsSchema: { type: 'object' },
        async load(_options, { progress }) {
          progress(1, 4, 'images', 'decoding');
          progress(4, 4, 'images');
          return dataset;
        },
      });
      for (const pass of ['makeWeights', 'pick'])
        api.hooks.beforePass.for(pass).tapPromise('reading', async (_value, context) => void (await context.dataset()));
    },
  });
  const listener = (name: string, event: unknown) => {
    if (name !== 'progress') return;
    const { stage, pass, done, total, unit, message } = event as ProgressEvent;
    shown.push(`${stage} ${pass}: ${done} of ${total} ${unit}, ${message}`);
  };
  await createPipeline(config(), { plugins: [parts(log), reading], folder, listener }).run();
  expect(shown).toEqual(['expand dataset: 1 of 4 images, decoding', 'expand dataset: 4 of 4 images, undefined']);
});

test('--to stops early, --from runs anew from there, and needs what comes before', async () => {
  expect(await failure({ ...pipeline(), run: () => pipeline().run({ from: 'derive' }) as never })).toBe(
    'ARTIFACT_MISSING undefined: The stored supernet that this run would start from is not there.',
  );
  const early = await pipeline().run({ to: 'train' });
  expect(early.architecture).toBeUndefined();
  log.length = 0;
  await pipeline().run({ from: 'derive' });
  expect(log).toEqual(['pick cpu']);
});

/** On demand: a part of each network, and one that follows from it; a last one that always runs follows from the first where `consumed`. */
const onDemand = (consumed = false): Plugin =>
  definePlugin({
    name: 'on-demand',
    apiVersion: 1,
    setup(api) {
      const step = <T>(name: string, value: T) => [{ name, run: () => (log.push(name), value) }] as const;
      const rest = { stage: 'derive', per: 'network', dependsOn: [], reads: () => null } as const;
      const front = { limitMs: undefined, limitsMs: [1], confidence: undefined, points: [], scored: [] };
      api.addPart(
        definePart({ ...rest, name: 'front', consumes: ['architecture'], produces: 'front', onDemand: true, passes: step('front', front) }),
      );
      api.addPart(
        definePart({
          ...rest,
          name: 'latencies',
          consumes: ['front'],
          produces: 'frontLatencies',
          onDemand: true,
          passes: step('latencies', { measuredMs: undefined }),
        }),
      );
      if (!consumed) return;
      api.addPart(
        definePart({ ...rest, name: 'teacher', consumes: ['front'], produces: 'teacher', passes: step('last', { network: undefined }) }),
      );
    },
  });

test('a part on demand runs where its artifact is asked for, and nowhere else', async () => {
  const made = pipeline([onDemand()]);
  expect(await work(made)).toEqual(['makeWeights', 'pick cpu']);
  const estimated = await made.estimate({ measureMs: 1, standIns: {} });
  expect(estimated.map(({ part }) => part)).toEqual(['expand', 'select']);
  expect((await made.passes()).map(({ part }) => part.name)).toEqual(['expand', 'select', 'front', 'latencies']);
  log.length = 0;
  const { networks, front } = await made.run({ make: 'front' });
  expect(log).toEqual(['front']);
  expect(front).toEqual({ limitsMs: [1], points: [], scored: [] });
  expect(networks['cpu']!.front).toBe(front);
  expect(networks['cpu']!.frontLatencies).toBeUndefined();
});

test('a part on demand runs where what is made from its artifact is asked for, or where a part that runs consumes it', async () => {
  log.length = 0;
  expect((await pipeline([onDemand()]).run({ make: 'frontLatencies' })).frontLatencies).toEqual({});
  expect(log).toEqual(['makeWeights', 'pick cpu', 'front', 'latencies']);
  expect(await work(pipeline([onDemand(true)]))).toEqual(['last']);
  await rm(join(folder, 'store'), { recursive: true });
  expect(await work(pipeline([onDemand(true)]))).toEqual(['makeWeights', 'pick cpu', 'front', 'last']);
});

test('an aborted run stops before the next pass', async () => {
  const controller = new AbortController();
  const aborting = definePlugin({
    name: 'aborting',
    apiVersion: 1,
    setup: (api) => api.hooks.afterPass.for('makeWeights').tap('aborting', () => controller.abort()),
  });
  log.length = 0;
  await expect(pipeline([aborting]).run({ signal: controller.signal })).rejects.toThrow('aborted');
  expect(log).toEqual(['makeWeights']);
});

test('a function in the config without a cacheKey is not cached, and says so; with one it is', async () => {
  const notes: string[] = [];
  const withFunction = (limit: unknown) =>
    createPipeline(
      { ...config(), constraints: { latencyMs: limit as number } },
      {
        plugins: [parts(log)],
        folder,
        listener: (name, event) => {
          if (name === 'diagnostic') notes.push(`${(event as { code: string }).code} ${(event as { at: string }).at}`);
        },
      },
    );
  await work(withFunction(() => 1));
  expect(await work(withFunction(() => 1))).toEqual(['pick cpu']);
  expect(notes).toEqual(['STAGE_NOT_CACHED /latencyMs', 'STAGE_NOT_CACHED /latencyMs']);
  const keyed = Object.assign(() => 1, { cacheKey: 'one' });
  expect(await work(withFunction(keyed))).toEqual(['pick cpu']);
  expect(await work(withFunction(keyed))).toEqual([]);
});
