// A graph as the layers that the format has: each block's nodes, one after the other, have to be those of one of its layers.
import type { Graph, NetworkGraph, OpNode } from '@nasc/ir';

/** A convolution without bias and the batch normalisation behind it. */
export interface NormalisedConvolution {
  readonly conv: OpNode;
  readonly bn: OpNode;
  readonly channelsIn: number;
  readonly channelsOut: number;
  readonly kernel: number;
  readonly stride: number;
}

export type BlockLayers =
  | {
      readonly kind: 'mbConv';
      /** Absent without expansion. */
      readonly expand?: NormalisedConvolution;
      readonly depthwise: NormalisedConvolution;
      readonly project: NormalisedConvolution;
      readonly shortcut: boolean;
    }
  | { readonly kind: 'zero'; readonly channels: number };

export interface RecognisedNetwork {
  /** [H, W, C] */
  readonly inputShape: readonly number[];
  readonly batchNorm: { readonly momentum: number; readonly epsilon: number };
  readonly firstConv: NormalisedConvolution;
  readonly blocks: readonly BlockLayers[];
  readonly featureMix?: NormalisedConvolution;
  readonly classifier: { readonly linear: OpNode; readonly features: number; readonly classes: number; readonly dropout: number };
}

/** Why the format cannot say it, or the network. */
export type Recognition = { readonly network: RecognisedNetwork } | { readonly reason: string };

const convAct = 'batchNorm relu6';
const patterns = {
  convLayer: `conv2d ${convAct}`,
  mbConv: `depthwiseConv2d ${convAct} conv2d batchNorm`,
  expandedMbConv: `conv2d ${convAct} depthwiseConv2d ${convAct} conv2d batchNorm`,
} as const;

class NotOfTheFormat extends Error {}

const fail = (reason: string): never => {
  throw new NotOfTheFormat(reason);
};

/** Attributes besides those that the format has a field for must have the value that they have when absent. */
const checkConvolution = ({ id, attributes }: OpNode, plain: boolean): void => {
  const { kernel, padding = Number(kernel) >> 1, groups = 1, dilation = 1, bias = false } = attributes;
  if (padding !== Number(kernel) >> 1) fail(`the convolution "${id}" has a padding of its own`);
  if (groups !== 1) fail(`the convolution "${id}" has groups`);
  if (dilation !== 1) fail(`the convolution "${id}" is dilated`);
  if (bias !== false) fail(`the convolution "${id}" has a bias`);
  if (plain && (kernel !== 1 || (attributes['stride'] ?? 1) !== 1)) fail(`the convolution "${id}" is not 1x1`);
};

/** The nodes of one group. */
interface Block {
  readonly id: string;
  readonly nodes: readonly OpNode[];
  /** Names of their ops where each node reads the one before it, else empty. An addition may read what reaches the block, too. */
  readonly ops: string;
  /** What the first node reads. */
  readonly channelsIn: number;
}

const blocksOf = (graph: NetworkGraph): readonly Block[] => {
  const types = new Map([...graph.inputs, ...graph.nodes].map(({ id, type }) => [id, type]));
  let before = graph.inputs[0]!.id;
  let position = 0;
  const blocks: Block[] = [];
  while (position < graph.nodes.length) {
    const { group, id: first } = graph.nodes[position]!;
    if (group === undefined) return fail(`the node "${first}" belongs to no block`);
    const entry = before;
    const nodes: OpNode[] = [];
    let isChain = true;
    for (let node = graph.nodes[position]; node?.group === group; node = graph.nodes[++position]) {
      const { id, op, inputs } = node;
      const isShortcut = op === 'add' && inputs.length === 2 && inputs.includes(entry) && before !== entry;
      const reads = isShortcut ? inputs.filter((input) => input !== entry) : inputs;
      isChain &&= reads.length === 1 && reads[0] === before;
      nodes.push(node);
      before = id;
    }
    blocks.push({ id: group, nodes, ops: isChain ? nodes.map(({ op }) => op).join(' ') : '', channelsIn: types.get(entry)!.shape.at(-1)! });
  }
  if (graph.outputs.length !== 1 || graph.outputs[0] !== before) fail('its output is not that of its last block');
  return blocks;
};

