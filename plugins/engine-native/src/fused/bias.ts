// The bias of a convolution or a fully connected layer.
import { elementCount, parameterId } from '@nasc/ir';
import type { OpView } from '@nasc/ir';
import type { BufferId, Call } from '../call.ts';
import { parameterBuffer, parameterGradientBuffer } from '../unit.ts';
import { blocksOf } from './normalisation.ts';

export const biasOf = ({ node }: OpView): BufferId => parameterBuffer(parameterId(node.id, 'bias'));

/** Its gradient: the sum over all pixels of that of the output. */
export const biasGradient = ({ node, output }: OpView, batch: number, gradient: BufferId): Call => {
  const channels = output.shape.at(-1)!;
  return {
    kernel: 'nasc_bias_gradient',
    tensors: [gradient, parameterGradientBuffer(parameterId(node.id, 'bias'))],
    dims: [batch, (batch * elementCount(output.shape)) / channels, channels],
    scalars: [],
    items: blocksOf(channels),
  };
};
