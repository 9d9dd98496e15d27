// Whether the data keep up with the engine: weight steps of the native engine on sampled paths, fed by data workers that decode
// every image anew (no cache), and once more from the cache.
//
//   node bench/data.js [--case 224|32] [--steps 60] [--images 1600]
//
// 224: the ImageNet space, batch 16, JPEGs of 500x375 (synthetic textures, made in a temporary folder), random resized crops and
//      mirrors. 32: mobile-small, batch 64, the JPEGs of CIFAR-10 where $NASC_DATA has a folder cifar10-jpeg, else synthetic ones of
//      32x32; mirrors and shifted crops.
//
// (a) One compute thread, one worker: the share of the time that the engine waits for a batch; the bar is 2 %.
// (b) Two compute threads, two workers, on two cores: time of a step over (compute + decode core-seconds) / 2, where compute is
//     twice the time of the same steps on batches that are there, and decode the processor time of making the batches alone;
//     the bar is 1.05.
//
// Run `npm run build` before, on an idle machine of two cores. Each figure is the median of three rounds.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setUpPlugins, singlePath, trackedRegistry } from '../packages/core/dist/index.js';
import {
  batchOf,
  computeNormalisation,
  createDataWorkers,
  oneHotTargets,
  prefetch,
  prepareDataset,
  readImageFolder,
  wholeSplit,
} from '../packages/data/dist/index.js';
import { expandSpace, readSpaceSource, resolveSpace } from '../packages/expand/dist/index.js';
import { choicesOf, initialiseParameters } from '../packages/ir/dist/index.js';
import { Random } from '../packages/random/dist/index.js';
import { engineNativePlugin, nativeEngine } from '../plugins/engine-native/dist/index.js';
import { opsPlugin } from '../plugins/ops/dist/index.js';
import { spacesPlugin } from '../plugins/spaces/dist/index.js';
import { encodeTexture } from './data/encode-texture.js';

const { values } = parseArgs({
  options: {
    case: { type: 'string' },
    steps: { type: 'string', default: '60' },
    images: { type: 'string', default: '1600' },
    rounds: { type: 'string', default: '3' },
  },
});
const steps = Number(values.steps);
const rounds = Number(values.rounds);
const images = Number(values.images);

const cases = {
  224: { space: 'proxyless-imagenet', size: 224, batchSize: 16, augmentation: { flip: true, randomResizedCrop: {} }, texture: [375, 500] },
  32: { space: 'mobile-small', size: 32, batchSize: 64, augmentation: { flip: true, crop: 4 }, texture: [32, 32] },
};

const registry = trackedRegistry((await setUpPlugins([opsPlugin, engineNativePlugin, spacesPlugin])).registrations, {});
const folder = mkdtempSync(join(tmpdir(), 'nasc-bench-data-'));
const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

/** A folder with `images` JPEGs of ten classes. */
const makeImages = async (name, [height, width]) => {
  const root = join(folder, name);
  let bytes = 0;
  for (let number = 0; number < images; number++) {
    const image = await encodeTexture(number, height, width);
    bytes += image.length;
    const place = join(root, number % 20 < 19 ? 'train' : 'test', `class${number % 10}`);
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, `${number}.jpg`), image);
  }
  console.log(`${images} synthetic JPEGs of ${width}x${height}, ${(bytes / images / 1000).toFixed(1)} kB each`);
  return root;
};

const findImages = async (name, texture) => {
  const given = (process.env.NASC_DATA ?? '').split(':').map((place) => join(place, 'cifar10-jpeg'));
  const found = name === '32' ? given.find((place) => existsSync(place)) : undefined;
  if (found) console.log(`CIFAR-10 as JPEG`);
  return found ?? makeImages(name, texture);
};

const sgd = { kind: 'sgd', learningRate: 0.01, momentum: 0.9, nesterov: true, weightDecay: 4e-5, decayRoles: ['weight'] };

const secondsOf = async (work) => {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
};

const processorSecondsOf = async (work) => {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
};

