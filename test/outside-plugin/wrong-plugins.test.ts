import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createPipeline, DiagnosticError, formatDiagnostics } from 'nasc';
import { cLowering, defineOp, definePlugin, float32 } from 'nasc/plugin';
import type { NetworkGraph, OpDefinition, Plugin, PluginApi, StrategyDefinition, Target, TargetDefinition } from 'nasc/plugin';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stripes } from '../../examples/plugin/src/stripes.ts';

// What a plugin can do wrong: each is one diagnostic that names the plugin, here with its whole text.
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nasc-wrong-plugins-'));
});
afterAll(() => rm(folder, { recursive: true }));

const space = (activation = 'relu') => ({
  name: 'smallest',
  stem: [{ name: 'stem', macro: 'convBnAct', kernel: 3, width: 4, stride: 2, activation }],
  candidates: [{ macro: 'mbConv', kernel: 3, expansion: 1 }],
  stages: [{ width: 4, blocks: 1 }],
  head: [{ name: 'head', macro: 'linearHead' }],
});

const config = (changes: object = {}) => ({
  task: { dataset: { name: 'stripes', resolution: 8, images: 80 }, archValidationImages: 20, scoringImages: 10 },
  space: space(),
  targets: ['cpu'],
  train: { epochs: 1, batchSize: 10 },
  ...changes,
});

const data = definePlugin({ name: 'data', apiVersion: 1, setup: (api) => api.addDataset(stripes) });

/** What the run up to a stage says of the plugins; places in this file are without their line. */
const messageOf = async (plugins: readonly unknown[], changes: object = {}, to: 'expand' | 'train' = 'expand'): Promise<string> => {
  try {
    await createPipeline({ ...config(changes), plugins: [data, ...plugins] } as never, { folder }).run({ to });
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return formatDiagnostics(error.diagnostics)
      .replaceAll(/\([^()]*wrong-plugins\.test\.ts:\d+\)/g, '(HERE)')
      .replaceAll(`${folder}/`, '');
  }
  return 'no error';
};

const mine = (setup: (api: PluginApi) => void | Promise<void>, name = 'mine'): Plugin => definePlugin({ name, apiVersion: 1, setup });
const broken = (): never => {
  throw new Error('no licence');
};

const half = (changes: Partial<OpDefinition> = {}): OpDefinition => ({
  name: 'half',
  doc: 'x / 2.',
  attributesSchema: { type: 'object', properties: { times: { type: 'integer' } }, additionalProperties: false },
  arity: 1,
  inferType: (_attributes, [input]) => input!,
  lower: {},
  examples: [{ name: 'vector', attributes: {}, inputs: [float32(3)] }],
  ...changes,
});

const dsp = (made: Partial<Target> = {}, changes: Partial<TargetDefinition> = {}): TargetDefinition => ({
  name: 'dsp',
  description: 'For this test.',
  optionsSchema: { type: 'object', properties: { cores: { type: 'integer', maximum: 4 } }, additionalProperties: false },
  create: (options) => ({
    name: 'dsp',
    options,
    capabilities: { dtypes: ['float32'] },
    device: async () => ({ id: 'dsp', description: 'dsp' }),
    supports: () => true,
    legalize: [],
    kernels: [],
    emit: async () => ({ files: new Map(), coverage: [] }),
    ...made,
  }),
  ...changes,
});

describe('what is no plugin', () => {
  test.each<[string, unknown, string]>([
    [
      'a plugin for another API',
      { name: 'old', apiVersion: 0, setup() {} },
      `error PLUGIN_API_VERSION: Plugin "old" was made for plugin API 0; this is API 1.
  plugin old
  hint: Install a version of the plugin that supports this version of nasc.`,
    ],
    [
      'a plugin that does not say for which API',
      { name: 'silent', setup() {} },
      `error PLUGIN_API_VERSION: Plugin "silent" does not say for which plugin API it was made; this is API 1.
  plugin silent
  hint: Write \`apiVersion: 1\` into it, or install a version of the plugin that does.`,
    ],
    [
      'something else',
      { name: 'plain', start() {} },
      `error PLUGIN_INVALID: Not a plugin: {"name":"plain"}.
  hint: A plugin is \`definePlugin({ name, apiVersion, setup(api) { ... } })\`.`,
    ],
  ])('%s', async (_title, plugin, message) => {
    expect(await messageOf([plugin])).toBe(message);
  });

  test('two plugins of one name', async () => {
    expect(await messageOf([mine(() => {}), mine(() => {})])).toBe(
      `error PLUGIN_DUPLICATE: There are two plugins "mine".
  plugin mine
  hint: Name it once in the config, or give one of the two another name.`,
    );
  });
});

