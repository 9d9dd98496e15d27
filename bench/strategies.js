// Every search strategy on one task: Fashion-MNIST, the space `mobile-small`, the target `cpu`, one limit, one seed, one recipe for the
// chosen network. What it reaches, and what it took, in the unit that all share.
//
//   NASC_DATA=/folder/with/fashion-mnist node bench/strategies.js [--only NAME,...] [--table]
//
// All share one warm-up, which strategies that need none do not count. Runs of the pipeline: stop it at any time and run it again; finished
// stages are in .nasc/bench-strategies, finished strategies in bench/results/strategies.json. About half an hour on two cores.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createPipeline } from '../packages/cli/dist/index.js';
import { openResults } from './search/results-file.js';

const root = join(import.meta.dirname, '..');
const cacheDir = join(root, '.nasc/bench-strategies');

/** Settings of the others than `proxyless-gradient` are chosen so that none takes much more than it. */
const strategies = {
  'proxyless-gradient': {},
  'proxyless-gradient two': { name: 'proxyless-gradient', gates: 'two', steps: 500 },
  'proxyless-reinforce': {},
  darts: {},
  random: {},
  evolution: {},
  'cell-proxy': {},
};

const base = {
  task: { dataset: 'fashion-mnist', searchImages: 25_000, archValidationImages: 3000, scoringImages: 2000 },
  space: 'mobile-small',
  targets: ['cpu'],
  constraints: { latencyShare: 0.75 },
  train: { epochs: 6, optimizer: { learningRate: 0.35 } },
  derive: { retrain: { epochs: 8, optimizer: { learningRate: 0.2 } } },
  cacheDir,
};

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: Object.keys(strategies).join(',') },
    table: { type: 'boolean', default: false },
    output: { type: 'string', default: join(root, 'bench/results/strategies.json') },
  },
});
const results = openResults(values.output, { base: { ...base, cacheDir: undefined }, strategies });

const showProgress = ({ pass, done, total, message }) => {
  if (!process.stderr.isTTY) return;
  process.stderr.write(`\r\u001B[K${pass} ${done}/${total} ${message ?? ''}`);
  if (done === total) process.stderr.write('\r\u001B[K');
};

const search = async (label) => {
  const options = strategies[label];
  const strategy = { name: label, ...options };
  const outDir = join(cacheDir, 'out', label.replaceAll(' ', '-'));
  const listener = (name, event) => {
    if (name === 'progress') showProgress(event);
    if (name === 'diagnostic') console.error(`${event.code}: ${event.message}`);
  };
  const { report } = await createPipeline({ ...base, outDir, derive: { ...base.derive, strategy } }, { listener }).run();
  const [network] = report.networks;
  const timing = report.timing.networks[network.name];
  return {
    chosen: network.choices.map(({ candidate }) => candidate),
    test: network.test,
    macs: network.macs,
    limitMs: timing.limitMs,
    predictedMs: timing.predictedMs,
    codeMs: timing.code.ms,
    warmUp: { ...report.warmUp.cost, ms: report.timing.warmUpMs },
    search: { ...network.search.cost, ms: timing.searchMs },
  };
};

const found = {};
for (const label of values.only.split(',')) {
  if (values.table && !results.arms[label]) continue;
  console.error(label);
  found[label] = await results.arm(label, () => search(label));
}

const thousands = (images) => `${(images / 1000).toFixed(0)} k`;
console.log(
  '| strategy | test accuracy | predicted ms | emitted C, ms | M MACs | warm-up, images | search, images | search, s | memory, MiB |',
);
console.log('| --- | --- | --- | --- | --- | --- | --- | --- | --- |');
for (const [label, { test, limitMs, predictedMs, codeMs, macs, warmUp, search: cost }] of Object.entries(found)) {
  const row = [
    label,
    `${((100 * test.correct) / test.count).toFixed(2)} %`,
    `${predictedMs.toFixed(4)} of ${limitMs.toFixed(4)}`,
    codeMs.toFixed(4),
    (macs / 1e6).toFixed(2),
    thousands(warmUp.imagesForwardBackward),
    thousands(cost.imagesForwardBackward),
    (cost.ms / 1000).toFixed(0),
    cost.peakMemoryBytes === null ? '-' : (cost.peakMemoryBytes / 2 ** 20).toFixed(0),
  ];
  console.log(`| ${row.join(' | ')} |`);
}
