// How fast the native engine trains, and in how much memory: weight, `two` and `full_v2` steps on mobile-small (28x28, batch 64,
// sampled paths) and on the paper's ImageNet space (224x224, batch 16, the paths of bench/peers/paths.json).
//
//   node bench/engine.js [--space mobile-small|proxyless-imagenet] [--steps 20] [--threads 2] [--plain]
//
// Run `npm run build` before. The peer, the published PyTorch supernet on the same paths, is bench/peers/pytorch_supernet.py.
// Times mean something only on an idle machine, and only as ratios within one run.
import { readFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { validateSpace } from '../packages/config/dist/index.js';
import { setUpPlugins, singlePath, trackedRegistry } from '../packages/core/dist/index.js';
import { expandSpace } from '../packages/expand/dist/index.js';
import { candidateCosts, choicesOf, costTable, initialiseParameters } from '../packages/ir/dist/index.js';
import { Random } from '../packages/random/dist/index.js';
import { engineNativePlugin, nativeEngine } from '../plugins/engine-native/dist/index.js';
import { opsPlugin } from '../plugins/ops/dist/index.js';
import { spacesPlugin } from '../plugins/spaces/dist/index.js';

const { values } = parseArgs({
  options: {
    space: { type: 'string' },
    steps: { type: 'string', default: '16' },
    threads: { type: 'string', default: String(availableParallelism()) },
    plain: { type: 'boolean', default: false },
  },
});
const steps = Number(values.steps);
const threads = Number(values.threads);

const host = await setUpPlugins([opsPlugin, engineNativePlugin, spacesPlugin]);
const registry = trackedRegistry(host.registrations, {});
const noPatterns = { get: () => undefined, all: () => [] };

const peerPaths = () => JSON.parse(readFileSync(new URL('peers/paths.json', import.meta.url), 'utf8')).paths;

const sampledPaths = (graph) => {
  const random = new Random({ seed: 1, stream: 'bench.paths' });
  return Array.from({ length: 8 }, () => choicesOf(graph).map(({ candidates }) => random.integer(candidates.length)));
};

const cases = {
  'mobile-small': { inputShape: [28, 28, 1], classes: 10, batchSize: 64, paths: sampledPaths },
  'proxyless-imagenet': { inputShape: [224, 224, 3], classes: 1000, batchSize: 16, paths: peerPaths },
};

const randomBatch = (graph, count, classes) => {
  const random = new Random({ seed: 2, stream: 'bench.batch' });
  const pixels = graph.inputs[0].type.shape.reduce((product, size) => product * size, count);
  const targets = new Float32Array(count * classes);
  for (let n = 0; n < count; n++) targets[n * classes + random.integer(classes)] = 1;
  return { count, images: Float32Array.from({ length: pixels }, () => 2 * random.uniform() - 1), targets };
};

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

const sgd = {
  kind: 'sgd',
  learningRate: 0.05,
  momentum: 0.9,
  nesterov: true,
  weightDecay: 4e-5,
  decayRoles: ['weight', 'bias', 'scale'],
};

for (const [name, { inputShape, classes, batchSize, paths: pathsOf }] of Object.entries(cases)) {
  if (values.space && values.space !== name) continue;
  const { space } = registry.spaces.require(name);
  const graph = expandSpace(validateSpace(space, name), { inputShape, classes }, registry);
  const paths = pathsOf(graph);
  const choices = choicesOf(graph);
  const costs = costTable(graph, registry.ops);
  const fixedMacs = graph.nodes.reduce((sum, node) => sum + (node.kind === 'op' ? costs[node.id].macs : 0), 0);
  const macsOf = (path) => choices.reduce((sum, choice, index) => sum + candidateCosts(choice, costs)[path[index]].macs, fixedMacs);

  const started = performance.now();
  const program = await nativeEngine.compile(graph, {
    ops: registry.ops,
    patterns: values.plain ? noPatterns : registry.patterns,
    threads,
    cacheFolder: join(tmpdir(), 'nasc-bench-engine'),
    activePaths: 1,
    batchSize,
  });
  const compileMs = performance.now() - started;
  await program.writeState({ parameters: initialiseParameters(graph, registry.ops, 1) });
  const batch = randomBatch(graph, batchSize, classes);
  const key = { randomKey: [1, 2] };
  const otherOf = (path) => path.map((index, choice) => (index + 1) % choices[choice].candidates.length);

  const kinds = {
    weight: (path) => program.trainStep(batch, singlePath(path), { ...key, batchNorm: 'update' }, sgd),
    two: (path) => program.candidateGradients(batch, { mode: 'two', active: path, other: otherOf(path) }, key),
    full_v2: (path) => program.candidateGradients(batch, { mode: 'full_v2', active: path }, key),
  };
  console.log(
    `${name}: batch ${batchSize}, ${threads} threads, arena ${(program.arenaBytes / 2 ** 20).toFixed(0)} MiB, ready after ${(compileMs / 1000).toFixed(1)} s`,
  );
  for (const [kind, run] of Object.entries(kinds)) {
    for (const path of paths.slice(0, 2)) await run(path);
    const times = [];
    const speeds = [];
    for (let step = 0; step < steps; step++) {
      const path = paths[step % paths.length];
      const start = performance.now();
      await run(path);
      const ms = performance.now() - start;
      times.push(ms);
      speeds.push((6 * macsOf(path) * batchSize) / ms / 1e6);
    }
    const speed = kind === 'weight' ? `, ${median(speeds).toFixed(0)} GFLOP/s (best ${Math.max(...speeds).toFixed(0)})` : '';
    console.log(`  ${kind.padEnd(8)} median ${median(times).toFixed(1)} ms, ${(1000 / median(times)).toFixed(1)} steps/s${speed}`);
  }
  console.log(`  peak memory of the process ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB`);
  await program.dispose();
}