describe('what cannot be loaded', () => {
  const load = async (files: Readonly<Record<string, string>>, entry: string): Promise<string> => {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
    }
    return messageOf([entry]);
  };

  test.each<[string, Readonly<Record<string, string>>, string, string]>([
    [
      'a package that is not installed',
      {},
      '@acme/nasc-target-dsp',
      `error PLUGIN_NOT_FOUND: There is no plugin "@acme/nasc-target-dsp".
  at config#/plugins/1, plugin @acme/nasc-target-dsp
  hint: Install it beside the config: npm install @acme/nasc-target-dsp`,
    ],
    [
      'a path that leads nowhere',
      {},
      './dps.ts',
      `error PLUGIN_NOT_FOUND: There is no plugin "./dps.ts".
  at config#/plugins/1, plugin ./dps.ts
  hint: Correct the path: it starts from the folder of the config.`,
    ],
    [
      'a module that throws',
      { 'throws.ts': `\nthrow new Error('no licence');` },
      './throws.ts',
      `error PLUGIN_LOAD_FAILED: Plugin "./throws.ts" cannot be loaded: no licence (throws.ts:2)
  at config#/plugins/1, plugin ./throws.ts`,
    ],
    [
      'a syntax error, in a file that it imports',
      { 'imports.ts': `import { x } from './syntax.ts';\nexport default x;`, 'syntax.ts': 'export const a = 1;\nexport const x = ;' },
      './imports.ts',
      `error PLUGIN_LOAD_FAILED: Plugin "./imports.ts" cannot be loaded: ParseError: Unexpected token (syntax.ts:2)
  at config#/plugins/1, plugin ./imports.ts`,
    ],
    [
      'a package that it needs',
      { 'needs.ts': `import { x } from 'no-such-package';\nexport default x;` },
      './needs.ts',
      `error PLUGIN_LOAD_FAILED: Plugin "./needs.ts" cannot be loaded: Cannot find module 'no-such-package' (needs.ts:1)
  at config#/plugins/1, plugin ./needs.ts
  hint: Install what it needs: npm install no-such-package`,
    ],
    [
      'a module without a plugin',
      { 'nothing.ts': 'export const helper: number = 3;' },
      './nothing.ts',
      `error PLUGIN_INVALID: "./nothing.ts" exports no plugin.
  at config#/plugins/1, plugin ./nothing.ts
  hint: Write \`export default definePlugin({ name, apiVersion, setup(api) { ... } })\`.`,
    ],
  ])('%s', async (_title, files, entry, message) => {
    expect(await load(files, entry)).toBe(message);
  });
});

