// How fast the engines train, and in how much memory: weight, `two` and `full_v2` steps on mobile-small (28x28, batch 64,
// sampled paths) and on the paper's ImageNet space (224x224, batch 16, the paths of bench/peers/paths.json).
//
//   node bench/engine.js [--engine native|tfjs|native,tfjs] [--space mobile-small|proxyless-imagenet] [--steps 20] [--threads 2] [--plain]
//
// Run `npm run build` before. The peer, the published PyTorch supernet on the same paths, is bench/peers/pytorch_supernet.py.
// Several engines take turns step by step. Times mean something only on an idle machine, and only as ratios within one run;
// processor time (all threads) suffers less from what else runs.
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
import { engineTfjsPlugin, tfjsEngine } from '../plugins/engine-tfjs/dist/index.js';
import { opsPlugin } from '../plugins/ops/dist/index.js';
import { spacesPlugin } from '../plugins/spaces/dist/index.js';

const { values } = parseArgs({
  options: {
    engine: { type: 'string', default: 'native' },
    space: { type: 'string' },
    steps: { type: 'string', default: '16' },
    threads: { type: 'string', default: String(availableParallelism()) },
    plain: { type: 'boolean', default: false },
  },
});
const steps = Number(values.steps);
const threads = Number(values.threads);

const host = await setUpPlugins([opsPlugin, engineNativePlugin, engineTfjsPlugin, spacesPlugin]);
const registry = trackedRegistry(host.registrations, {});
const engines = values.engine.split(',').map((name) => ({ native: nativeEngine, tfjs: tfjsEngine })[name]);
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

const processorMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
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

  const programs = new Map();
  const options = {
    ops: registry.ops,
    patterns: values.plain ? noPatterns : registry.patterns,
    threads,
    cacheFolder: join(tmpdir(), 'nasc-bench-engine'),
    activePaths: 1,
    batchSize,
  };
  console.log(`${name}: batch ${batchSize}, ${threads} threads`);
  for (const engine of engines) {
    const started = performance.now();
    const program = await engine.compile(graph, options);
    const seconds = (performance.now() - started) / 1000;
    await program.writeState({ parameters: initialiseParameters(graph, registry.ops, 1) });
    programs.set(engine.name, program);
    const memory = program.arenaBytes === undefined ? '' : `arena ${(program.arenaBytes / 2 ** 20).toFixed(0)} MiB, `;
    console.log(`  ${engine.name}: ${(await engine.probe(options)).detail}; ${memory}ready after ${seconds.toFixed(1)} s`);
  }
  const batch = randomBatch(graph, batchSize, classes);
  const key = { randomKey: [1, 2] };
  const otherOf = (path) => path.map((index, choice) => (index + 1) % choices[choice].candidates.length);

  const kinds = {
    weight: (program, path) => program.trainStep(batch, singlePath(path), { ...key, batchNorm: 'update' }, sgd),
    two: (program, path) => program.candidateGradients(batch, { mode: 'two', active: path, other: otherOf(path) }, key),
    full_v2: (program, path) => program.candidateGradients(batch, { mode: 'full_v2', active: path }, key),
  };
  for (const [kind, run] of Object.entries(kinds)) {
    for (const path of paths.slice(0, 2)) for (const program of programs.values()) await run(program, path);
    const measured = new Map([...programs.keys()].map((engine) => [engine, { times: [], processor: [], speeds: [] }]));
    for (let step = 0; step < steps; step++) {
      const path = paths[step % paths.length];
      for (const [engine, program] of programs) {
        const [start, busy] = [performance.now(), processorMs()];
        await run(program, path);
        const ms = performance.now() - start;
        const { times, processor, speeds } = measured.get(engine);
        times.push(ms);
        processor.push(processorMs() - busy);
        speeds.push((6 * macsOf(path) * batchSize) / ms / 1e6);
      }
    }
    for (const [engine, { times, processor, speeds }] of measured) {
      const speed = kind === 'weight' ? `, ${median(speeds).toFixed(0)} GFLOP/s (best ${Math.max(...speeds).toFixed(0)})` : '';
      const time = `median ${median(times).toFixed(1)} ms, ${(1000 / median(times)).toFixed(1)} steps/s, processor ${median(processor).toFixed(1)} ms`;
      console.log(`  ${engine.padEnd(6)} ${kind.padEnd(8)} ${time}${speed}`);
    }
  }
  console.log(`  peak memory of the process ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB`);
  for (const program of programs.values()) await program.dispose();
}