const measureCase = async (name, { space: spaceName, size, batchSize, augmentation, texture }) => {
  const root = await findImages(name, texture);
  const survey = createDataWorkers({ count: 2 });
  const dataset = await readImageFolder(root, { channels: 3, cacheFolder: join(folder, 'cache'), workers: survey });
  await survey.dispose();
  const normalisation = await computeNormalisation(dataset.train);
  const classes = dataset.classes.length;
  const graph = expandSpace(
    resolveSpace(readSpaceSource(spaceName, '.', registry.spaces), registry.spaces).space,
    { inputShape: [size, size, 3], classes },
    registry,
  );
  const choices = choicesOf(graph);
  const pathOf = (step) => {
    const random = new Random({ seed: 1, stream: 'bench.path', step });
    return singlePath(choices.map(({ candidates }) => random.integer(candidates.length)));
  };

  /** Batch `step` as a training takes it, several prepared ahead. */
  const batches = (workers) => {
    const { train } = prepareDataset(dataset, { height: size, width: size, workers });
    const subset = wholeSplit(train);
    return prefetch(
      async (step) => {
        const {
          count,
          images: floats,
          labels,
        } = await batchOf(subset, { step, batchSize, seed: 1, stream: 'bench', normalisation, augmentation });
        return { count, images: floats, targets: oneHotTargets(labels, classes, 0.1) };
      },
      Number.POSITIVE_INFINITY,
      train.ahead,
    );
  };

  const measureThreads = async (threads, count) => {
    const program = await nativeEngine.compile(graph, {
      ops: registry.ops,
      patterns: registry.patterns,
      threads,
      cacheFolder: join(tmpdir(), 'nasc-bench-engine'),
      activePaths: 1,
      batchSize,
    });
    await program.writeState({ parameters: initialiseParameters(graph, registry.ops, 1) });
    const compute = (batch, step) => program.trainStep(batch, pathOf(step), { randomKey: [1, step], batchNorm: 'update' }, sgd);

    const round = async (cache) => {
      const workers = createDataWorkers({ count, ...(cache && { cache }) });
      try {
        const next = batches(workers);
        const first = await next(0);
        if (cache) for (let step = 1; step < steps; step++) await next(step); // fills it
        const alone = await secondsOf(async () => {
          for (let step = 0; step < steps; step++) await compute(first, step);
        });
        const again = batches(workers);
        await again(0);
        const decode = await processorSecondsOf(async () => {
          for (let step = 1; step <= steps; step++) await again(step);
        });
        const fed = batches(workers);
        for (let step = 0; step < 3; step++) await compute(await fed(step), step); // until the first batches are there
        let waited = 0;
        const together = await secondsOf(async () => {
          for (let step = 3; step < steps + 3; step++) {
            const asked = performance.now();
            const batch = await fed(step);
            waited += (performance.now() - asked) / 1000;
            await compute(batch, step);
          }
        });
        return { alone, decode, together, waited };
      } finally {
        await workers.dispose();
      }
    };

    for (const [label, cache] of [
      ['decoded in every epoch', undefined],
      ['from the cache', { memoryBytes: 2 ** 32, diskBytes: 0, folder: join(folder, 'cache') }],
    ]) {
      const results = [];
      for (let i = 0; i < rounds; i++) results.push(await round(cache));
      const of = (value) => median(results.map(value));
      const ms = (value) => ((1000 * of(value)) / steps).toFixed(1);
      console.log(
        `${name}x${name}, ${threads} compute, ${count} data, ${label}: step alone ${ms(({ alone }) => alone)} ms, ` +
          `batch ${ms(({ decode }) => decode)} ms of a core, step with data ${ms(({ together }) => together)} ms, ` +
          `waiting ${(100 * of(({ waited, together }) => waited / together)).toFixed(1)} %, ` +
          `over (compute + decode) / 2: ${of(({ alone, decode, together }) => together / ((threads * alone + decode) / 2)).toFixed(3)}`,
      );
    }
    await program.dispose();
  };

  await measureThreads(1, 1);
  await measureThreads(2, 2);
};

try {
  for (const [name, options] of Object.entries(cases)) {
    if (!values.case || values.case === name) await measureCase(name, options);
  }
} finally {
  rmSync(folder, { recursive: true });
}
