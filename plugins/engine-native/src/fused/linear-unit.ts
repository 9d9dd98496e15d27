// A fully connected layer: `kernels/linear.h`.
import { elementCount, parameterId } from '@nasc/ir';
import type { BufferId, Call } from '../call.ts';
import { parameterBuffer, parameterGradientBuffer, valueBuffer } from '../unit.ts';
import type { BackwardMode, Unit } from '../unit.ts';
import { biasGradient, biasOf } from './bias.ts';
import { chainUnit } from './chain-unit.ts';
import type { NativeMatch } from './native-pattern.ts';
import { blocksOf, padded } from './normalisation.ts';

/** Columns of an item of the forward kernel: NASC_LINEAR_CHANNELS. */
const columnsOfItem = 48;

export const linearUnit = ({ nodes, batch }: NativeMatch): Unit => {
  const view = nodes[0]!;
  const { node, attributes, inputs, output } = view;
  const channelsIn = elementCount(inputs[0]!.shape);
  const channelsOut = elementCount(output.shape);
  const hasBias = attributes['bias'] !== false;
  const x = valueBuffer(node.inputs[0]!);
  const weight = parameterId(node.id, 'weight');
  const transposed: BufferId = `t:${node.id}.transposedGradient`;
  const dims = (flag = false) => [batch, channelsIn, channelsOut, flag ? 1 : 0];

  const backward = ({ gradient, targets: [target], weights }: BackwardMode): readonly Call[] => {
    const calls: Call[] = [];
    if (weights && hasBias) calls.push(biasGradient(view, batch, gradient));
    if (weights)
      calls.push({
        kernel: 'nasc_linear_weight_gradient',
        tensors: [gradient, x, parameterGradientBuffer(weight)],
        dims: dims(),
        scalars: [],
        items: blocksOf(channelsIn),
        joins: calls.length > 0,
      });
    if (target) {
      const { buffer, add } = target;
      calls.push(
        {
          kernel: 'nasc_transpose',
          tensors: [gradient, transposed],
          dims: [batch, batch, channelsOut],
          scalars: [],
          items: blocksOf(batch),
          joins: calls.length > 0,
        },
        {
          kernel: 'nasc_linear_input_gradient',
          tensors: [transposed, parameterBuffer(weight), buffer, ...(add === undefined ? [] : [add])],
          dims: dims(add !== undefined),
          scalars: [],
          items: blocksOf(channelsIn),
        },
      );
    }
    return calls;
  };

  return chainUnit(nodes, {
    trainable: true,
    forward: () => [
      {
        kernel: 'nasc_linear_forward',
        tensors: [x, parameterBuffer(weight), valueBuffer(node.id), ...(hasBias ? [biasOf(view)] : [])],
        dims: dims(hasBias),
        scalars: [],
        items: Math.ceil(channelsOut / columnsOfItem),
      },
    ],
    backward,
    buffers: new Map([[transposed, channelsOut * padded(batch)]]),
  });
};
