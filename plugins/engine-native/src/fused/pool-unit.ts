// Largest values and means of windows: `kernels/pool.h`.
import { elementCount } from '@nasc/ir';
import type { BufferId, Call } from '../call.ts';
import { valueBuffer } from '../unit.ts';
import type { Unit } from '../unit.ts';
import { chainUnit } from './chain-unit.ts';
import type { NativeMatch } from './native-pattern.ts';
import { fitsWindows, windowsDims } from './window.ts';

export const acceptsPool = fitsWindows;

export const poolUnit = ({ nodes, batch }: NativeMatch): Unit => {
  const view = nodes[0]!;
  const { node, attributes, inputs, output } = view;
  const isMax = node.op === 'maxPool';
  const family = isMax ? 'nasc_max_pool' : 'nasc_mean_pool';
  const windows = windowsDims(view, batch);
  const countsPadding = attributes['countIncludePad'] === true ? 1 : 0;
  const taps: BufferId = `s:${node.id}.taps`;

  const write = (keepsTaps: boolean): readonly Call[] => {
    const tensors = [valueBuffer(node.inputs[0]!), valueBuffer(node.id), ...(keepsTaps ? [taps] : [])];
    const dims = [...windows, isMax ? Number(keepsTaps) : countsPadding, 0];
    return [{ kernel: `${family}_forward`, tensors, dims, scalars: [], items: batch * output.shape[0]! }];
  };

  return chainUnit(nodes, {
    // An evaluation, which draws nothing, is followed by no backward pass.
    forward: ({ random }) => write(isMax && random),
    again: () => write(false),
    backward: ({ gradient, targets }) =>
      targets.map(({ buffer, add }) => ({
        kernel: `${family}_backward`,
        tensors: [gradient, ...(isMax ? [taps] : []), buffer, ...(add === undefined ? [] : [add])],
        dims: [...windows, countsPadding, add === undefined ? 0 : 1],
        scalars: [],
        items: batch * inputs[0]!.shape[0]!,
      })),
    buffers: new Map(isMax ? [[taps, batch * elementCount(output.shape)]] : []),
  });
};