describe('setting up', () => {
  test.each<[string, (api: PluginApi) => void | Promise<void>, string]>([
    ['throws', broken, 'error PLUGIN_SETUP_FAILED: Setting up plugin "mine" failed: no licence (HERE)\n  plugin mine'],
    [
      'rejects',
      async () => {
        await Promise.resolve();
        broken();
      },
      'error PLUGIN_SETUP_FAILED: Setting up plugin "mine" failed: no licence (HERE)\n  plugin mine',
    ],
    [
      'asks for what the API does not have',
      (api) => (api as unknown as { addOps(): void }).addOps(),
      'error PLUGIN_SETUP_FAILED: Setting up plugin "mine" failed: api.addOps is not a function (HERE)\n  plugin mine',
    ],
    [
      'registers a name that is taken',
      (api) => api.addTarget(dsp({}, { name: 'cpu' })),
      `error PLUGIN_DUPLICATE_NAME: The target "cpu" of plugin "mine" is already registered by plugin "target-cpu".
  plugin mine
  hint: Give it another name, or remove one of the two plugins.`,
    ],
    [
      'taps a pass that is not there',
      (api) => api.hooks.afterPass.for('foldBatchNrm').tap('mine', () => {}),
      `error HOOK_UNKNOWN_NAME: Plugin "mine" taps "afterPass" of the pass "foldBatchNrm", which does not exist.
  plugin mine
  hint: Did you mean "foldBatchNorm"?`,
    ],
    [
      'taps an artifact that is not there',
      (api) => api.hooks.modifyArtifact.for('searchSpce' as 'searchSpace').tap('mine', (space) => space),
      `error HOOK_UNKNOWN_NAME: Plugin "mine" taps "modifyArtifact" of the artifact "searchSpce", which does not exist.
  plugin mine
  hint: Did you mean "searchSpace"?`,
    ],
  ])('%s', async (_title, setup, message) => {
    expect(await messageOf([mine(setup)])).toBe(message);
  });
});

describe('definitions', () => {
  const malformed = (
    what: string,
    problem: string,
  ) => `error PLUGIN_REGISTRATION_INVALID: The ${what} of plugin "mine" is malformed: ${problem}.
  plugin mine
  hint: The types of \`nasc/plugin\` say what it needs; docs/plugins.md has an example of each kind.`;

  test.each<[string, (api: PluginApi) => void, string]>([
    [
      'an op without inferType',
      (api) => api.addOp(half({ inferType: undefined as never })),
      malformed('op "half"', '"inferType" (a function) is missing'),
    ],
    [
      'an op whose examples its schema refuses',
      (api) => api.addOp(half({ examples: [{ name: 'twice', attributes: { time: 2 }, inputs: [float32(3)] }] })),
      malformed('op "half"', 'example "twice": half has no attribute "time"'),
    ],
    [
      'an op whose examples its type inference refuses',
      (api) =>
        api.addOp(
          half({
            inferType: () => {
              throw new Error('no axis 3');
            },
          }),
        ),
      malformed('op "half"', 'its code fails on its own examples: no axis 3 (HERE)'),
    ],
    [
      'an op whose examples have too many inputs',
      (api) => api.addOp(half({ examples: [{ name: 'pair', attributes: {}, inputs: [float32(3), float32(3)] }] })),
      malformed('op "half"', 'example "pair" has 2 inputs, and the op takes 1'),
    ],
    [
      'an attributesSchema that is none',
      (api) => api.addOp(half({ attributesSchema: { type: 'objekt' } })),
      malformed('op "half"', '"attributesSchema" is no JSON Schema: /type must be equal to one of the allowed values'),
    ],
    [
      'an optionsSchema that is none',
      (api) => api.addTarget(dsp({}, { optionsSchema: { properties: 3 } })),
      malformed('target "dsp"', '"optionsSchema" is no JSON Schema: /properties must be object'),
    ],
    ['a name that is missing', (api) => api.addMacro({} as never), malformed('macro ""', '"name" (a text) is missing')],
    [
      'a pass without run',
      (api) => api.addPass({ name: 'idle' } as never, { after: 'expandBlocks' }),
      malformed('pass "idle"', '"run" (a function) is missing'),
    ],
  ])('%s', async (_title, setup, message) => {
    expect(await messageOf([mine(setup)])).toBe(message);
  });

  test.each<[string, TargetDefinition, string]>([
    [
      'a target without emit',
      dsp({ emit: undefined as never }),
      malformed('target "dsp"', 'of what `create` returned, "emit" (a function) is missing'),
    ],
    ['a target of another name', dsp({ name: 'dps' }), malformed('target "dsp"', '`create` returned a target with the name "dps"')],
    [
      'a target that comes to nothing',
      dsp({}, { create: () => undefined as never }),
      malformed('target "dsp"', '`create` returned nothing'),
    ],
  ])('%s', async (_title, definition, message) => {
    expect(await messageOf([mine((api) => api.addTarget(definition))], { targets: ['dsp'] })).toBe(message);
  });
});

