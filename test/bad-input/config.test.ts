import { mkdir, symlink } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { config, inFolder, refused } from './bad-input.ts';

const { at, write, nasc } = inFolder();

/** What `nasc run` says of `config` with some keys replaced. */
const runWith = async (changes: object, line = 'run'): Promise<unknown> => {
  await write('nasc.config.json', { ...config, ...changes });
  return nasc(line);
};

describe('what the schema says', () => {
  test.each<[string, unknown, string]>([
    [
      'nothing in it',
      {},
      `error CONFIG_MISSING_KEY: "task" is missing.
  at nasc.config.json
  hint: What the network is for.
error CONFIG_MISSING_KEY: "space" is missing.
  at nasc.config.json
  hint: A named space, the path of a JSON file (a space, or a network as net.config), or the space itself.
error CONFIG_MISSING_KEY: "targets" is missing.
  at nasc.config.json
  hint: Names of target plugins, or { name, ...options }.`,
    ],
    [
      'no object',
      [config],
      'error CONFIG_WRONG_VALUE: The value has to be an object with "task", "space", "targets", and is a list of 1.\n  at nasc.config.json',
    ],
    [
      'wrong types',
      { task: 3, space: null, targets: 'cpu', constraints: [] },
      `error CONFIG_WRONG_VALUE: "task" has to be an object with "dataset", and is 3.
  at nasc.config.json#/task
error CONFIG_WRONG_VALUE: "space" has to be a text that is not empty or an object, and is null.
  at nasc.config.json#/space
error CONFIG_WRONG_VALUE: "targets" has to be a list of at least 1, and is "cpu".
  at nasc.config.json#/targets
error CONFIG_WRONG_VALUE: "constraints" has to be an object, and is an empty list.
  at nasc.config.json#/constraints`,
    ],
    [
      'numbers out of range',
      { ...config, seed: -1, threads: 0, train: { epochs: -1, batchSize: 1, optimizer: { learningRate: 0, momentum: 1 } } },
      `error CONFIG_WRONG_VALUE: "threads" has to be a whole number of at least 1 and at most 1024, and is 0.
  at nasc.config.json#/threads
error CONFIG_WRONG_VALUE: "seed" has to be a whole number of at least 0 and at most 4294967295, and is -1.
  at nasc.config.json#/seed
error CONFIG_WRONG_VALUE: "train.epochs" has to be a number of at least 0, and is -1.
  at nasc.config.json#/train/epochs
error CONFIG_WRONG_VALUE: "train.batchSize" has to be a whole number of at least 2, and is 1.
  at nasc.config.json#/train/batchSize
error CONFIG_WRONG_VALUE: "train.optimizer.learningRate" has to be a number above 0, and is 0.
  at nasc.config.json#/train/optimizer/learningRate
error CONFIG_WRONG_VALUE: "train.optimizer.momentum" has to be a number of at least 0 and below 1, and is 1.
  at nasc.config.json#/train/optimizer/momentum`,
    ],
    [
      'keys that mean something to the language',
      JSON.stringify(config).replace('{', '{"__proto__":{"polluted":1},"constructor":1,'),
      `error CONFIG_UNKNOWN_KEY: Unknown key "__proto__".
  at nasc.config.json#/__proto__
  hint: Known keys: extends, task, space, targets, constraints, plugins, engine, threads, dataWorkers, dataCache, seed, outDir, cacheDir, train, annotate, derive, export.
error CONFIG_UNKNOWN_KEY: Unknown key "constructor".
  at nasc.config.json#/constructor
  hint: Known keys: extends, task, space, targets, constraints, plugins, engine, threads, dataWorkers, dataCache, seed, outDir, cacheDir, train, annotate, derive, export.`,
    ],
    [
      'a name without the name',
      { ...config, task: { dataset: { resolution: 3 } }, targets: [{}] },
      `error CONFIG_MISSING_KEY: "task.dataset.name" is missing.
  at nasc.config.json#/task/dataset
  hint: The name under which a plugin registers it.
error CONFIG_MISSING_KEY: "targets[0].name" is missing.
  at nasc.config.json#/targets/0
  hint: The name under which a plugin registers it.`,
    ],
  ])('%s', async (_, value, text) => {
    await write('nasc.config.json', value);
    expect(await nasc('run')).toEqual(refused(text));
    expect(Object.prototype).not.toHaveProperty('polluted');
  });
});

test('weights that are not there, or not weights: before anything is trained', async () => {
  const from = (file: string) => runWith({ derive: { retrain: { from: file } } });
  expect(await from('none.safetensors')).toEqual(
    refused(`error DERIVE_WEIGHTS_NOT_READ: The weights "none.safetensors" cannot be read: it does not exist.
  at nasc.config.json#/derive/retrain/from
  hint: A path starts from the folder of the config.`),
  );
  expect(await from('checkpoint.pth')).toEqual(
    refused(`error CONFIG_WRONG_VALUE: "derive.retrain.from" has to be "scratch" or "shared" or a text that matches \\.safetensors$, and is "checkpoint.pth".
  at nasc.config.json#/derive/retrain/from
  hint: "scratch", "shared", or the path of a file that ends in .safetensors.`),
  );
});

