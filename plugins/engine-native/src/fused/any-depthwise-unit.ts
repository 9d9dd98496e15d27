// Depthwise convolutions of any window, above all dilated ones: `kernels/depthwise-any.h`.
import { parameterId } from '@nasc/ir';
import type { OpView } from '@nasc/ir';
import type { BufferId, Call } from '../call.ts';
import { parameterBuffer, parameterGradientBuffer, valueBuffer } from '../unit.ts';
import type { BackwardMode, Unit } from '../unit.ts';
import { biasGradient, biasOf } from './bias.ts';
import { chainUnit } from './chain-unit.ts';
import type { NativeMatch } from './native-pattern.ts';
import { padded } from './normalisation.ts';
import { fitsWindows, windowOf, windowsDims } from './window.ts';

const mostGroups = 16;
/** Channels of an item of the weight gradient: NASC_DEPTHWISE_PIECE. */
const piece = 64;

/** Windows of one element share nothing: the plain kernels are as good. */
export const acceptsAnyDepthwise = (view: OpView): boolean => windowOf(view.attributes).kernel > 1 && fitsWindows(view);

export const anyDepthwiseUnit = ({ nodes, batch }: NativeMatch): Unit => {
  const view = nodes[0]!;
  const { node, attributes, inputs, output } = view;
  const [heightIn, , channels] = inputs[0]!.shape as [number, number, number];
  const hasBias = attributes['bias'] === true;
  const taps = windowOf(attributes).kernel ** 2;
  const images = Math.ceil(batch / Math.min(batch, mostGroups));
  const groups = Math.ceil(batch / images);
  const x = valueBuffer(node.inputs[0]!);
  const weight = parameterId(node.id, 'weight');
  const partials: BufferId = `t:${node.id}.weightPartials`;
  const dims = (add: boolean) => [...windowsDims(view, batch), hasBias ? 1 : 0, add ? 1 : 0];

  const weightCalls = (gradient: BufferId): readonly Call[] => [
    {
      kernel: 'nasc_any_depthwise_weight',
      tensors: [gradient, x, partials],
      dims: [...dims(false), images],
      scalars: [],
      items: groups * Math.ceil(channels / piece),
    },
    {
      kernel: 'nasc_depthwise_reduce',
      tensors: [partials, parameterGradientBuffer(weight)],
      dims: [batch, taps, channels, groups],
      scalars: [],
      items: taps,
    },
  ];
  return chainUnit(nodes, {
    trainable: true,
    forward: () => [
      {
        kernel: 'nasc_any_depthwise_forward',
        tensors: [x, parameterBuffer(weight), valueBuffer(node.id), ...(hasBias ? [biasOf(view)] : [])],
        dims: dims(false),
        scalars: [],
        items: batch * output.shape[0]!,
      },
    ],
    backward: ({ gradient, targets, weights }: BackwardMode) => [
      ...(weights && hasBias ? [biasGradient(view, batch, gradient)] : []),
      ...targets.map(({ buffer, add }) => ({
        kernel: 'nasc_any_depthwise_input',
        tensors: [gradient, parameterBuffer(weight), buffer, ...(add === undefined ? [] : [add])],
        dims: dims(add !== undefined),
        scalars: [],
        items: batch * heightIn,
      })),
      ...(weights ? weightCalls(gradient) : []),
    ],
    buffers: new Map([[partials, Math.min(batch, mostGroups) * taps * padded(channels)]]),
  });
};
