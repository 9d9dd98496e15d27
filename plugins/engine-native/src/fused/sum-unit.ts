// Units whose gradient is that of their output: an addition of equal shapes, an identity. Nothing runs backward.
import { elementCount, sameShape } from '@nasc/ir';
import type { OpView } from '@nasc/ir';
import { elementwise } from '../call.ts';
import { valueBuffer } from '../unit.ts';
import type { Unit } from '../unit.ts';
import type { NativeMatch } from './native-pattern.ts';

export const acceptsSum = ({ inputs, output }: OpView): boolean =>
  (inputs.length === 1 || inputs.length === 2) && inputs.every(({ shape }) => sameShape(shape, output.shape));

export const sumUnit = ({ nodes, batch }: NativeMatch): Unit => {
  const { node } = nodes[0]!;
  const kernel = node.inputs.length === 2 ? 'nasc_sum' : 'nasc_copy';
  const all = node.inputs.map((_, index) => index);
  const forward = () => [elementwise(kernel, [...node.inputs, node.id].map(valueBuffer), batch, batch * elementCount(node.type.shape))];
  return {
    id: node.id,
    inputs: node.inputs,
    output: node.id,
    differentiable: all,
    identities: all,
    trainable: false,
    forward,
    backward: () => [],
    again: forward,
    buffers: new Map(),
    statistics: [],
  };
};