const normalised = ({ nodes, channelsIn }: Block, at: number, plain = false): NormalisedConvolution => {
  const [conv, bn] = [nodes[at]!, nodes[at + 1]!];
  checkConvolution(conv, plain);
  const { kernel, stride = 1 } = conv.attributes;
  return {
    conv,
    bn,
    channelsIn: at === 0 ? channelsIn : nodes[at - 1]!.type.shape.at(-1)!,
    channelsOut: conv.type.shape.at(-1)!,
    kernel: Number(kernel),
    stride: Number(stride),
  };
};

const convLayer = (block: Block): NormalisedConvolution | undefined =>
  block.ops === patterns.convLayer ? normalised(block, 0) : undefined;

const blockLayers = (block: Block): BlockLayers => {
  const { id, nodes, channelsIn } = block;
  const shortcut = nodes.at(-1)!.op === 'add';
  const ops = block.ops.replace(/ add$/, '');
  if (ops === 'zero' && shortcut) return { kind: 'zero', channels: channelsIn };
  if (ops === patterns.mbConv) return { kind: 'mbConv', depthwise: normalised(block, 0), project: normalised(block, 3, true), shortcut };
  if (ops === patterns.expandedMbConv)
    return {
      kind: 'mbConv',
      expand: normalised(block, 0, true),
      depthwise: normalised(block, 3),
      project: normalised(block, 6, true),
      shortcut,
    };
  return fail(`the block "${id}" is none of its layers (${[...new Set(nodes.map(({ op }) => op))].join(', ')})`);
};

const classifierOf = (block: Block | undefined): RecognisedNetwork['classifier'] => {
  const { nodes = [], ops = '', channelsIn = 0 } = block ?? {};
  const linear = nodes.at(-1);
  if (!/^globalAvgPool( dropout)? linear$/.test(ops) || (linear!.attributes['bias'] ?? true) !== true)
    return fail('its last block is not global average pooling and a linear layer with bias');
  const dropout = nodes.find(({ op }) => op === 'dropout')?.attributes['rate'] ?? 0;
  return { linear: linear!, features: channelsIn, classes: linear!.type.shape[0]!, dropout: Number(dropout) };
};

const batchNormOf = ({ nodes }: Graph<OpNode>): RecognisedNetwork['batchNorm'] => {
  const settings = nodes
    .filter(({ op }) => op === 'batchNorm')
    .map(({ attributes }) => ({ momentum: Number(attributes['momentum']), epsilon: Number(attributes['epsilon']) }));
  const [first] = settings;
  if (settings.some(({ momentum, epsilon }) => momentum !== first!.momentum || epsilon !== first!.epsilon))
    fail('batch normalisations have different settings');
  return first!;
};

const recognise = (graph: NetworkGraph): RecognisedNetwork => {
  const inputShape = graph.inputs[0]?.type.shape ?? [];
  if (graph.inputs.length !== 1 || inputShape.length !== 3) fail('it does not take one image');
  const blocks = blocksOf(graph);
  const [first, ...rest] = blocks.slice(0, -1);
  const firstConv = (first && convLayer(first)) ?? fail('its first block is not a convolution with batch normalisation and relu6');
  const last = rest.at(-1);
  const featureMix = last && convLayer(last);
  return {
    inputShape,
    batchNorm: batchNormOf(graph),
    firstConv,
    blocks: (featureMix ? rest.slice(0, -1) : rest).map(blockLayers),
    ...(featureMix && { featureMix }),
    classifier: classifierOf(blocks.at(-1)),
  };
};

/** A trained network before batch normalisation is folded, by the format's layers. */
export const recogniseNetwork = (graph: NetworkGraph): Recognition => {
  try {
    return { network: recognise(graph) };
  } catch (error) {
    if (error instanceof NotOfTheFormat) return { reason: error.message };
    throw error;
  }
};
