// A depthwise convolution with the batch normalisation and the clamping activation behind it: `kernels/depthwise.h`.
import { elementCount, parameterId } from '@nasc/ir';
import type { OpView } from '@nasc/ir';
import type { BufferId, Call } from '../call.ts';
import { parameterBuffer, parameterGradientBuffer, valueBuffer } from '../unit.ts';
import type { BackwardMode, ForwardMode, Unit } from '../unit.ts';
import type { NativeMatch } from './native-pattern.ts';
import { blocksOf, convolutionOutput, normalisation, normalisedValue, padded } from './normalisation.ts';
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

export const depthwiseUnit = ({ nodes, batch, input, output }: NativeMatch): Unit => {
  const [convolution, norm, activation] = nodes as [OpView, OpView?, OpView?];
  const { node, attributes, inputs } = convolution;
  const value = nodes.at(-1)!.node.id;
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

  const z: BufferId = norm ? convolutionOutput(convolution) : valueBuffer(value);
  const weightPartials: BufferId = `t:${node.id}.weightPartials`;
  const weight = parameterId(node.id, 'weight');
  const bias = parameterId(node.id, 'bias');
  const normalised = norm && (output ?? normalisedValue(norm, z, activation, true));
  const behind = norm && normalisation(norm, value, normalised!, { batch, partialGroups: roomFor, isWritten: !output });
  if (input) input.groups = groups;
  const x = input?.z ?? valueBuffer(node.inputs[0]!);
  const clamp = input ? [input.low, input.high] : [0, 0];

  interface Flags {
    readonly statistics?: boolean;
    readonly add?: boolean;
    readonly inputGradient?: boolean;
    readonly weightGradient?: boolean;
  }
  const shape = [batch, heightIn, widthIn, channels, heightOut, widthOut, kernel, stride, images, together, band];
  const dims = ({ statistics = false, add = false, inputGradient = false, weightGradient = false }: Flags) => [
    ...shape,
    ...[input, hasBias, statistics, norm, add, inputGradient, weightGradient, input?.blocked, output].map((flag) => (flag ? 1 : 0)),
  ];

  const forward = (mode: ForwardMode): readonly Call[] => {
    const statistics = behind !== undefined && mode.batchNorm !== 'running';
    const tensors = [x, parameterBuffer(weight), z];
    if (input) tensors.push(input.affine);
    if (hasBias) tensors.push(parameterBuffer(bias));
    if (statistics) tensors.push(behind.partials);
    const calls: Call[] = [{ kernel: 'nasc_depthwise_forward', tensors, dims: dims({ statistics }), scalars: clamp, items }];
    if (behind) calls.push(...behind.finish(mode, images * heightOut * widthOut, true));
    if (behind && !output) calls.push(behind.apply(mode));
    return calls;
  };

  const backward = (mode: BackwardMode): readonly Call[] => {
    const { weights, targets } = mode;
    const [target] = targets;
    const { calls: before, gradient } = behind?.backward(mode.gradient, mode) ?? { calls: [], gradient: mode.gradient };
    const calls: Call[] = [...before];
    if (weights && hasBias)
      calls.push({
        kernel: 'nasc_bias_gradient',
        tensors: [gradient, parameterGradientBuffer(bias)],
        dims: [batch, batch * heightOut * widthOut, channels],
        scalars: [],
        items: blocksOf(channels),
      });
    if (!target && !weights) return calls;
    const tensors = [gradient, x, parameterBuffer(weight)];
    if (behind) tensors.push(z, behind.coefficients);
    if (input) tensors.push(input.affine, input.mean, input.sums);
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
        tensors: [weightPartials, parameterGradientBuffer(weight)],
        dims: [batch, taps, channels, groups],
        scalars: [],
        items: taps,
      });
    return calls;
  };

  return {
    id: node.id,
    inputs: [node.inputs[0]!],
    output: value,
    differentiable: [0],
    identities: [],
    trainable: true,
    forward,
    backward,
    again: behind?.again,
    buffers: new Map<BufferId, number>([
      ...(behind?.buffers ?? []),
      ...(input ? ([[input.sums, roomFor * 2 * padded(channels)]] as const) : []),
      [weightPartials, roomFor * taps * padded(channels)],
      ...(norm ? [] : ([[z, batch * elementCount(convolution.output.shape)]] as const)),
    ]),
    statistics: behind ? [behind.statistics] : [],
  };
};
