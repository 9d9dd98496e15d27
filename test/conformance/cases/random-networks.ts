// Random networks: paths of the space that users start with, and chains of everything that such spaces avoid.
import { buildNetwork, float32 } from '@nasc/ir';
import type { GraphBuilder, NetworkGraph, NodeId } from '@nasc/ir';
import { Random } from '@nasc/random';
import { mobileSmall } from '@nasc/spaces';
import { macroLookup, opLookup } from '../registered-ops.ts';
import { networkCase } from './network-case.ts';
import type { NetworkCase } from './network-case.ts';
import { spaceNetwork } from './space-networks.ts';

const lookups = { ops: opLookup, macros: macroLookup };
const classes = 10;

/** Networks of one size of images see the same ones: they can be computed side by side. */
const caseOptions = (seed: number) => ({ seed, images: 2, imageSeed: 0 });

/** A uniformly sampled path of mobile-small for images of `size`. */
export const mobileNetwork = (seed: number, size: number): NetworkCase =>
  spaceNetwork(mobileSmall, { inputShape: [size, size, 1], classes }, caseOptions(seed));

type Block = (builder: GraphBuilder, input: NodeId, random: Random) => NodeId;

const pick = <T>(random: Random, values: readonly T[]): T => values[random.integer(values.length)]!;
const activations = ['relu', 'relu6', 'hSwish', 'sigmoid'] as const;
const channelsOf = (builder: GraphBuilder, id: NodeId): number => builder.typeOf(id).shape.at(-1)!;

const normalised: Block = (builder, input, random) =>
  builder.op('act', pick(random, activations), [builder.op('norm', 'batchNorm', [input])]);

/** A list of blocks, of which a network is made by drawing one after the other. Channels are multiples of 4 in between. */
const blocks: Readonly<Record<string, Block>> = {
  groupedConvolution: (builder, input, random) => {
    const attributes = {
      width: 4 * (2 + random.integer(4)),
      kernel: pick(random, [1, 3, 5]),
      groups: pick(random, [2, 4]),
      stride: pick(random, [1, 1, 2]),
    };
    return normalised(builder, builder.op('conv', 'conv2d', [input], attributes), random);
  },
  dilatedConvolution: (builder, input, random) => {
    const attributes = { width: 4 * (2 + random.integer(4)), kernel: 3, dilation: pick(random, [2, 3]), bias: true };
    return builder.op('act', pick(random, activations), [builder.op('conv', 'conv2d', [input], attributes)]);
  },
  dilatedDepthwise: (builder, input, random) => {
    const attributes = { kernel: pick(random, [3, 5]), dilation: pick(random, [1, 2]), stride: pick(random, [1, 2]) };
    return normalised(builder, builder.op('depthwise', 'depthwiseConv2d', [input], attributes), random);
  },
  squeezeExcite: (builder, input) => {
    const channels = channelsOf(builder, input);
    const squeezed = builder.op('reduce', 'linear', [builder.op('pool', 'globalAvgPool', [input])], {
      width: Math.max(2, channels >> 2),
      bias: true,
    });
    const excited = builder.op('expand', 'linear', [builder.op('relu', 'relu', [squeezed])], { width: channels, bias: true });
    return builder.op('scale', 'mul', [input, builder.op('gate', 'hSigmoid', [excited])]);
  },
  branches: (builder, input, random) => {
    const left = builder.op('left', 'conv2d', [input], { width: 4 * (1 + random.integer(3)), kernel: 3, bias: true });
    const right = builder.op('right', 'avgPool', [input], { kernel: 3, stride: 1, countIncludePad: random.integer(2) === 1 });
    return builder.op('concat', 'concat', [left, right], { axis: 2 });
  },
  pooling: (builder, input, random) => {
    const op = pick(random, ['maxPool', 'avgPool']);
    return builder.op('pool', op, [input], { kernel: pick(random, [2, 3]), stride: 2 });
  },
  residual: (builder, input, random) => {
    const op = pick(random, [
      { op: 'conv2d', attributes: { width: channelsOf(builder, input) } },
      { op: 'depthwiseConv2d', attributes: {} },
    ]);
    const convolved = builder.op('conv', op.op, [input], { ...op.attributes, kernel: pick(random, [1, 3]) });
    const norm = builder.op('norm', 'batchNorm', [convolved]);
    const active = random.integer(2) === 1 ? builder.op('act', pick(random, activations), [norm]) : norm;
    return builder.op('sum', 'add', [active, builder.op('same', 'identity', [input])]);
  },
  cutAndPad: (builder, input) => {
    const [height, , channels] = builder.typeOf(input).shape;
    const cut = builder.op('cut', 'slice', [input], { axis: 0, start: 0, end: Math.max(1, height! - 1) });
    const back = builder.op('pad', 'pad', [cut], { before: [1, 0, 0], after: [0, 0, channels! % 4 === 0 ? 0 : 4 - (channels! % 4)] });
    return builder.op('turned', 'transpose', [back], { permutation: [1, 0, 2] });
  },
};

/** `depth` random blocks. */
export const mixedNetwork = (seed: number, depth: number, shape: readonly [number, number, number]): NetworkCase => {
  const random = new Random({ seed, stream: 'conformance.mixed' });
  const names = Object.keys(blocks);
  const drawn = Array.from({ length: depth }, () => pick(random, names));
  const graph: NetworkGraph = buildNetwork(lookups, (builder) => {
    const scope = (prefix: string): GraphBuilder => builder.group({ id: prefix, macro: 'test', attributes: {}, shortcut: false });
    let value = builder.op('stem', 'conv2d', [builder.input('image', float32(...shape))], { width: 8, kernel: 3, bias: true });
    for (const [index, name] of drawn.entries()) value = blocks[name]!(scope(`block${index}`), value, random);
    return builder.op('classifier', 'linear', [builder.op('average', 'globalAvgPool', [value])], { width: classes, bias: true });
  });
  return networkCase(`mixed ${shape.join('x')}, seed ${seed}: ${drawn.join(', ')}`, graph, caseOptions(seed));
};
