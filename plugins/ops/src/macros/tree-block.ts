// The block of the ProxylessNAS paper's CIFAR-10 space: PyramidNet's pre-activation bottleneck around a cell that is a tree
// of learnable edges (Cai et al., ICLR 2019; tree cells: Cai et al., "Path-Level Network Transformation", 2018).
//
//   x -> bn, 1x1 to w = width / bottleneck -> bn, act, k x k in B groups to B w, with the stride -> B branches b of w channels
//   b -> bn(tree(b, depth)) + b,  tree(v, 0) = v,  tree(v, d) = sum over the edges e that leave v of tree(e(v), d - 1)
//   sum over the branches -> bn, act, 1x1 to width, bn -> + x, pooled by the stride, with zeros for the channels that are new
//
// An edge is called after its way from the root: `edge01` is child 1 of branch 0, and the edges that follow it `edge010`, `edge011`.
import { defineMacro, float32, inferenceError } from '@nasc/ir';
import type { CandidateSpec, GraphBuilder, NodeId } from '@nasc/ir';
import {
  activationSchema,
  batchNormSchema,
  candidatesSchema,
  channelsIn,
  kernelSchema,
  normalise,
  strideSchema,
  widthSchema,
} from './shared/block-attributes.ts';
import type { BatchNormSettings } from './shared/block-attributes.ts';

export interface TreeBlockAttributes {
  readonly width: number;
  readonly stride?: number;
  /** Of every learnable edge. */
  readonly candidates: readonly CandidateSpec[];
  readonly bottleneck?: number;
  readonly kernel?: number;
  readonly branches?: number;
  readonly depth?: number;
  readonly edges?: number;
  readonly activation?: string;
  readonly batchNorm?: BatchNormSettings;
}

const indices = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

/** Shortcut with the block's stride, by average pooling, and its width, by zeros. */
const shortcut = (builder: GraphBuilder, input: NodeId, stride: number, width: number): NodeId => {
  const channels = channelsIn(builder, input);
  if (channels > width) inferenceError(`treeBlock adds channels; it cannot make ${width} of ${channels}`);
  const pooled = stride === 1 ? input : builder.op('pool', 'avgPool', [input], { kernel: stride, stride, padding: 0 });
  return channels === width ? pooled : builder.op('widen', 'pad', [pooled], { before: [0, 0, 0], after: [0, 0, width - channels] });
};

export const treeBlock = defineMacro<TreeBlockAttributes>({
  name: 'treeBlock',
  doc: 'Pre-activation bottleneck block whose inside is a tree of learnable edges; a shortcut with pooling and added zero channels around it.',
  attributesSchema: {
    type: 'object',
    properties: {
      width: widthSchema,
      stride: strideSchema,
      candidates: candidatesSchema,
      bottleneck: { type: 'integer', minimum: 1, default: 4, description: 'Channels out divided by channels of a branch.' },
      kernel: { ...kernelSchema, default: 3, description: 'Height and width of the window of the convolution that makes the branches.' },
      branches: { type: 'integer', minimum: 1, maximum: 8, default: 2, description: 'Branches of the root: groups of its convolution.' },
      depth: { type: 'integer', minimum: 1, maximum: 4, default: 2, description: 'Learnable edges from the root of a branch to a leaf.' },
      edges: { type: 'integer', minimum: 1, maximum: 4, default: 2, description: 'Learnable edges that leave a node.' },
      activation: activationSchema,
      batchNorm: batchNormSchema,
    },
    required: ['width', 'candidates'],
    additionalProperties: false,
  },
  expand(builder, [input], attributes) {
    const {
      width,
      stride = 1,
      candidates,
      bottleneck = 4,
      kernel = 3,
      branches = 2,
      depth = 2,
      edges = 2,
      activation = 'relu6',
      batchNorm,
    } = attributes;
    const inside = width / bottleneck;
    if (inside % branches !== 0) inferenceError(`treeBlock: a width of ${width} is no multiple of ${bottleneck} times ${branches}`);

    const root = builder.part('root');
    let value = root.op('narrow', 'conv2d', [normalise(root, 'narrowBn', input!, batchNorm)], { width: inside, kernel: 1 });
    value = root.op('act', activation, [normalise(root, 'bn', value, batchNorm)]);
    value = root.op('conv', 'conv2d', [value], { width: inside * branches, kernel, stride, groups: branches });

    const size = { width: inside, stride: 1 };
    const leaves = (way: string, from: NodeId, levels: number): readonly NodeId[] =>
      levels === 0
        ? [from]
        : indices(edges).flatMap((child) =>
            leaves(`${way}${child}`, builder.edge(`edge${way}${child}`, [from], candidates, size), levels - 1),
          );
    const sums = indices(branches).map((branch) => {
      const start = builder
        .part(`branch${branch}`)
        .op('split', 'slice', [value], { axis: 2, start: branch * inside, end: (branch + 1) * inside });
      const ends = leaves(String(branch), start, depth);
      const part = builder.part(`sum${branch}`);
      const sum = ends.length === 1 ? ends[0]! : part.op('sum', 'add', ends);
      return part.op('residual', 'add', [normalise(part, 'bn', sum, batchNorm), start]);
    });

    const out = builder.part('out');
    const merged = sums.length === 1 ? sums[0]! : out.op('merge', 'add', sums);
    const active = out.op('act', activation, [normalise(out, 'bn', merged, batchNorm)]);
    const widened = normalise(out, 'wideBn', out.op('wide', 'conv2d', [active], { width, kernel: 1 }), batchNorm);
    return out.op('add', 'add', [widened, shortcut(out, input!, stride, width)]);
  },
  examples: [
    {
      name: 'two branches of two levels, stride 2, wider',
      attributes: { width: 16, stride: 2, candidates: [{ name: 'avg3', macro: 'avgPool', attributes: { kernel: 3 } }] },
      inputs: [float32(6, 6, 12)],
    },
    {
      name: 'one level of three edges',
      attributes: {
        width: 8,
        candidates: [{ name: 'sep3', macro: 'separableConv', attributes: { kernel: 3 } }],
        bottleneck: 2,
        depth: 1,
        edges: 3,
        activation: 'relu',
      },
      inputs: [float32(4, 4, 8)],
    },
  ],
});
