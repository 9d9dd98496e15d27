// Searches the networks of our own that `bench/codegen.js` measures, and keeps them in bench/codegen/searched.json.
//
//   NASC_DATA=/folder/with/fashion-mnist,cifar10 node bench/codegen/search.js [--only NAME,...] [--again]
//
// Real searches for the target `cpu` on real images, but short ones: what is measured is speed, so weights, and how well an architecture
// does, do not matter; which limit it was searched under does. A name that the file has is not searched again without `--again`. Runs of
// the pipeline as far as the selection (stop it at any time and run it again: finished stages are in .nasc/bench-codegen). About
// a quarter of an hour on two cores; at 224x224 the three limits share one warm-up and one table of latencies.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createPipeline } from '../../packages/cli/dist/index.js';
import { choicesOf } from '../../packages/ir/dist/index.js';

const file = fileURLToPath(new URL('searched.json', import.meta.url));
const root = join(import.meta.dirname, '../..');

const small = {
  space: 'mobile-small',
  task: { searchImages: 8000, archValidationImages: 2000, scoringImages: 500 },
  train: { epochs: 2 },
  derive: { strategy: { name: 'proxyless-gradient', steps: 150 }, select: { candidates: 4 } },
};

const large = {
  space: 'proxyless-imagenet',
  task: { dataset: { name: 'cifar10', resolution: 224 }, searchImages: 1600, archValidationImages: 400, scoringImages: 100 },
  train: { epochs: 1, batchSize: 16 },
  derive: {
    strategy: { name: 'proxyless-gradient', steps: 60, batchSize: 16, gates: 'two', learningRate: 0.3 },
    select: { candidates: 2, rounds: 2 },
  },
};

const withTask = (config, task) => ({ ...config, task: { ...config.task, ...task } });

/** `share`: the limit, as one of the expected latency of a uniformly sampled network. */
const searches = [
  { name: 'searched-28', share: 0.9, config: withTask(small, { dataset: 'fashion-mnist' }) },
  { name: 'searched-48', share: 0.6, config: withTask(small, { dataset: { name: 'cifar10', resolution: 48 } }) },
  { name: 'searched-64', share: 0.75, config: withTask(small, { dataset: { name: 'cifar10', resolution: 64 } }) },
  { name: 'searched-224-a', share: 0.5, config: large },
  { name: 'searched-224-b', share: 0.7, config: large },
  { name: 'searched-224-c', share: 0.9, config: large },
];

/** Ends a run where the chosen network would be trained: what the pass would be handed is all that is asked for. */
const stopWhenChosen = {
  name: 'bench-stop',
  apiVersion: 1,
  setup(api) {
    const run = (input) => {
      throw Object.assign(new Error('The network is chosen.'), { chosen: input });
    };
    api.addPass({ name: 'stopWhenChosen', run }, { before: 'choosePath' });
  },
};

/** What `stopWhenChosen` threw: the run's error tells it as its cause. */
const chosenIn = (error) => error?.chosen ?? (error?.cause && chosenIn(error.cause));

const showProgress = (name, event) => {
  if (name !== 'progress' || !process.stderr.isTTY) return;
  process.stderr.write(`\r\u001B[K${event.pass ?? ''} ${event.done}/${event.total} ${event.message ?? ''}`);
  if (event.done === event.total) process.stderr.write('\r\u001B[K');
};

const search = async ({ name, share, config }) => {
  const pipeline = createPipeline(
    { ...config, targets: ['cpu'], constraints: { latencyShare: share }, cacheDir: '.nasc/bench-codegen' },
    { folder: root, plugins: [stopWhenChosen], listener: showProgress },
  );
  const found = await pipeline.run({ to: 'derive' }).then(
    () => {
      throw new Error(`${name}: the run went past the selection`);
    },
    (error) => {
      const chosen = chosenIn(error);
      if (!chosen) throw error;
      return chosen;
    },
  );
  const { searchSpace, architecture } = found;
  const { inputShape, dataset, classes } = searchSpace.task;
  return {
    name,
    space: config.space,
    input: { resolution: inputShape[0], channels: inputShape[2], classes: classes.length },
    blocks: choicesOf(searchSpace.graph).map(({ candidates }, choice) => candidates[architecture.choices[choice]].name),
    found: {
      command: `node bench/codegen/search.js --only ${name}`,
      dataset,
      latencyShare: share,
      limitMs: architecture.costs.find(({ name }) => name === 'latency').limit,
      predictedMs: architecture.predictedMs,
      measuredMs: architecture.measuredMs,
    },
  };
};

const { values } = parseArgs({ options: { only: { type: 'string' }, again: { type: 'boolean', default: false } } });
const names = values.only?.split(',') ?? searches.map(({ name }) => name);
for (const name of names) if (!searches.some((search) => search.name === name)) throw new Error(`There is no search "${name}".`);

for (const wanted of searches.filter(({ name }) => names.includes(name))) {
  const known = JSON.parse(readFileSync(file, 'utf8'));
  if (known.some(({ name }) => name === wanted.name) && !values.again) continue;
  const started = performance.now();
  const result = await search(wanted);
  const all = [...known.filter(({ name }) => name !== wanted.name), result];
  const place = ({ name }) => searches.findIndex((search) => search.name === name);
  writeFileSync(
    `${file}.tmp`,
    `${JSON.stringify(
      all.toSorted((a, b) => place(a) - place(b)),
      undefined,
      2,
    )}\n`,
  );
  renameSync(`${file}.tmp`, file);
  const { predictedMs, measuredMs, limitMs } = result.found;
  console.log(`${wanted.name}: [${result.blocks.join(' ')}] in ${((performance.now() - started) / 1000).toFixed(0)} s`);
  console.log(`  limit ${limitMs} ms, predicted ${predictedMs}, measured ${measuredMs}`);
}
