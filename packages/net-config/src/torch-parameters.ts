// Names and layouts that a network's parameters have in the authors' PyTorch code: `blocks.3.mobile_inverted_conv.depth_conv.bn.weight`.
import { parameterId } from '@nasc/ir';
import type { NodeId, Tensor } from '@nasc/ir';
import type { NormalisedConvolution, RecognisedNetwork } from './recognise-network.ts';

export interface TorchParameter {
  /** In PyTorch's state_dict. */
  readonly name: string;
  /** Ours. */
  readonly id: string;
  /** Axis of PyTorch's tensor that lies at each axis of ours; further axes of PyTorch's have length 1. */
  readonly axes: readonly number[];
  readonly rank: number;
}

const vector = { axes: [0], rank: 1 } as const;
/** [out, in / groups, kh, kw] -> [kh, kw, in / groups, out] */
const convolution = { axes: [2, 3, 1, 0], rank: 4 } as const;
/** [c, 1, kh, kw] -> [kh, kw, c] */
const depthwise = { axes: [2, 3, 0], rank: 4 } as const;
/** [out, in] -> [in, out] */
const linear = { axes: [1, 0], rank: 2 } as const;

/** Parameters of batch normalisation: PyTorch's name, and ours. */
const batchNorm = { weight: 'scale', bias: 'shift', running_mean: 'runningMean', running_var: 'runningVariance' } as const;

const normalised = (
  prefix: string,
  { conv, bn }: NormalisedConvolution,
  layout: Pick<TorchParameter, 'axes' | 'rank'>,
): readonly TorchParameter[] => [
  { name: `${prefix}.conv.weight`, id: parameterId(conv.id, 'weight'), ...layout },
  ...Object.entries(batchNorm).map(([name, own]) => ({ name: `${prefix}.bn.${name}`, id: parameterId(bn.id, own), ...vector })),
];

const classifier = (node: NodeId): readonly TorchParameter[] => [
  { name: 'classifier.linear.weight', id: parameterId(node, 'weight'), ...linear },
  { name: 'classifier.linear.bias', id: parameterId(node, 'bias'), ...vector },
];

/** Every parameter of the network, in its order. */
export const torchParameters = (network: RecognisedNetwork): readonly TorchParameter[] => [
  ...normalised('first_conv', network.firstConv, convolution),
  ...network.blocks.flatMap((block, index) => {
    if (block.kind === 'zero') return [];
    const prefix = `blocks.${index}.mobile_inverted_conv`;
    return [
      ...(block.expand ? normalised(`${prefix}.inverted_bottleneck`, block.expand, convolution) : []),
      ...normalised(`${prefix}.depth_conv`, block.depthwise, depthwise),
      ...normalised(`${prefix}.point_linear`, block.project, convolution),
    ];
  }),
  ...(network.featureMix ? normalised('feature_mix_layer', network.featureMix, convolution) : []),
  ...classifier(network.classifier.linear.id),
];

/** The shape that PyTorch's tensor has where ours has `shape`. */
export const torchShape = ({ axes, rank }: Pick<TorchParameter, 'axes' | 'rank'>, shape: readonly number[]): readonly number[] => {
  const axisAt = Array.from({ length: rank }, (_, axis) => axes.indexOf(axis));
  return axisAt.map((own) => (own < 0 ? 1 : shape[own]!));
};

/** PyTorch's values in our layout; `tensor` has `torchShape`. */
export const readTorchTensor = ({ axes, rank }: Pick<TorchParameter, 'axes' | 'rank'>, tensor: Tensor): Tensor => {
  const strides = Array.from({ length: rank }, (_, axis) => tensor.shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const shape = axes.map((axis) => tensor.shape[axis]!);
  const steps = axes.map((axis) => strides[axis]!);
  const data = new Float32Array(tensor.data.length);
  const position = shape.map(() => 0);
  for (let index = 0, from = 0; index < data.length; index++) {
    data[index] = tensor.data[from]!;
    // The next place of ours, last axis first, and where it lies in PyTorch's tensor.
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += steps[axis]!;
      if (++position[axis]! < shape[axis]!) break;
      from -= steps[axis]! * shape[axis]!;
      position[axis] = 0;
    }
  }
  return { shape, data };
};
