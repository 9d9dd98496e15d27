// Squeeze and excite: the mean over all pixels, and the product with a factor for every channel (or element): `kernels/gate.h`.
import { elementCount, sameShape } from '@nasc/ir';
import type { OpView } from '@nasc/ir';
import type { BufferId } from '../call.ts';
import { valueBuffer } from '../unit.ts';
import type { Unit } from '../unit.ts';
import { chainUnit } from './chain-unit.ts';
import type { NativeMatch } from './native-pattern.ts';

/** Channels of an item: NASC_PIECE. */
const piece = 64;

const itemsOf = ([images, , channels]: readonly [number, number, number]): number => images * Math.ceil(channels / piece);

export const meanUnit = ({ nodes, batch }: NativeMatch): Unit => {
  const view = nodes[0]!;
  const [height, width, channels] = view.inputs[0]!.shape as [number, number, number];
  const dims = [batch, height * width, channels] as const;
  const items = itemsOf(dims);
  const tensors = [valueBuffer(view.node.inputs[0]!), valueBuffer(view.node.id)];
  const forward = () => [{ kernel: 'nasc_mean_forward', tensors, dims, scalars: [], items }];
  return chainUnit(nodes, {
    forward,
    again: forward,
    backward: ({ gradient, targets }) =>
      targets.map(({ buffer, add }) => ({
        kernel: 'nasc_mean_backward',
        tensors: [gradient, buffer, ...(add === undefined ? [] : [add])],
        dims: [...dims, add === undefined ? 0 : 1],
        scalars: [],
        items,
      })),
  });
};

/** Operands of one shape are one image of one pixel. */
const gateDims = ({ inputs: [x, factor] }: OpView, batch: number): readonly [number, number, number] => {
  const elements = elementCount(x!.shape);
  if (sameShape(x!.shape, factor!.shape)) return [1, 1, batch * elements];
  const channels = x!.shape.at(-1)!;
  return [batch, elements / channels, channels];
};

export const gateUnit = ({ nodes, batch }: NativeMatch): Unit => {
  const view = nodes[0]!;
  const dims = gateDims(view, batch);
  const items = itemsOf(dims);
  const [x, factor] = view.node.inputs.map(valueBuffer) as [BufferId, BufferId];
  const forward = () => [{ kernel: 'nasc_gate_forward', tensors: [x, factor, valueBuffer(view.node.id)], dims, scalars: [], items }];
  return chainUnit(nodes, {
    differentiable: [0, 1],
    forward,
    again: forward,
    backward({ gradient, targets }) {
      if (targets.length === 0) return [];
      const tensors = [gradient, x, factor];
      const flags: number[] = [];
      for (const index of [0, 1]) {
        const target = targets.find((one) => one.index === index);
        if (target) tensors.push(target.buffer);
        if (target?.add !== undefined) tensors.push(target.add);
        flags.push(target ? 1 : 0, target?.add === undefined ? 0 : 1);
      }
      return [{ kernel: 'nasc_gate_backward', tensors, dims: [...dims, ...flags], scalars: [], items }];
    },
  });
};
