// The logistic function: `kernels/sigmoid.h`.
import { elementCount } from '@nasc/ir';
import { valueBuffer } from '../unit.ts';
import type { Unit } from '../unit.ts';
import { chainUnit } from './chain-unit.ts';
import type { NativeMatch } from './native-pattern.ts';

/** Elements of an item: NASC_SIGMOID_RUN. */
const run = 4096;

export const sigmoidUnit = ({ nodes, batch }: NativeMatch): Unit => {
  const { node } = nodes[0]!;
  const floats = batch * elementCount(node.type.shape);
  const items = Math.ceil(floats / run);
  const value = valueBuffer(node.id);
  const tensors = [valueBuffer(node.inputs[0]!), value];
  const forward = () => [{ kernel: 'nasc_sigmoid_forward', tensors, dims: [batch, floats], scalars: [], items }];
  return chainUnit(nodes, {
    forward,
    again: forward,
    backward: ({ gradient, targets }) =>
      targets.map(({ buffer, add }) => ({
        kernel: 'nasc_sigmoid_backward',
        tensors: [gradient, value, buffer, ...(add === undefined ? [] : [add])],
        dims: [batch, floats, add === undefined ? 0 : 1],
        scalars: [],
        items,
      })),
  });
};
