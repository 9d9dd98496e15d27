// A depthwise convolution with the batch normalisation and the clamping activation behind it: `kernels/depthwise.h`.
import { parameterId } from '@nasc/ir';
import type { OpView } from '@nasc/ir';
import type { BufferId, Call } from '../call.ts';
import { parameterGradientBuffer } from '../unit.ts';
import type { BackwardMode, Unit } from '../unit.ts';
import { convolutionChain } from './convolution-chain.ts';
import type { NativeMatch } from './native-pattern.ts';
import { blocksOf, padded } from './normalisation.ts';
import { scratchFloats, windowOf } from './window.ts';

const block = 16;

/** Scratch for a band of rows: long runs of memory, read without a pause, but no more than a part of the second cache. */
const bandFloats = 64 * 1024;

/** Scratch for several small images at a time: the first cache. */
const imagesFloats = 8 * 1024;

interface Scratch {
  /** Output rows at a time. */
  readonly band: number;
  /** Images at a time. */
  readonly together: number;
  readonly floats: number;
}

/** For the backward pass, which needs more than the forward one. */
const scratchOf = ({ attributes, inputs, output }: OpView, images: number): Scratch => {
  const { kernel, stride, padding } = windowOf(attributes);
  const [heightIn, widthIn] = inputs[0]!.shape as [number, number];
  const [heightOut, widthOut] = output.shape as [number, number];
  const floatsOf = (band: number): number => {
    const rowsIn = Math.min((band - 1) * stride + kernel, heightIn);
    const rowsOut = Math.min(stride === 1 ? band + kernel - 1 : band + padding, heightOut);
    return block * (rowsIn * (widthIn + 2 * padding) + rowsOut * (widthOut + 2 * padding));
  };
  let band = heightOut;
  while (band > 1 && floatsOf(band) > bandFloats) band = Math.ceil(band / 2);
  const together = band < heightOut ? 1 : Math.min(images, Math.max(1, Math.floor(imagesFloats / floatsOf(band))));
  return { band, together, floats: together * floatsOf(band) + block * 2 * kernel * (kernel + 1) };
};

export const acceptsDepthwise = (view: OpView): boolean => {
  const { kernel, stride, dilation, padding } = windowOf(view.attributes);
  return (
    (kernel === 3 || kernel === 5 || kernel === 7) &&
    (stride === 1 || stride === 2) &&
    dilation === 1 &&
    padding === kernel >> 1 &&
    scratchOf(view, 1).floats <= scratchFloats
  );
};

export const depthwiseUnit = (match: NativeMatch): Unit => {
  const { batch, input, output } = match;
  const [convolution, norm] = match.nodes as [OpView, OpView?];
  const { node, attributes, inputs } = convolution;
  const [heightIn, widthIn, channels] = inputs[0]!.shape as [number, number, number];
  const [heightOut, widthOut] = convolution.output.shape as [number, number];
  const { kernel, stride } = windowOf(attributes);
  const hasBias = attributes['bias'] === true;
  // Few groups, as each costs sums of its own, but enough items for many threads.
  const roomFor = Math.min(batch, 32, Math.max(4, Math.ceil(128 / blocksOf(channels))));
  const images = Math.ceil(batch / roomFor);
  const groups = Math.ceil(batch / images);
  const items = groups * blocksOf(channels);
  const taps = kernel * kernel;
  const { band, together } = scratchOf(convolution, images);

  const chain = convolutionChain(match, { groups, roomFor, rows: images * heightOut * widthOut });
  const { weight, clamp } = chain;
  const weightPartials: BufferId = `t:${node.id}.weightPartials`;

  interface Flags {
    readonly statistics?: boolean;
    readonly add?: boolean;
    readonly inputGradient?: boolean;
    readonly weightGradient?: boolean;
  }
  const shape = [batch, heightIn, widthIn, channels, heightOut, widthOut, kernel, stride, images, together, band];
  const dims = ({ statistics, add, inputGradient, weightGradient }: Flags) => [
    ...shape,
    ...[input, hasBias, statistics, norm, add, inputGradient, weightGradient, input?.blocked, output].map((flag) => (flag ? 1 : 0)),
  ];

  const backward = (mode: BackwardMode): readonly Call[] => {
    const { weights, targets } = mode;
    const [target] = targets;
    const { calls, gradient } = chain.beforeBackward(mode);
    if (!target && !weights) return calls;
    const tensors = [gradient, ...chain.backwardTensors([weight])];
    if (target) tensors.push(target.buffer);
    if (target?.add !== undefined) tensors.push(target.add);
    if (weights) tensors.push(weightPartials);
    calls.push({
      kernel: 'nasc_depthwise_backward',
      tensors,
      dims: dims({ add: target?.add !== undefined, inputGradient: target !== undefined, weightGradient: weights }),
      scalars: clamp,
      items,
    });
    if (weights)
      calls.push({
        kernel: 'nasc_depthwise_reduce',
        tensors: [weightPartials, parameterGradientBuffer(parameterId(node.id, 'weight'))],
        dims: [batch, taps, channels, groups],
        scalars: [],
        items: taps,
      });
    return calls;
  };

  return chain.unit({
    forward: (mode) => chain.forward(mode, (statistics) => ({ kernel: 'nasc_depthwise_forward', dims: dims({ statistics }), items })),
    backward,
    buffers: [[weightPartials, roomFor * taps * padded(channels)]],
  });
};