test('contradictions, all at once', async () => {
  expect(
    await runWith({
      task: { dataset: 'mnist', searchImages: 4000, archValidationImages: 3000, scoringImages: 1000 },
      targets: ['cpu', { name: 'cpu' }],
      constraints: { latencyMs: 1, latencyShare: 0.5 },
    }),
  ).toEqual(
    refused(`error CONFIG_CONTRADICTION: "constraints.latencyMs" and "constraints.latencyShare" are both given.
  at nasc.config.json#/constraints
  hint: Keep one: milliseconds for one device, a share for a limit that means the same on every machine.
error CONFIG_CONTRADICTION: Nothing is left to train on: of 4000 search images, 3000 are held out for the gates and 1000 for ranking.
  at nasc.config.json#/task
  hint: Raise "task.searchImages", or lower "task.archValidationImages" or "task.scoringImages".
error CONFIG_CONTRADICTION: The target "cpu" is given twice.
  at nasc.config.json#/targets/1
  hint: Give one of them another name for the results: { "name": ..., "as": ... }.`),
  );
});

test('names that no plugin registers, and options that are none: all at once, and nothing has run', async () => {
  expect(
    await runWith({
      task: { dataset: { name: 'mnist', resolutoin: 3 } },
      space: 'mobile',
      targets: ['cpx', { name: 'cpu', vectorWidth: 'avx3' }],
      engine: 'nativ',
      annotate: { predictor: 'tabel' },
      derive: { strategy: { name: 'proxyless-gradient', steps: -1 } },
    }),
  ).toEqual(
    refused(`error CONFIG_UNKNOWN_KEY: Unknown key "resolutoin".
  at nasc.config.json#/task/dataset/resolutoin
  hint: Did you mean "resolution"?
error UNKNOWN_NAME: There is no search space "mobile".
  at nasc.config.json#/space
  hint: Known: mobile-small, mobile-se, proxyless-imagenet, proxyless-gpu, proxyless-cpu, proxyless-mobile, proxyless-mobile14, pyramid-cifar10, proxyless-cifar10.
error UNKNOWN_NAME: There is no target "cpx".
  at nasc.config.json#/targets/0
  hint: Did you mean "cpu"?
error CONFIG_WRONG_VALUE: "vectorWidth" has to be "auto", "avx512", "avx2", "neon" or "portable", and is "avx3".
  at nasc.config.json#/targets/1/vectorWidth
  hint: Did you mean "avx2"?
error UNKNOWN_NAME: There is no training engine "nativ".
  at nasc.config.json#/engine
  hint: Did you mean "native"?
error UNKNOWN_NAME: There is no latency predictor "tabel".
  at nasc.config.json#/annotate/predictor
  hint: Did you mean "table"?
error CONFIG_WRONG_VALUE: "steps" has to be a whole number of at least 1, and is -1.
  at nasc.config.json#/derive/strategy/steps`),
  );
});

describe('what the data set says', () => {
  test('hold-outs larger than it', async () => {
    const { code, text } = (await runWith(
      { task: { dataset: 'mnist', archValidationImages: 50_000, scoringImages: 20_000 } },
      'run --to train',
    )) as { code: number; text: string };
    expect(code).toBe(1);
    expect(text).toContain(
      `error TASK_NOT_ENOUGH_IMAGES: Of 60000 images, 50000 are held out for the gates and 20000 for scoring: none is left to train on.
  at nasc.config.json#/task, stage train, pass warm-up
  hint: Raise searchImages, or lower archValidationImages and scoringImages, which come out of them.
`,
    );
  });

  test('more search images than there are', async () => {
    const { code, text } = (await runWith({ task: { dataset: 'mnist', searchImages: 70_000 } }, 'run --to train')) as {
      code: number;
      text: string;
    };
    expect(code).toBe(1);
    expect(text).toContain(
      `error TASK_TOO_FEW_IMAGES: "task.searchImages" is 70000, and the data set has 60000 training images.
  at nasc.config.json#/task/searchImages, stage train, pass warm-up
  hint: Lower it, or leave it away to search with all of them.
`,
    );
  });
});