describe('options', () => {
  const strategy: StrategyDefinition = {
    name: 'guess',
    description: 'For this test.',
    optionsSchema: { type: 'object', properties: { tries: { type: 'integer' } }, additionalProperties: false },
    requirements: { activePaths: 1, warmUp: false },
    search: broken,
  };
  const plugin = mine((api) => {
    api.addTarget(dsp());
    api.addStrategy(strategy);
  });

  test.each<[string, object, string]>([
    [
      'of a target',
      { targets: [{ name: 'dsp', cores: 8 }] },
      `error CONFIG_WRONG_VALUE: "cores" has to be a whole number of at most 4, and is 8.
  at config#/targets/0/cores, plugin mine`,
    ],
    [
      'of a data set',
      { task: { dataset: { name: 'stripes', image: 80 } } },
      `error CONFIG_UNKNOWN_KEY: Unknown key "image".
  at config#/task/dataset/image, plugin data
  hint: Did you mean "images"?`,
    ],
    [
      'of a strategy',
      { derive: { strategy: { name: 'guess', tries: 'many' } } },
      `error CONFIG_WRONG_VALUE: "tries" has to be a whole number, and is "many".
  at config#/derive/strategy/tries, plugin mine`,
    ],
  ])('%s', async (_title, changes, message) => {
    expect(await messageOf([plugin], changes)).toBe(message);
  });
});

describe('passes', () => {
  const pass = (name: string) => ({ name, run: (value: unknown) => value });

  test.each<[string, readonly Plugin[], string]>([
    [
      'next to an unknown one',
      [mine((api) => api.addPass(pass('round'), { after: 'foldBatchNrm' }))],
      `error PASS_ANCHOR_UNKNOWN: Pass "round" is placed next to "foldBatchNrm", which does not exist.
  plugin mine
  hint: Did you mean "foldBatchNorm"?`,
    ],
    [
      'without a place',
      [mine((api) => api.addPass(pass('round'), {}))],
      `error PASS_NOT_PLACED: Pass "round" has no place.
  plugin mine
  hint: Say before or after which pass it runs: \`addPass(pass, { after: NAME })\`. \`nasc inspect --passes\` lists them.`,
    ],
    [
      'in a circle',
      [
        mine((api) => api.addPass(pass('round'), { after: 'prune' })),
        mine((api) => api.addPass(pass('prune'), { after: ['foldBatchNorm', 'round'] }), 'other'),
      ],
      `error PASS_CIRCLE: These passes wait for each other: "round" of plugin "mine", "prune" of plugin "other".
  plugin mine
  hint: Remove one of the placements.`,
    ],
    [
      'with a name that is taken',
      [mine((api) => api.addPass(pass('removeDeadOps'), { after: 'foldBatchNorm' }))],
      `error PASS_DUPLICATE: The pass "removeDeadOps" of plugin "mine" has the name of a pass of plugin "stage-export".
  plugin mine
  hint: Give it another name, or use \`replacePass\` to take the place of the other.`,
    ],
    [
      'in place of an unknown one',
      [mine((api) => api.replacePass('foldBatchNrm', pass('fold')))],
      `error PASS_UNKNOWN: Plugin "mine" asks to replace the pass "foldBatchNrm", which does not exist.
  plugin mine
  hint: Did you mean "foldBatchNorm"?`,
    ],
    [
      'removed that are not there',
      [mine((api) => api.removePass('foldBatchNrm'))],
      `error PASS_UNKNOWN: Plugin "mine" asks to remove the pass "foldBatchNrm", which does not exist.
  plugin mine
  hint: Did you mean "foldBatchNorm"?`,
    ],
    [
      'replaced twice',
      [
        mine((api) => api.replacePass('foldBatchNorm', pass('fold'))),
        mine((api) => api.replacePass('foldBatchNorm', pass('fold2')), 'other'),
      ],
      `error PASS_EDITED_TWICE: Plugins "mine" and "other" both replace or remove the pass "foldBatchNorm".
  plugin other
  hint: Remove one of the two plugins, or place a pass before or after it instead.`,
    ],
    [
      'of different parts',
      [mine((api) => api.addPass(pass('round'), { after: 'expandBlocks', before: 'foldBatchNorm' }))],
      `error PASS_ANCHORS_APART: Pass "round" is placed next to passes of different parts: expand, fold.
  plugin mine
  hint: A pass belongs to one part of one stage.`,
    ],
  ])('%s', async (_title, plugins, message) => {
    expect(await messageOf(plugins)).toBe(message);
  });

  const after = (run: (value: never) => unknown) => mine((api) => api.addPass({ name: 'change', run }, { after: 'expandBlocks' }));

  test('that throw, return nothing, or break the graph', async () => {
    expect(await messageOf([after(broken)])).toBe(
      `error PASS_FAILED: Pass "change" of plugin "mine" failed: no licence (HERE)
  stage expand, pass change, plugin mine`,
    );
    expect(await messageOf([after(() => undefined)])).toBe(
      `error PASS_RETURNED_NOTHING: Pass "change" of plugin "mine" returned nothing.
  stage expand, pass change, plugin mine
  hint: A pass returns the new value, or the one that it was given.`,
    );
    const cutStem = ({ graph, ...rest }: { graph: NetworkGraph }) => ({ ...rest, graph: { ...graph, nodes: graph.nodes.slice(1) } });
    expect(await messageOf([after(cutStem)])).toBe(
      `error IR_INPUT_UNDEFINED: "stem.bn" reads "stem.conv", which does not exist.
  at stem.bn, stage expand, pass change, plugin mine`,
    );
  });
});

