// A convolution in groups: `kernels/grouped-convolution.h`.
import { parameterId } from '@nasc/ir';
import type { OpView } from '@nasc/ir';
import type { BufferId, Call } from '../call.ts';
import { parameterBuffer, parameterGradientBuffer, valueBuffer } from '../unit.ts';
import type { BackwardMode, Unit } from '../unit.ts';
import { biasGradient, biasOf } from './bias.ts';
import { chainUnit } from './chain-unit.ts';
import type { NativeMatch } from './native-pattern.ts';
import { groupRows, mostGroups, padded } from './normalisation.ts';
import { isPointwise, scratchFloats, windowOf } from './window.ts';

/** Rows that kernels work on at a time: NASC_CHUNK_ROWS; groups of rows are multiples of it. */
const chunkRows = 48;
const groupsWanted = 16;
/** Narrower groups leave most of a vector empty. */
const narrowest = 4;

const groupsOf = ({ attributes }: OpView): number => (typeof attributes['groups'] === 'number' ? attributes['groups'] : 1);

export const acceptsGrouped = (view: OpView): boolean => {
  const groups = groupsOf(view);
  const channelsIn = view.inputs[0]!.shape[2]!;
  const windowFloats = windowOf(view.attributes).kernel ** 2 * channelsIn;
  return groups > 1 && view.output.shape[2]! / groups >= narrowest && 2 * chunkRows * windowFloats <= scratchFloats;
};

export const groupedUnit = ({ nodes, batch }: NativeMatch): Unit => {
  const view = nodes[0]!;
  const { node, attributes, inputs, output } = view;
  const [heightOut, widthOut, channelsOut] = output.shape as [number, number, number];
  const { kernel, stride, dilation, padding } = windowOf(attributes);
  const groups = groupsOf(view);
  const hasBias = attributes['bias'] === true;
  const depth = inputs[0]!.shape[2]! / groups;
  const width = channelsOut / groups;
  const taps = kernel * kernel;
  const pixels = batch * heightOut * widthOut;
  // Windows overlap within an image: its gradient belongs to one item.
  const group = isPointwise(view)
    ? groupRows(pixels, groupsWanted, chunkRows)
    : Math.ceil(batch / Math.min(batch, groupsWanted)) * heightOut * widthOut;
  const items = Math.ceil(pixels / group);
  const roomFor = isPointwise(view) ? mostGroups(pixels, groupsWanted, chunkRows) : Math.min(batch, groupsWanted);

  const x = valueBuffer(node.inputs[0]!);
  const weight = parameterId(node.id, 'weight');
  const transposed: BufferId = `t:${node.id}.transposed`;
  const partials: BufferId = `t:${node.id}.weightPartials`;
  const shape = [batch, ...inputs[0]!.shape, ...output.shape, kernel, stride, dilation, padding, groups, group, hasBias ? 1 : 0];
  const dims = (add: boolean, inputGradient: boolean, weightGradient: boolean) => [
    ...shape,
    ...[add, inputGradient, weightGradient].map((flag) => (flag ? 1 : 0)),
  ];

  const backward = ({ gradient, targets: [target], weights }: BackwardMode): readonly Call[] => {
    const calls: Call[] = [];
    if (!target && !weights) return calls;
    if (weights && hasBias) calls.push(biasGradient(view, batch, gradient));
    if (target)
      calls.push({
        kernel: 'nasc_grouped_transpose',
        tensors: [parameterBuffer(weight), transposed],
        dims: dims(false, false, false),
        scalars: [],
        items: taps,
        joins: calls.length > 0,
      });
    const tensors = [gradient, x];
    if (target) tensors.push(transposed, target.buffer);
    if (target?.add !== undefined) tensors.push(target.add);
    if (weights) tensors.push(partials);
    calls.push({
      kernel: 'nasc_grouped_backward',
      tensors,
      dims: dims(target?.add !== undefined, target !== undefined, weights),
      scalars: [],
      items,
    });
    if (weights)
      calls.push({
        kernel: 'nasc_grouped_reduce',
        tensors: [partials, parameterGradientBuffer(weight)],
        dims: [batch, taps, depth, channelsOut, groups, items],
        scalars: [],
        items: taps * depth,
      });
    return calls;
  };

  return chainUnit(nodes, {
    trainable: true,
    forward: () => [
      {
        kernel: 'nasc_grouped_forward',
        tensors: [x, parameterBuffer(weight), valueBuffer(node.id), ...(hasBias ? [biasOf(view)] : [])],
        dims: dims(false, false, false),
        scalars: [],
        items,
      },
    ],
    backward,
    buffers: new Map([
      [transposed, taps * channelsOut * padded(depth)],
      [partials, roomFor * groups * taps * depth * padded(width)],
    ]),
  });
};
