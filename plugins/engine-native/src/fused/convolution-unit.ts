// A convolution without groups, with the batch normalisation and the clamping activation behind it: `kernels/convolution.h`.
import { elementCount, parameterId } from '@nasc/ir';
import type { OpView } from '@nasc/ir';
import type { BufferId, Call } from '../call.ts';
import { parameterBuffer, parameterGradientBuffer, valueBuffer } from '../unit.ts';
import type { BackwardMode, ForwardMode, Unit } from '../unit.ts';
import type { NativeMatch } from './native-pattern.ts';
import { convolutionOutput, normalisation, normalisedValue, padded } from './normalisation.ts';
import { chunkOf, evenGroup, largestChunk, roomForGroups } from './row-groups.ts';
import { scratchFloats, windowOf } from './window.ts';

const isPointwise = ({ attributes }: OpView): boolean => {
  const { kernel, stride, padding } = windowOf(attributes);
  return kernel === 1 && stride === 1 && padding === 0;
};

export const convolutionTakesNormalised = isPointwise;

export const acceptsConvolution = ({ attributes, inputs, output }: OpView): boolean => {
  const { groups = 1 } = attributes;
  const depth = windowOf(attributes).kernel ** 2 * inputs[0]!.shape[2]!;
  const channelsOut = output.shape[2]!;
  return groups === 1 && largestChunk(depth + channelsOut) * (padded(channelsOut) + 2 * padded(depth)) <= scratchFloats;
};

/**
 * Large weights of small images have a gradient that takes longer to write for every group, and to add, than what it is made of
 * takes to be read again: it has a kernel of its own, whose items are blocks of the weight.
 */
const hasWeightKernel = (view: OpView, weights: number): boolean => {
  const [height, width] = view.output.shape as [number, number];
  return isPointwise(view) && weights >= Math.max(65536, 256 * height * width);
};

/** Channels of an item of that kernel: NASC_WEIGHT_CHANNELS. */
const weightChannels = 48;

/** More groups share work better, fewer cost less memory and time for partial weight gradients. */
const groupsFor = (partialWeights: number): number => (partialWeights <= 4096 ? 32 : partialWeights <= 262144 ? 16 : 8);

export const convolutionUnit = ({ nodes, batch, input, output }: NativeMatch): Unit => {
  const [convolution, norm, activation] = nodes as [OpView, OpView?, OpView?];
  const { node, attributes, inputs } = convolution;
  const value = nodes.at(-1)!.node.id;
  const [heightIn, widthIn, channelsIn] = inputs[0]!.shape as [number, number, number];
  const [heightOut, widthOut, channelsOut] = convolution.output.shape as [number, number, number];
  const { kernel, stride, dilation, padding } = windowOf(attributes);
  const hasBias = attributes['bias'] === true;
  const depth = kernel * kernel * channelsIn;
  const pixels = batch * heightOut * widthOut;
  const ownWeightKernel = hasWeightKernel(convolution, depth * channelsOut);
  const wanted = groupsFor(ownWeightKernel ? 0 : depth * channelsOut);
  // Windows overlap within an image: its gradient belongs to one item.
  const group = isPointwise(convolution) ? evenGroup(pixels, wanted) : Math.ceil(batch / Math.min(batch, wanted)) * heightOut * widthOut;
  const groups = Math.ceil(pixels / group);
  const roomFor = isPointwise(convolution) ? roomForGroups(pixels, wanted) : Math.min(batch, wanted);
  const chunk = chunkOf(group, depth + channelsOut);

  const z: BufferId = norm ? convolutionOutput(convolution) : valueBuffer(value);
  const transposed: BufferId = `t:${node.id}.transposed`;
  const weightPartials: BufferId = `t:${node.id}.weightPartials`;
  const gradientBehind: BufferId = `t:${node.id}.gradientBehind`;
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
    readonly keepGradient?: boolean;
  }
  const shape = [batch, heightIn, widthIn, channelsIn, heightOut, widthOut, channelsOut, kernel, stride, dilation, padding, group];
  const dims = ({ statistics, add, inputGradient, weightGradient, keepGradient }: Flags) => [
    ...shape,
    ...[input, hasBias, statistics, norm, add, inputGradient, weightGradient, input?.blocked, output, keepGradient].map((flag) =>
      flag ? 1 : 0,
    ),
    chunk,
  ];

  const forward = (mode: ForwardMode): readonly Call[] => {
    const statistics = behind !== undefined && mode.batchNorm !== 'running';
    const tensors = [x, parameterBuffer(weight), z];
    if (input) tensors.push(input.affine);
    if (hasBias) tensors.push(parameterBuffer(bias));
    if (statistics) tensors.push(behind.partials);
    const calls: Call[] = [{ kernel: 'nasc_convolution_forward', tensors, dims: dims({ statistics }), scalars: clamp, items: groups }];
    if (behind) calls.push(...behind.finish(mode, group, true));
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
        dims: [batch, pixels, channelsOut],
        scalars: [],
        items: Math.ceil(channelsOut / 16),
      });
    if (target)
      calls.push({
        kernel: 'nasc_transpose',
        tensors: [parameterBuffer(weight), transposed],
        dims: [batch, depth, channelsOut],
        scalars: [],
        items: Math.ceil(depth / 16),
        joins: calls.length > 0,
      });
    const usesPartials = weights && !ownWeightKernel;
    const keepsGradient = weights && ownWeightKernel && behind !== undefined;
    if (target || usesPartials || keepsGradient) {
      const tensors = [gradient, x];
      if (behind) tensors.push(z, behind.coefficients);
      if (input) tensors.push(input.affine, input.mean, input.sums);
      if (target) tensors.push(transposed, target.buffer);
      if (target?.add !== undefined) tensors.push(target.add);
      if (usesPartials) tensors.push(weightPartials);
      if (keepsGradient) tensors.push(gradientBehind);
      const flags = { add: target?.add !== undefined, inputGradient: target !== undefined, weightGradient: usesPartials };
      calls.push({
        kernel: 'nasc_convolution_backward',
        tensors,
        dims: dims({ ...flags, keepGradient: keepsGradient }),
        scalars: clamp,
        items: groups,
      });
    }
    if (usesPartials)
      calls.push({
        kernel: 'nasc_convolution_reduce',
        tensors: [weightPartials, parameterGradientBuffer(weight)],
        dims: [batch, depth, channelsOut, groups],
        scalars: [],
        items: Math.ceil(depth / 16),
      });
    if (weights && ownWeightKernel)
      calls.push({
        kernel: 'nasc_convolution_weight',
        tensors: [keepsGradient ? gradientBehind : gradient, x, parameterGradientBuffer(weight), ...(input ? [input.affine] : [])],
        dims: dims({}),
        scalars: clamp,
        items: Math.ceil((input ? channelsIn : Math.max(channelsIn, channelsOut)) / weightChannels),
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
      ...(input ? ([[input.sums, roomFor * 2 * padded(channelsIn)]] as const) : []),
      [transposed, channelsOut * padded(depth)],
      ...(ownWeightKernel
        ? ([[gradientBehind, pixels * padded(channelsOut)]] as const)
        : ([[weightPartials, roomFor * Math.max(depth * padded(channelsOut), channelsOut * padded(depth))]] as const)),
      ...(norm ? [] : ([[z, batch * elementCount(convolution.output.shape)]] as const)),
    ]),
    statistics: behind ? [behind.statistics] : [],
  };
};
