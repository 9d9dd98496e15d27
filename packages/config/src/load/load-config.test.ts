import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DiagnosticError, formatDiagnostics } from '@nasc/diagnostics';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadConfig } from './load-config.ts';
import type { LoadOptions } from './load-config.ts';
import { parseJson } from './parse-json.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nasc-config-'));
});
afterEach(() => rm(folder, { recursive: true }));

const write = async (name: string, text: string): Promise<string> => {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  return path;
};
const load = (options: LoadOptions = {}) => loadConfig(undefined, { folder, ...options });
const messageOf = async (act: () => unknown): Promise<string> => {
  try {
    await act();
  } catch (error) {
    if (error instanceof DiagnosticError)
      return formatDiagnostics(error.diagnostics).replaceAll(`${folder}/`, '').replaceAll(folder, 'FOLDER');
    throw error;
  }
  return 'no error';
};

const data = `{ "task": { "dataset": "mnist" }, "space": "mobile-small", "targets": ["cpu"], "seed": 3 }`;
const typescript = `
import { seed } from './seed.ts';
interface Shape { task: { dataset: string }; space: string; targets: string[]; seed: number }
export default { task: { dataset: 'mnist' }, space: 'mobile-small', targets: ['cpu'], seed } satisfies Shape;
`;

describe('formats', () => {
  test('JSON, TypeScript and JavaScript give the same config', async () => {
    await write('seed.ts', 'export const seed: number = 3;');
    await write('nasc.config.json', data);
    const json = await load();
    for (const [name, text] of [
      ['nasc.config.ts', typescript],
      ['nasc.config.mts', typescript],
      ['nasc.config.js', `export default ${data}`],
      ['nasc.config.mjs', `export default ${data}`],
    ] as const) {
      const file = await write(name, text);
      const { config, folder: place } = await loadConfig(file);
      expect({ config, place }).toEqual({ config: json.config, place: json.folder });
    }
  });

  test('the same mistake reads the same', async () => {
    const wrong = data.replace('"seed"', '"sed"');
    const inJson = await write('nasc.config.json', wrong);
    const inTypeScript = await write('nasc.config.ts', `export default ${wrong}`);
    const expected = `error CONFIG_UNKNOWN_KEY: Unknown key "sed".
  at nasc.config.json#/sed
  hint: Did you mean "seed"?`;
    expect(await messageOf(() => loadConfig(inJson))).toBe(expected);
    expect(await messageOf(() => loadConfig(inTypeScript))).toBe(expected.replace('.json', '.ts'));
  });

  test('an import that an alias names', async () => {
    const own = await write('own/index.ts', 'export const defineConfig = <T>(config: T): T => config;');
    await write('nasc.config.ts', `import { defineConfig } from 'nasc-alias-test';\nexport default defineConfig(${data});`);
    expect((await load({ alias: { 'nasc-alias-test': own } })).config.seed).toBe(3);
  });

  test('an edited file is read anew', async () => {
    await write('nasc.config.ts', `export default ${data}`);
    await load();
    await write('nasc.config.ts', `export default ${data.replace('3', '4')}`);
    expect((await load()).config.seed).toBe(4);
  });
});

describe('which file', () => {
  test('none, several, a missing one, another kind', async () => {
    expect(await messageOf(load)).toBe(
      `error CONFIG_NOT_FOUND: There is no config in ".".
  hint: Write one with \`nasc init\`, or give its path. It is looked for as nasc.config.ts, nasc.config.mts, nasc.config.js, nasc.config.mjs, nasc.config.json.`,
    );
    await write('nasc.config.json', data);
    await write('nasc.config.ts', typescript);
    expect(await messageOf(load)).toBe(
      `error CONFIG_AMBIGUOUS: There are several configs in ".": nasc.config.ts, nasc.config.json.
  hint: Give the path of the one that you mean, or remove the others.`,
    );
    expect(await messageOf(() => loadConfig('other.json', { folder }))).toBe(
      `error CONFIG_NOT_FOUND: There is no file "other.json".
  hint: Correct the path, or write a config with \`nasc init\`.`,
    );
    const yaml = await write('nasc.yaml', '');
    expect(await messageOf(() => loadConfig(yaml))).toBe(
      `error CONFIG_UNKNOWN_FORMAT: "nasc.yaml" is not a config: its name ends otherwise.
  hint: A config ends in .ts, .mts, .js, .mjs, .json.`,
    );
  });

  test('a folder stands for the config in it', async () => {
    await write('inner/nasc.config.json', data);
    expect((await loadConfig('inner', { folder })).folder).toBe(join(folder, 'inner'));
  });
});

describe('code that fails', () => {
  test('throws, imports what is not there, exports nothing', async () => {
    await write('nasc.config.ts', 'throw new Error("no licence");');
    expect(await messageOf(load)).toBe(
      `error CONFIG_LOAD_FAILED: The config cannot be loaded: no licence (nasc.config.ts:1)
  at nasc.config.ts`,
    );
    await write('nasc.config.ts', `import plugin from '@acme/nasc-target-dsp';\nexport default { plugins: [plugin] };`);
    expect(await messageOf(load)).toMatch(
      /^error CONFIG_LOAD_FAILED: The config cannot be loaded: Cannot find (module|package) '@acme\/nasc-target-dsp'.*\n {2}at nasc\.config\.ts\n {2}hint: Install it beside the config: npm install @acme\/nasc-target-dsp$/,
    );
    await write('nasc.config.ts', 'export const config = {};');
    expect(await messageOf(load)).toBe(
      `error CONFIG_NO_EXPORT: The config has no default export.
  at nasc.config.ts
  hint: Write \`export default defineConfig({ ... })\`.`,
    );
  });
});

