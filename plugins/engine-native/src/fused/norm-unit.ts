// A batch normalisation of a value, with the activation behind it: `kernels/norm.h`.
import { elementCount } from '@nasc/ir';
import type { OpView } from '@nasc/ir';
import type { Call } from '../call.ts';
import { valueBuffer } from '../unit.ts';
import type { BackwardMode, ForwardMode, Unit } from '../unit.ts';
import { chainUnit } from './chain-unit.ts';
import type { NativeMatch } from './native-pattern.ts';
import { groupRows, mostGroups, normalisation, normalisedValue } from './normalisation.ts';

const groupsWanted = 32;

export const normUnit = ({ nodes, batch, output }: NativeMatch): Unit => {
  const [norm, activation] = nodes as [OpView, OpView?];
  const { node } = norm;
  const value = nodes.at(-1)!.node.id;
  const channels = node.type.shape.at(-1)!;
  const rows = (batch * elementCount(node.type.shape)) / channels;
  const group = groupRows(rows, groupsWanted);
  const groups = Math.ceil(rows / group);
  const z = valueBuffer(node.inputs[0]!);
  const behind = normalisation(norm, value, output ?? normalisedValue(norm, z, activation, false), {
    batch,
    partialGroups: mostGroups(rows, groupsWanted),
    isWritten: !output,
  });

  const forward = (mode: ForwardMode): readonly Call[] => {
    const calls: Call[] = [];
    const trains = mode.batchNorm !== 'running';
    if (trains)
      calls.push({
        kernel: 'nasc_norm_partials',
        tensors: [z, behind.partials],
        dims: [batch, rows, channels, group],
        scalars: [],
        items: groups,
      });
    calls.push(...behind.finish(mode, group, trains));
    if (!output) calls.push(behind.apply(mode));
    return calls;
  };

  const backward = (mode: BackwardMode): readonly Call[] => {
    const { calls: before, gradient } = behind.backward(mode.gradient, mode);
    const calls: Call[] = [...before];
    for (const { buffer, add } of mode.targets)
      calls.push({
        kernel: 'nasc_norm_input_gradient',
        tensors: [gradient, z, behind.coefficients, buffer, ...(add === undefined ? [] : [add])],
        dims: [batch, rows, channels, group, add === undefined ? 0 : 1],
        scalars: [],
        items: groups,
      });
    return calls;
  };

  return chainUnit(nodes, {
    trainable: true,
    forward,
    backward,
    again: behind.again,
    buffers: new Map(behind.buffers.filter(([id]) => id !== z)),
    statistics: [behind.statistics],
  });
};