describe('files', () => {
  test('a path that leads nowhere, a folder without a config, another kind of file, a link to itself', async () => {
    expect(await nasc('run none.json')).toEqual(
      refused('error CONFIG_NOT_FOUND: There is no file "none.json".\n  hint: Correct the path, or write a config with `nasc init`.'),
    );
    await mkdir(at('folder.json'));
    expect(await nasc('run folder.json')).toEqual(
      refused(`error CONFIG_NOT_FOUND: There is no config in "folder.json".
  hint: Write one with \`nasc init\`, or give its path. It is looked for as nasc.config.ts, nasc.config.mts, nasc.config.js, nasc.config.mjs, nasc.config.json.`),
    );
    await write('config.yaml', '');
    expect(await nasc('run config.yaml')).toEqual(
      refused(
        'error CONFIG_UNKNOWN_FORMAT: "config.yaml" is not a config: its name ends otherwise.\n  hint: A config ends in .ts, .mts, .js, .mjs, .json.',
      ),
    );
    await symlink('loop.json', at('loop.json'));
    expect(await nasc('run loop.json')).toEqual(
      refused(
        'error CONFIG_UNREADABLE: The config "loop.json" cannot be read: it is a link that leads to itself.\n  hint: Correct the path, or the rights of the file.',
      ),
    );
  });

  test('broken JSON: line and column; a byte order mark is passed over', async () => {
    await write('nasc.config.json', '{\n  "task": { "dataset": "mnist" },\n}\n');
    expect(await nasc('run')).toEqual(
      refused('error CONFIG_SYNTAX: There is a comma after the last entry.\n  at nasc.config.json:2:33\n  hint: Remove the comma.'),
    );
    await write('nasc.config.json', '\uFEFF{ "task": }');
    expect(await nasc('run')).toEqual(
      refused('error CONFIG_SYNTAX: A value is expected here, and there is }.\n  at nasc.config.json:1:11'),
    );
  });

  test('a config in code that throws, returns the wrong thing or cannot be parsed', async () => {
    await write('throws.ts', 'const limit: number = 3;\nthrow new Error(`no licence for ${limit}`);\n');
    expect(await nasc('run throws.ts')).toEqual(
      refused('error CONFIG_LOAD_FAILED: The config cannot be loaded: no licence for 3 (throws.ts:2)\n  at throws.ts'),
    );
    await write('throws-text.js', 'throw "no";');
    expect(await nasc('run throws-text.js')).toEqual(
      refused('error CONFIG_LOAD_FAILED: The config cannot be loaded: no\n  at throws-text.js'),
    );
    await write('null.js', 'export default null;');
    const nothing = 'error CONFIG_NO_EXPORT: The config has no default export.';
    const hint = 'Write `export default defineConfig({ ... })`.';
    expect(await nasc('run null.js')).toEqual(refused(`${nothing}\n  at null.js\n  hint: ${hint}`));
    await write('named.ts', 'export const config = {};');
    expect(await nasc('run named.ts')).toEqual(refused(`${nothing}\n  at named.ts\n  hint: ${hint}`));
    await write('function.ts', 'export default () => ({});');
    expect(await nasc('run function.ts')).toEqual(
      refused(
        'error CONFIG_WRONG_VALUE: The value has to be an object with "task", "space", "targets", and is a function.\n  at function.ts',
      ),
    );
    await write('syntax.ts', 'export default {\n  task: ;\n};');
    expect(await nasc('run syntax.ts')).toEqual(
      refused('error CONFIG_LOAD_FAILED: The config cannot be loaded: ParseError: Unexpected token (syntax.ts:2)\n  at syntax.ts'),
    );
    await write('import.ts', "import other from './other.ts';\nexport default other;");
    expect(await nasc('run import.ts')).toEqual(
      refused("error CONFIG_LOAD_FAILED: The config cannot be loaded: Cannot find module './other.ts' (import.ts:1)\n  at import.ts"),
    );
  });

  test('a space file that is not there, is a folder, or is no space', async () => {
    const where = 'at nasc.config.json#/space, stage expand, pass resolveSpace\n  hint: A path starts from the folder of the config.';
    expect(await runWith({ space: './space.json' })).toEqual(
      refused(`error SPACE_FILE_NOT_READ: The space file "./space.json" cannot be read: it does not exist.\n  ${where}`),
    );
    await mkdir(at('spaces'));
    expect(await runWith({ space: './spaces' })).toEqual(
      refused(`error SPACE_FILE_NOT_READ: The space file "./spaces" cannot be read: it is a folder.\n  ${where}`),
    );
    await write('space.json', '{ "name": "x", "stem": [,] }');
    expect(await runWith({ space: './space.json' })).toEqual(
      refused('error CONFIG_SYNTAX: A value is expected here, and there is ,.\n  at ./space.json:1:25, stage expand, pass resolveSpace'),
    );
    await write('space.json', []);
    expect(await runWith({ space: './space.json' })).toEqual(
      refused(`error CONFIG_WRONG_VALUE: The value has to be an object with "name", "stem", "stages", "head", and is an empty list.
  at ./space.json, stage expand, pass resolveSpace`),
    );
  });
});
