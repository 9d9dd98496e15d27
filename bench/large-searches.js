// What searches at full size take on this machine: steps a second, memory, and the whole projected by `nasc estimate`.
//
//   NASC_DATA=/folder/with/cifar10 node bench/large-searches.js [--seconds 60] [--only imagenet,cifar10]
//
// * imagenet: the paper's space at 224x224 with its published settings (preset `proxyless-imagenet`, batches of 256), on CIFAR-10's photos
//   resized: steps are those of ImageNet, only fewer. The last rows say what the published numbers of steps would take.
// * cifar10: the PyramidNet tree space, 648 choices of 7 candidates.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createPipeline } from '../packages/cli/dist/index.js';
import { writeProfile } from '../packages/profile/dist/index.js';
import { pixel1 } from '../plugins/target-profile/dist/index.js';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '60' }, only: { type: 'string', default: 'imagenet,cifar10' } },
});

/** The published latencies of the Pixel 1; the classifier of ten classes counts as that of a thousand: of no matter to the time of a search. */
const tenClasses = join(import.meta.dirname, '../.nasc/bench-large-searches/ten-classes.json');
await writeProfile(tenClasses, {
  ...pixel1,
  blocks: { ...pixel1.blocks, 'Logits-input:7x7x1280-output:10': pixel1.blocks['Logits-input:7x7x1280-output:1000'] },
});

const configs = {
  imagenet: {
    extends: 'proxyless-imagenet',
    task: { dataset: { name: 'cifar10', resolution: 224 }, archValidationImages: 5000, scoringImages: 2000 },
    targets: [{ name: 'profile', file: tenClasses }],
    constraints: { latencyMs: 80 },
    // Both kinds of steps from the beginning, so that a minute shows both.
    derive: { strategy: { name: 'proxyless-gradient', startEpochs: 0 } },
  },
  cifar10: {
    task: { dataset: 'cifar10', archValidationImages: 5000, scoringImages: 2000 },
    space: 'pyramid-cifar10',
    targets: ['cpu'],
    constraints: { macs: 1.2e9 },
    train: { epochs: 50, batchSize: 64, optimizer: { learningRate: 0.1, weightDecay: 1e-4 } },
    derive: {
      strategy: { name: 'proxyless-gradient', epochs: 150, weightSteps: 5, gates: 'two', learningRate: 0.006, batchSize: 64 },
      retrain: { epochs: 300, batchSize: 64, optimizer: { learningRate: 0.1, weightDecay: 1e-4 } },
    },
  },
};

/** Of the released search code on ImageNet (its section on schedules): iterations of 256 images. */
const publishedSteps = { train: 40 * 4810, search: 114_478 + 120 * 4810 };

const hours = (ms) => `${(ms / 3_600_000).toFixed(1)} h`;
const printPart = (name, { part, ms, work, memoryBytes }) => {
  const each = work ? ms / work.total : undefined;
  const row = [
    part,
    work?.done ?? '',
    work ? `${work.total} ${work.unit}` : '',
    each === undefined ? '' : (each / 1000).toPrecision(3),
    memoryBytes === undefined ? '' : (memoryBytes / 2 ** 20).toFixed(0),
    hours(ms),
  ];
  console.log(`| ${row.join(' | ')} |`);
  const steps = name === 'imagenet' ? publishedSteps[part] : undefined;
  if (steps !== undefined && each !== undefined) console.log(`| ${part} on ImageNet | | ${steps} steps | | | ${hours(each * steps)} |`);
};

for (const name of values.only.split(',')) {
  const pipeline = createPipeline(configs[name], {
    listener: (event, { pass, done, total, message }) => {
      if (event === 'progress' && process.stderr.isTTY) process.stderr.write(`\r\u001B[K${pass} ${done}/${total} ${message ?? ''}`);
    },
  });
  console.log(`\n${name}\n\n| part | steps measured | of | s a step | memory, MiB | projected |\n| --- | --- | --- | --- | --- | --- |`);
  await pipeline.estimate({ measureMs: 1000 * Number(values.seconds), onPart: (found) => printPart(name, found) });
}
