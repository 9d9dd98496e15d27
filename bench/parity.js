// How far the engines are from float64: random paths of a space, relative error ||a - ref|| / ||ref|| of all weight gradients
// together, and of the logits. The reference is the plain kernels of the ops, compiled with double.
//
//   node bench/parity.js [--space mobile-small] [--paths 20] [--batch 16] [--engine native,tfjs]
//
// Run `npm run build` before.
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createPlainRunner } from '../packages/c-emit/dist/index.js';
import { setUpPlugins, singlePath, trackedRegistry } from '../packages/core/dist/index.js';
import { expandSpace, readSpaceSource, resolveSpace } from '../packages/expand/dist/index.js';
import { choicesOf, initialiseParameters } from '../packages/ir/dist/index.js';
import { Random } from '../packages/random/dist/index.js';
import { instantiatePath } from '../packages/transforms/dist/index.js';
import { engineNativePlugin, nativeEngine } from '../plugins/engine-native/dist/index.js';
import { engineTfjsPlugin, tfjsEngine } from '../plugins/engine-tfjs/dist/index.js';
import { opsPlugin, primitiveOps } from '../plugins/ops/dist/index.js';
import { spacesPlugin } from '../plugins/spaces/dist/index.js';

const { values } = parseArgs({
  options: {
    engine: { type: 'string', default: 'native,tfjs' },
    space: { type: 'string', default: 'mobile-small' },
    paths: { type: 'string', default: '20' },
    batch: { type: 'string', default: '16' },
  },
});
const count = Number(values.batch);
const classes = 10;
const inputShape = [28, 28, 1];

const host = await setUpPlugins([opsPlugin, engineNativePlugin, engineTfjsPlugin, spacesPlugin]);
const registry = trackedRegistry(host.registrations, {});
const { space, locate } = resolveSpace(readSpaceSource(values.space, '.', registry.spaces), registry.spaces);
const graph = expandSpace(space, { inputShape, classes }, registry, locate);
const choices = choicesOf(graph);
const parameters = initialiseParameters(graph, registry.ops, 1);
const data = new Map([...parameters].map(([id, tensor]) => [id, tensor.data]));
const double = await createPlainRunner(primitiveOps, 'double');

const programs = new Map();
for (const name of values.engine.split(',')) {
  const engine = { native: nativeEngine, tfjs: tfjsEngine }[name];
  const options = {
    ops: registry.ops,
    patterns: registry.patterns,
    threads: availableParallelism(),
    cacheFolder: join(tmpdir(), 'nasc-bench-engine'),
    activePaths: 1,
    batchSize: count,
  };
  const program = await engine.compile(graph, options);
  await program.writeState({ parameters });
  programs.set(name, program);
  console.log(`${name}: ${(await engine.probe(options)).detail}`);
}

/** Mean cross-entropy against one-hot targets: its gradient by the logits. */
const lossGradient = (logits, targets) => {
  const gradient = new Float64Array(logits.length);
  for (let n = 0; n < count; n++) {
    const row = Array.from(logits).slice(n * classes, (n + 1) * classes);
    const largest = Math.max(...row);
    const sum = row.reduce((total, x) => total + Math.exp(x - largest), 0);
    row.forEach((x, i) => (gradient[n * classes + i] = (Math.exp(x - largest) / sum - targets[n * classes + i]) / count));
  }
  return gradient;
};

const errorOf = (found, expected) => {
  let difference = 0;
  let norm = 0;
  expected.forEach((values, index) =>
    values.forEach((value, i) => {
      difference += (found[index][i] - value) ** 2;
      norm += value ** 2;
    }),
  );
  return Math.sqrt(difference / norm);
};

const random = new Random({ seed: 6, stream: 'bench.parity' });
const all = new Map([...programs.keys()].map((name) => [name, []]));
const clear = { kind: 'sgd', learningRate: 0, momentum: 0, nesterov: false, weightDecay: 0, decayRoles: [] };
for (let index = 0; index < Number(values.paths); index++) {
  const path = choices.map(({ candidates }) => random.integer(candidates.length));
  const images = Float32Array.from({ length: count * 784 }, () => random.normal());
  const targets = new Float32Array(count * classes);
  for (let n = 0; n < count; n++) targets[n * classes + random.integer(classes)] = 1;
  const batch = { count, images, targets };

  const network = instantiatePath(graph, path);
  const forward = double.runForward(network, data, new Map([[network.inputs[0].id, images]]), { batch: count, mode: 'training' });
  const logits = forward.values.get(network.outputs[0]);
  const backward = double.runBackward(forward, new Map([[network.outputs[0], lossGradient(logits, targets)]]));
  const ids = [...backward.parameters.keys()];

  const line = [...programs].map(async ([name, program]) => {
    const step = { gradients: 'weights', batchNorm: 'batch', randomKey: [0, 0] };
    await program.forwardBackward(batch, singlePath(path), step);
    const gradients = await program.readGradients();
    await program.applyUpdate(clear);
    const scores = await program.evaluate(batch, singlePath(path), 'batch');
    const errors = {
      gradients: errorOf(
        ids.map((id) => gradients.get(id).data),
        ids.map((id) => backward.parameters.get(id)),
      ),
      logits: errorOf([scores.logits], [logits]),
    };
    all.get(name).push(errors);
    return `${name} ${errors.gradients.toExponential(2)} (logits ${errors.logits.toExponential(2)})`;
  });
  console.log(`${path.join('.').padEnd(16)} ${(await Promise.all(line)).join('   ')}`);
}
// Where float32 puts an activation on the other side of a kink, the gradient differs by far more than by rounding.
const summary = (numbers) => {
  const sorted = numbers.toSorted((a, b) => a - b);
  return `median ${sorted[sorted.length >> 1].toExponential(2)}, largest ${sorted.at(-1).toExponential(2)}`;
};
for (const [name, errors] of all) {
  for (const what of ['gradients', 'logits']) console.log(`${name} ${what}: ${summary(errors.map((error) => error[what]))}`);
}
double.dispose();
for (const program of programs.values()) await program.dispose();