describe('taps', () => {
  test.each<[string, (api: PluginApi) => void, string]>([
    [
      'that throw',
      (api) => api.hooks.beforePass.for('expandBlocks').tap('mine', broken),
      `error HOOK_TAP_FAILED: A tap of plugin "mine" on hook "beforePass.expandBlocks" failed: no licence (HERE)
  stage expand, pass expandBlocks, plugin mine`,
    ],
    [
      'that reject, of a stage',
      (api) => api.hooks.beforeStage.tapPromise('mine', async () => broken()),
      `error HOOK_TAP_FAILED: A tap of plugin "mine" on hook "beforeStage" failed: no licence (HERE)
  plugin mine`,
    ],
    [
      'that return nothing',
      (api) => api.hooks.modifyArtifact.for('searchSpace').tap('mine', () => undefined as never),
      `error HOOK_RETURNED_NOTHING: A tap of plugin "mine" on hook "modifyArtifact.searchSpace" returned nothing.
  stage expand, pass modify searchSpace, plugin mine
  hint: A modify hook returns the new value, or the one that it was given.`,
    ],
  ])('%s', async (_title, setup, message) => {
    expect(await messageOf([mine(setup)])).toBe(message);
  });
});

describe('ops that lack a lowering', () => {
  const c = cLowering<object>({ source: '', inference: () => [] });

  test('for the file that every network is written to, before anything is trained', async () => {
    expect(await messageOf([mine((api) => api.addOp(half({ lower: { c } })))], { space: space('half') })).toBe(
      `error OP_NOT_EXPORTABLE: Op "half" has no ONNX lowering, and every network is exported.
  at stem.act, stage expand, pass checkLowerings
  hint: Add \`lower.onnx\` to the op: one ONNX node, or several that do the same.`,
    );
  });

  test('for the engine', async () => {
    const op = defineOp<object>({ ...half(), lower: { onnx: { emit: () => '' } } });
    expect(await messageOf([mine((api) => api.addOp(op))], { space: space('half'), engine: 'native' }, 'train')).toBe(
      `error ENGINE_OP_UNSUPPORTED: Op "half" cannot be trained by engine "native": it has no C kernels.
  at stem.act, stage train, pass warm-up
  hint: Give the op a \`c\` lowering, or use an engine that knows it.`,
    );
  });
});
