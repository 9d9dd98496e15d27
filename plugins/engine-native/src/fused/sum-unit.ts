// Units whose gradient is that of their output: a sum of equal shapes, an identity. Nothing runs backward.
import { elementCount, sameShape } from '@nasc/ir';
import type { OpView } from '@nasc/ir';
import { elementwise } from '../call.ts';
import type { BufferId } from '../call.ts';
import { valueBuffer } from '../unit.ts';
import type { Unit } from '../unit.ts';
import { chainUnit } from './chain-unit.ts';
import type { NativeMatch } from './native-pattern.ts';

export const acceptsSum = ({ inputs, output }: OpView): boolean => inputs.every(({ shape }) => sameShape(shape, output.shape));

export const sumUnit = ({ nodes, batch }: NativeMatch): Unit => {
  const { node } = nodes[0]!;
  const [first, second, ...more] = node.inputs.map(valueBuffer) as [BufferId, BufferId?, ...BufferId[]];
  const value = valueBuffer(node.id);
  const floats = batch * elementCount(node.type.shape);
  const all = node.inputs.map((_, index) => index);
  const forward = () =>
    second === undefined
      ? [elementwise('nasc_copy', [first, value], batch, floats)]
      : [
          elementwise('nasc_sum', [first, second, value], batch, floats),
          ...more.map((term) => elementwise('nasc_sum', [value, term, value], batch, floats)),
        ];
  return chainUnit(nodes, { differentiable: all, identities: all, forward, backward: () => [], again: forward });
};
