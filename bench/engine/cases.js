// What is trained: spaces at a size, their graphs, paths and batches, the same in every run.
import { readFileSync } from 'node:fs';
import { validateSpace } from '../../packages/config/dist/index.js';
import { setUpPlugins, trackedRegistry } from '../../packages/core/dist/index.js';
import { expandSpace, readSpaceSource, resolveSpace } from '../../packages/expand/dist/index.js';
import { candidateCosts, choicesOf, costTable } from '../../packages/ir/dist/index.js';
import { Random } from '../../packages/random/dist/index.js';
import { engineNativePlugin } from '../../plugins/engine-native/dist/index.js';
import { engineTfjsPlugin } from '../../plugins/engine-tfjs/dist/index.js';
import { opsPlugin } from '../../plugins/ops/dist/index.js';
import { spacesPlugin } from '../../plugins/spaces/dist/index.js';

const host = await setUpPlugins([opsPlugin, engineNativePlugin, engineTfjsPlugin, spacesPlugin]);
export const registry = trackedRegistry(host.registrations, {});

const pathsFile = (name) => JSON.parse(readFileSync(new URL(`../peers/${name}`, import.meta.url), 'utf8')).paths;

const caseOf = (name, space, { inputShape, classes, batchSize, paths }) => {
  const graph = expandSpace(validateSpace(space, name), { inputShape, classes }, registry);
  const choices = choicesOf(graph);
  const costs = costTable(graph, registry.ops);
  return { name, graph, choices, costs, inputShape, classes, batchSize, paths };
};

const named = (name, settings) => caseOf(name, resolveSpace(readSpaceSource(name, '.', registry.spaces), registry.spaces).space, settings);

export const imagenetCase = () =>
  named('proxyless-imagenet', { inputShape: [224, 224, 3], classes: 1000, batchSize: 16, paths: pathsFile('paths.json') });

/** `inputShape`: of CIFAR-10's images, or those of the demo. */
export const mobileCase = (inputShape = [32, 32, 3]) =>
  named('mobile-small', { inputShape, classes: 10, batchSize: 64, paths: pathsFile('mobile-small-paths.json') });

/**
 * The first `count` of these are a choice's. None needs more room than the first two: expansions between 3 and 6 might, because
 * the engine stores expanded tensors only up to a size.
 */
const manyCandidates = [6, 3, 1, 2, 1.5, 2.5, 1.25, 1.75].flatMap((expansion) =>
  [7, 5, 3].map((kernel) => ({ name: `k${kernel}e${100 * expansion}`, macro: 'mbConv', kernel, expansion })),
);
const firstTwo = manyCandidates.filter(({ kernel, expansion }) => kernel === 7 && expansion >= 3);
const inOrder = [...firstTwo, ...manyCandidates.filter((candidate) => !firstTwo.includes(candidate))];

/** Stages of the ImageNet space with `count` candidates a choice, 24 at most; paths take one of the first two everywhere. */
export const candidatesCase = (count) => {
  const { space } = registry.spaces.require('proxyless-imagenet');
  const candidates = inOrder.slice(0, count);
  const stages = space.stages.map((stage) => ({ ...stage, zero: 'never' }));
  const result = caseOf(
    `${count} candidates`,
    { ...space, name: `candidates${count}`, candidates, stages },
    { inputShape: [224, 224, 3], classes: 1000, batchSize: 16, paths: [] },
  );
  const random = new Random({ seed: 3, stream: 'bench.candidates' });
  return { ...result, paths: [result.choices.map(() => random.integer(2))] };
};

/** The candidate after a path's own among those that compute; where Zero is the path's, Zero, which asks for nothing more. */
export const otherOf = ({ choices }, path) =>
  path.map((index, choice) => {
    const { candidates } = choices[choice];
    const computing = candidates.filter(({ macro }) => macro !== 'zero').length;
    return index < computing ? (index + 1) % computing : index;
  });

/** Multiply-adds of an image. */
export const macsOf = ({ graph, choices, costs }, path) => {
  const fixed = graph.nodes.reduce((sum, node) => sum + (node.kind === 'op' ? costs[node.id].macs : 0), 0);
  return choices.reduce((sum, choice, index) => sum + candidateCosts(choice, costs)[path[index]].macs, fixed);
};

/** Floating point operations of a weight step: forward, and twice that backward. */
export const weightStepFlops = (task, path) => 6 * macsOf(task, path) * task.batchSize;

export const randomBatch = ({ inputShape, classes, batchSize: count }) => {
  const random = new Random({ seed: 2, stream: 'bench.batch' });
  const labels = Array.from({ length: count }, () => random.integer(classes));
  const targets = new Float32Array(count * classes);
  labels.forEach((label, n) => (targets[n * classes + label] = 1));
  const pixels = inputShape.reduce((product, size) => product * size, count);
  return { count, images: Float32Array.from({ length: pixels }, () => 2 * random.uniform() - 1), targets, labels };
};
