// What all arms share: Fashion-MNIST, the space, its warm-up and its costs on this machine (from the store, if they are there), and
// contexts in which the product's own passes run.
import { cpus } from 'node:os';
import { join } from 'node:path';
import { createPipeline, validateConfig } from '../../packages/cli/dist/index.js';
import { noCheckpoint, setUpPlugins, trackedRegistry } from '../../packages/core/dist/index.js';
import { inThread, prepareDataset, searchPath } from '../../packages/data/dist/index.js';
import { datasetsPlugin } from '../../plugins/datasets/dist/index.js';
import { engineNativePlugin, nativeEngine } from '../../plugins/engine-native/dist/index.js';
import { opsPlugin } from '../../plugins/ops/dist/index.js';
import { strategyProxyless } from '../../plugins/strategy-proxyless/dist/index.js';
import { targetCpu } from '../../plugins/target-cpu/dist/index.js';

export const root = join(import.meta.dirname, '../..');
const cacheDir = join(root, '.nasc/bench');
const threads = cpus().length;

export const baseConfig = {
  task: { dataset: 'fashion-mnist', searchImages: 25_000, archValidationImages: 3000, scoringImages: 2000 },
  space: 'mobile-small',
  targets: ['cpu'],
  threads,
  cacheDir,
  train: { epochs: 6, optimizer: { learningRate: 0.35 } },
};

const showProgress = (event) => {
  if (!process.stderr.isTTY) return;
  process.stderr.write(`\r\u001B[K${event.pass ?? ''} ${event.done}/${event.total} ${event.message ?? ''}`);
  if (event.done === event.total) process.stderr.write('\r\u001B[K');
};

export const setUp = async () => {
  const signal = new AbortController().signal;
  // Finished arms are kept as a whole.
  const checkpoint = noCheckpoint();
  const { searchSpace, supernet, costModel, hashes } = await createPipeline(baseConfig, {
    listener: (name, event) => {
      if (name === 'progress') showProgress(event);
    },
  }).run({ to: 'annotate' });

  const host = await setUpPlugins([opsPlugin, engineNativePlugin, datasetsPlugin, strategyProxyless, targetCpu]);
  const registry = trackedRegistry(host.registrations, {});
  const cacheFolder = join(cacheDir, 'cache');
  const dataset = await registry.datasets
    .require('fashion-mnist')
    .load({}, { searchPath: searchPath({ env: process.env }), cacheFolder, workers: inThread, signal, progress: () => {} });

  /** A pass context; `constraints` and `strategy` go over the base config. */
  const context = ({ constraints = {}, strategy = {}, select = {} }) => ({
    config: validateConfig(
      { ...baseConfig, constraints, derive: { strategy: { name: 'proxyless-gradient', ...strategy }, select } },
      'bench',
    ),
    folder: root,
    signal,
    registry,
    limits: constraints,
    target: registry.targets.require('cpu').create({ threads: 1 }, { folder: '.' }),
    engine: async () => ({ engine: nativeEngine, options: { threads, cacheFolder } }),
    dataset: async () => dataset,
    cacheFolder,
    checkpoint,
    report: ({ code, message }) => console.log(`${code}: ${message}`),
    progress: (done, total, unit, message) => showProgress({ done, total, message }),
  });
  const images = prepareDataset(dataset, dataset);
  return {
    searchSpace,
    supernet,
    costModel,
    hashes,
    dataset: images,
    registry,
    context,
    checkpoint,
    engineOptions: { threads, cacheFolder },
  };
};
