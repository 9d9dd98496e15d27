// The logistic function: `kernels/sigmoid.h`.
import { elementCount } from '@nasc/ir';
import { valueBuffer } from '../unit.ts';
import type { Unit } from '../unit.ts';
import type { NativeMatch } from './native-pattern.ts';
import { singleOpUnit } from './single-op-unit.ts';

/** Elements of an item: NASC_SIGMOID_RUN. */
const run = 4096;

export const sigmoidUnit = ({ nodes, batch }: NativeMatch): Unit => {
  const view = nodes[0]!;
  const { node } = view;
  const floats = batch * elementCount(node.type.shape);
  const items = Math.ceil(floats / run);
  const value = valueBuffer(node.id);
  const tensors = [valueBuffer(node.inputs[0]!), value];
  const forward = () => [{ kernel: 'nasc_sigmoid_forward', tensors, dims: [batch, floats], scalars: [], items }];
  return singleOpUnit(view, {
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
