import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { validateConfig } from '../index.ts';
import { messageOf } from '../validate/messages.test-helper.ts';

const folder = mkdtempSync(join(tmpdir(), 'nasc-bases-'));
afterAll(() => rmSync(folder, { recursive: true }));
const write = (name: string, value: object) => writeFileSync(join(folder, name), JSON.stringify(value));
mkdirSync(join(folder, 'shared'));

const read = (value: object) => validateConfig(value, 'nasc.config.json', folder);
const own = { task: { dataset: 'imagenet' }, targets: ['pixel1'] };

test('a preset gives what the config leaves out; what the config says counts', () => {
  const config = read({
    ...own,
    extends: 'proxyless-imagenet',
    constraints: { latencyMs: 80 },
    train: { epochs: 2 },
    derive: { strategy: { name: 'proxyless-gradient', gates: 'two' } },
  });
  expect(config.space).toBe('proxyless-imagenet');
  expect(config.task).toMatchObject({ dataset: 'imagenet', archValidationImages: 50_000, scoringImages: 2000 });
  expect([config.train.epochs, config.train.batchSize, config.train.optimizer.learningRate]).toEqual([2, 256, 0.05]);
  expect(config.derive.strategy).toMatchObject({ gates: 'two', learningRate: 0.001, loss: 'mul#log', zero: 'latency-only' });
  expect(config.derive.retrain).toMatchObject({ epochs: 300, from: 'scratch', optimizer: { decayRoles: ['weight', 'bias'] } });
  expect(config).not.toHaveProperty('extends');
});

test("another strategy has nothing of the preset's", () => {
  const { derive } = read({ ...own, extends: 'proxyless-imagenet', derive: { strategy: { name: 'random', networks: 5 } } });
  expect(derive.strategy).toEqual({ name: 'random', networks: 5 });
});

test('files, each from its own folder, in order; lists are replaced', () => {
  write('shared/recipe.json', { train: { epochs: 9, optimizer: { learningRate: 0.3, decayRoles: ['weight', 'bias'] } }, seed: 4 });
  write('shared/base.json', { extends: './recipe.json', space: 'mobile-small', train: { epochs: 7 } });
  write('seed.json', { seed: 5, train: { optimizer: { learningRate: 0.3, decayRoles: ['scale'] } } });
  const config = read({ ...own, extends: ['shared/base.json', './seed.json'] });
  expect([config.space, config.seed, config.train.epochs]).toEqual(['mobile-small', 5, 7]);
  expect(config.train.optimizer.decayRoles).toEqual(['scale']);
});

test('what cannot be extended is said', () => {
  write('circle.json', { extends: './circle.json' });
  const text = (extended: unknown) => messageOf(() => read({ ...own, extends: extended }));
  expect(text('proxyless-imagnet')).toBe(`error CONFIG_UNKNOWN_PRESET: There is no preset "proxyless-imagnet".
  at nasc.config.json#/extends
  hint: Did you mean "proxyless-imagenet"?`);
  expect(text('none.json')).toBe(`error CONFIG_BASE_NOT_READ: The config "none.json" cannot be read: it does not exist.
  at nasc.config.json#/extends
  hint: A path starts from the folder of the config that names it.`);
  expect(text('circle.json')).toBe(`error CONFIG_EXTENDS_ITSELF: The config "./circle.json" extends itself.
  at nasc.config.json#/extends
  hint: Leave one "extends" of the circle out.`);
  expect(text(3)).toContain('"extends" has to be a text that is not empty or a list, and is 3.');
});
