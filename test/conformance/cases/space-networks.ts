// Random networks of the built-in spaces, and of one with squeeze-and-excite and hSwish, as they are trained and as they are exported.
import { validateSpace } from '@nasc/config';
import type { UserSpace } from '@nasc/config';
import { expandSpace } from '@nasc/expand';
import { choicesOf } from '@nasc/ir';
import { Random } from '@nasc/random';
import { mobileSmall, proxylessImagenet, pyramidCifar10 } from '@nasc/spaces';
import { instantiatePath, removeUnused, rewriteNetwork } from '@nasc/transforms';
import { macroLookup, opLookup, patterns } from '../registered-ops.ts';
import { networkCase } from './network-case.ts';
import type { CaseOptions, NetworkCase } from './network-case.ts';

export interface ImageTask {
  readonly inputShape: readonly [number, number, number];
  readonly classes: number;
}

/** A uniformly sampled path of a space. */
export const spaceNetwork = (space: UserSpace, task: ImageTask, options: CaseOptions): NetworkCase => {
  const graph = expandSpace(validateSpace(space, space.name), task, { ops: opLookup, macros: macroLookup });
  const random = new Random({ seed: options.seed, stream: 'conformance.path' });
  const path = choicesOf(graph).map(({ candidates }) => random.integer(candidates.length));
  return networkCase(`${space.name} ${task.inputShape.slice(0, 2).join('x')}, seed ${options.seed}`, instantiatePath(graph, path), options);
};

/** mobile-small as in MobileNetV3 (Howard et al., 2019): half of the candidates gated, hSwish instead of relu6. */
const gated: UserSpace = {
  ...mobileSmall,
  name: 'mobile-small gated',
  activation: 'hSwish',
  candidates: mobileSmall.candidates.flatMap((candidate) => [candidate, { ...candidate, squeezeExcite: true }]),
};

/** Three blocks of the paper's CIFAR-10 space. */
const trees: UserSpace = {
  ...pyramidCifar10,
  name: 'trees',
  stages: [
    { block: { macro: 'treeBlock' }, width: [24, 24], blocks: 2 },
    { block: { macro: 'treeBlock' }, width: 40, blocks: 1, stride: 2 },
  ],
};

/** Batch normalisation folded, dead ops removed: what is exported. */
export const exported = ({ name, graph, parameters, batch }: NetworkCase): NetworkCase => {
  const folded = rewriteNetwork({ graph, weights: parameters }, patterns, 'fold');
  const simplified = rewriteNetwork(folded, patterns, 'simplify');
  return { name: `${name}, folded`, graph: removeUnused(simplified.graph), parameters: simplified.weights, batch };
};

const small: ImageTask = { inputShape: [28, 28, 1], classes: 10 };

/** Three of each small space, one of trees of edges, and one of proxyless-imagenet, which has millions of weights. */
export const spaceNetworks: readonly NetworkCase[] = [
  ...[mobileSmall, gated].flatMap((space) => [0, 1, 2].map((seed) => spaceNetwork(space, small, { seed, images: 2 }))),
  spaceNetwork(trees, { inputShape: [12, 12, 3], classes: 10 }, { seed: 0, images: 2 }),
  spaceNetwork(proxylessImagenet, { inputShape: [224, 224, 3], classes: 1000 }, { seed: 0, images: 1 }),
].flatMap((network) => [network, exported(network)]);