describe('JSON syntax', () => {
  test.each([
    ['{\n  "a": 1,\n}', 'f.json:2:9', 'There is a comma after the last entry.', 'Remove the comma.'],
    ['[1, 2 3]', 'f.json:1:7', 'A comma or ] is expected here, and there is 3.', undefined],
    ['{ "a" 1 }', 'f.json:1:7', 'A colon is expected here, and there is 1.', undefined],
    ['{ a: 1 }', 'f.json:1:3', 'A key in double quotes is expected here, and there is a.', undefined],
    ['{ "a": tru }', 'f.json:1:8', 'A value is expected here, and there is tru.', undefined],
    ['{\n  // limit\n  "a": 1 }', 'f.json:2:3', 'JSON has no comments.', 'Remove the comment, or write the config as nasc.config.ts.'],
    ["{ 'a': 1 }", 'f.json:1:3', 'Texts in JSON stand in double quotes, and there is a single one.', undefined],
    ['{ "a": "b\n" }', 'f.json:1:8', 'This text does not end on its line, or holds a backslash that means nothing.', undefined],
    ['{ "a": [1, 2', 'f.json:1:13', 'A comma or ] is expected here, and the file ends.', undefined],
    ['', 'f.json:1:1', 'A value is expected here, and the file ends.', undefined],
    ['{} {}', 'f.json:1:4', 'The end of the file is expected here, and there is {.', undefined],
  ])('%j', async (text, at, problem, hint) => {
    expect(await messageOf(() => parseJson(text, 'f.json'))).toBe(
      [`error CONFIG_SYNTAX: ${problem}`, `  at ${at}`, ...(hint ? [`  hint: ${hint}`] : [])].join('\n'),
    );
  });
});

describe('--set', () => {
  const set = async (...overrides: string[]) => {
    await write('nasc.config.json', data);
    return load({ overrides });
  };

  test('JSON or plain text, nested, in lists; the last one wins', async () => {
    const { config } = await set('space=other', 'train.epochs=3', 'targets.0=dsp', 'task.augmentation={"flip":true}', 'seed=1', 'seed=2');
    expect(config).toMatchObject({
      space: 'other',
      train: { epochs: 3, batchSize: 64 },
      targets: ['dsp'],
      task: { augmentation: { flip: true } },
      seed: 2,
    });
  });

  test('one part of a default keeps the others; a name becomes an object to hold options', async () => {
    const { config } = await set('train.optimizer.momentum=0.5', 'derive.strategy.steps=20', 'targets.0.threads=1');
    expect(config.train.optimizer).toMatchObject({ learningRate: 0.35, momentum: 0.5 });
    expect(config.derive.strategy).toEqual({ name: 'proxyless-gradient', steps: 20 });
    expect(config.targets).toEqual([{ name: 'cpu', threads: 1 }]);
  });

  test("an engine for one part leaves the other's; one name is for both", async () => {
    expect((await set('engine.train=native')).config.engine).toEqual({ train: 'native', derive: 'auto' });
    expect((await set('engine=tfjs', 'engine.derive=native')).config.engine).toEqual({ train: 'tfjs', derive: 'native' });
    expect((await set('engine=tfjs')).config.engine).toBe('tfjs');
    expect(await messageOf(() => set('engine={"train":"native"}', 'engine.serch=native'))).toBe(
      `error CONFIG_MISSING_KEY: "engine.derive" is missing.
  at --set engine={"train":"native"}
  hint: Engine of search, scoring and retraining.
error CONFIG_UNKNOWN_KEY: Unknown key "serch" in "engine".
  at --set engine.serch=native
  hint: Known keys: train, derive.`,
    );
  });

  test('what it sets is checked, and named as its place', async () => {
    expect(await messageOf(() => set('train.epoch=3', 'seed=x', 'space'))).toBe(
      `error CONFIG_OVERRIDE_MALFORMED: "space" sets nothing.
  at --set space
  hint: Write --set key.path=value, for example --set train.epochs=3.`,
    );
    expect(await messageOf(() => set('train.epoch=3', 'seed=x'))).toBe(
      `error CONFIG_WRONG_VALUE: "seed" has to be a whole number of at least 0 and at most 4294967295, and is "x".
  at --set seed=x
error CONFIG_UNKNOWN_KEY: Unknown key "epoch" in "train".
  at --set train.epoch=3
  hint: Did you mean "epochs"?`,
    );
    expect(await messageOf(() => set('seed.high=3'))).toBe(
      `error CONFIG_OVERRIDE_BLOCKED: "seed" is 3: it has no keys to set.
  at --set seed.high=3
  hint: Set "seed" itself.`,
    );
  });
});
