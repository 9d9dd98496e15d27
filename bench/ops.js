// How fast the native engine trains every op: forward and backward (both gradients), beside PyTorch on the same graphs.
//
//   [PYTHON=/venv/bin/python3] node bench/ops.js [--only EXPRESSION] [--batch 16] [--threads 2] [--rounds 3] [--plain]
//
// Run `npm run build` before, on an idle machine. The engine's times are those of the op's kernel calls within a training step, in
// front of which a depthwise convolution asks for its input's gradient. Without $PYTHON there is no peer; with it the two take
// turns (bench/peers/pytorch_graph.py, channels_last, tuned malloc). Figures are medians, with `--threads 1` minima, which say
// something on a busy machine, too. GB/s counts what has to be read and written: the op's inputs and output once forward, twice
// backward; GFLOP/s takes its place where there are multiplications.
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setUpPlugins, trackedRegistry } from '../packages/core/dist/index.js';
import { buildNetwork, costTable, elementCount, float32, initialiseParameters, lookupOf } from '../packages/ir/dist/index.js';
import { Random } from '../packages/random/dist/index.js';
import { compileObserved, engineNativePlugin } from '../plugins/engine-native/dist/index.js';
import { macros, opsPlugin } from '../plugins/ops/dist/index.js';
import { cases } from './ops/cases.js';
import { PeerProcess } from './peers/peer-process.js';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    batch: { type: 'string', default: '16' },
    threads: { type: 'string', default: String(availableParallelism()) },
    rounds: { type: 'string', default: '3' },
    plain: { type: 'boolean', default: false },
  },
});
const batchSize = Number(values.batch);
const threads = Number(values.threads);
const rounds = Number(values.rounds);
const stepsInRound = 12;

const { registrations } = await setUpPlugins([opsPlugin, engineNativePlugin]);
const registry = trackedRegistry(registrations, {});
const context = { ops: registry.ops, macros: lookupOf(macros) };
const noPatterns = { get: () => undefined, all: () => [] };

/** Nodes around what is measured. */
const around = new Set(['make', 'flatten', 'mean', 'classifier']);

const trainable = ({ shape, build }) =>
  buildNetwork(context, (builder) => {
    let value = builder.input('image', float32(...(shape.length === 1 ? [1, 1, ...shape] : shape)));
    value = builder.op('make', 'depthwiseConv2d', [value], { kernel: 3 });
    if (shape.length === 1) value = builder.op('flatten', 'reshape', [value], { shape });
    value = build(builder, value);
    const { length } = builder.typeOf(value).shape;
    if (length === 2) value = builder.op('flatten', 'reshape', [value], { shape: [1, ...builder.typeOf(value).shape] });
    if (length > 1) value = builder.op('mean', 'globalAvgPool', [value]);
    return builder.op('classifier', 'linear', [value], { width: 10 });
  });

const alone = ({ shape, build }) => buildNetwork(context, (builder) => build(builder, builder.input('x', float32(...shape))));

const bytesOf = ({ inputs, outputs, nodes }) => {
  const output = nodes.find(({ id }) => id === outputs[0]);
  return 4 * batchSize * (elementCount(inputs[0].type.shape) + elementCount(output.type.shape));
};

/** The least; on several threads the median, as one that sleeps over the end of a call shifts time from this call to another. */
const typical = (numbers) => numbers.toSorted((a, b) => a - b)[threads === 1 ? 0 : numbers.length >> 1];

/** Sum of the calls of what is measured, forward and backward, in one step. */
const phasesOf = (calls) => {
  const sums = { forward: 0, backward: 0 };
  for (const { phase, part, milliseconds } of calls) if (phase in sums && !around.has(part)) sums[phase] += milliseconds;
  return sums;
};

const engineOf = async (graph) => {
  const observed = [];
  const options = {
    ops: registry.ops,
    patterns: values.plain ? noPatterns : registry.patterns,
    threads,
    cacheFolder: join(tmpdir(), 'nasc-bench-engine'),
    activePaths: 1,
    batchSize,
  };
  const program = await compileObserved(graph, options, (calls) => observed.push(phasesOf(calls)));
  await program.writeState({ parameters: initialiseParameters(graph, registry.ops, 1) });
  const random = new Random({ seed: 2, stream: 'bench.batch' });
  const images = Float32Array.from({ length: batchSize * elementCount(graph.inputs[0].type.shape) }, () => random.normal());
  const classes = elementCount(graph.nodes.at(-1).type.shape);
  const targets = new Float32Array(batchSize * classes);
  for (let n = 0; n < batchSize; n++) targets[n * classes + random.integer(classes)] = 1;
  const step = () =>
    program.forwardBackward({ count: batchSize, images, targets }, [], { randomKey: [1, 2], batchNorm: 'batch', gradients: 'weights' });
  await step();
  return {
    async measure() {
      observed.length = 0;
      for (let i = 0; i < stepsInRound; i++) await step();
      return { forward: observed.map(({ forward }) => forward), backward: observed.map(({ backward }) => backward) };
    },
    dispose: () => program.dispose(),
  };
};

const peer = process.env.PYTHON ? new PeerProcess('pytorch_graph.py', { threads }, { malloc: 'tuned' }) : undefined;
const columns = ['op', 'size', 'forward ms', 'backward ms', 'forward', 'backward', ...(peer ? ['PyTorch ms', 'ratio'] : [])];
console.log(`| ${columns.join(' | ')} |\n|${' --- |'.repeat(columns.length)}`);

for (const entry of cases.filter(({ name }) => new RegExp(values.only).test(name))) {
  const graph = alone(entry);
  const engine = await engineOf(trainable(entry));
  const ours = [];
  const theirs = [];
  for (let round = 0; round < rounds; round++) {
    ours.push(await engine.measure());
    if (peer) theirs.push(await peer.ask({ graph, batch: batchSize, steps: stepsInRound }));
  }
  await engine.dispose();
  const timeOf = (of, phase) => typical(of.flatMap((times) => times[phase]));
  const [forward, backward] = [timeOf(ours, 'forward'), timeOf(ours, 'backward')];
  const macs = Object.values(costTable(graph, registry.ops)).reduce((sum, cost) => sum + cost.macs, 0);
  const speed = (ms, times) =>
    macs > 0
      ? `${((2 * macs * batchSize * times) / ms / 1e6).toFixed(0)} GFLOP/s`
      : `${((bytesOf(graph) * times) / ms / 1e6).toFixed(1)} GB/s`;
  const row = [entry.name, entry.shape.join('x'), forward.toFixed(3), backward.toFixed(3), speed(forward, 1), speed(backward, 2)];
  if (peer) {
    const [peerForward, peerBackward] = [timeOf(theirs, 'forward'), timeOf(theirs, 'backward')];
    row.push(`${peerForward.toFixed(3)} + ${peerBackward.toFixed(3)}`, ((peerForward + peerBackward) / (forward + backward)).toFixed(1));
  }
  console.log(`| ${row.join(' | ')} |`);
}
await peer?.dispose();
