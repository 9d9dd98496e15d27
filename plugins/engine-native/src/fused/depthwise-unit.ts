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

/** Scratch that keeps a band in the second cache. */
const bandFloats = 48 * 1024;

/** Floats of scratch for bands of so many output rows, in the backward pass (which needs more than the forward one). */
const floatsFor = (band: number, kernel: number, stride: number, widthIn: number, widthOut: number): number => {
  const border = (kernel >> 1) + 1;
  const gradient = (band + 2 * border) * (widthOut + 2 * border);
  const input = ((band - 1) * stride + kernel) * (widthIn + 2 * border);
  return block * (kernel * kernel + gradient + input);
};

const bandOf = ({ attributes, inputs, output }: OpView): number => {
  const { kernel, stride } = windowOf(attributes);
  const [height, width] = output.shape as [number, number];
  let band = height;
  while (band > 1 && floatsFor(band, kernel, stride, inputs[0]!.shape[1]!, width) > bandFloats) band = Math.ceil(band / 2);
  return band;
};

export const acceptsDepthwise = (view: OpView): boolean => {
  const { kernel, stride, dilation, padding } = windowOf(view.attributes);
  return (
    (kernel === 3 || kernel === 5 || kernel === 7) &&
    (stride === 1 || stride === 2) &&
    dilation === 1 &&
    padding === kernel >> 1 &&
    floatsFor(bandOf(view), kernel, stride, view.inputs[0]!.shape[1]!, view.output.shape[1]!) <= scratchFloats
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
  // With few blocks of channels, items are smaller groups of images.
  const roomFor = Math.min(batch, blocksOf(channels) < 4 ? 32 : 16);
  const images = Math.ceil(batch / roomFor);
  const groups = Math.ceil(batch / images);
  const items = groups * blocksOf(channels);
  const taps = kernel * kernel;

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
  const shape = [batch, heightIn, widthIn, channels, heightOut, widthOut, kernel, stride, images, bandOf(convolution)];
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
