// A convolution without groups, with the batch normalisation and the clamping activation behind it: `kernels/convolution.h`.
import { parameterId } from '@nasc/ir';
import type { OpView } from '@nasc/ir';
import type { BufferId, Call } from '../call.ts';
import { parameterGradientBuffer } from '../unit.ts';
import type { BackwardMode, Unit } from '../unit.ts';
import { convolutionChain } from './convolution-chain.ts';
import type { NativeMatch } from './native-pattern.ts';
import { padded } from './normalisation.ts';
import { chunkOf, evenGroup, largestChunk, roomForGroups } from './row-groups.ts';
import { isPointwise, scratchFloats, windowOf } from './window.ts';

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

export const convolutionUnit = (match: NativeMatch): Unit => {
  const { batch, input, output } = match;
  const [convolution, norm] = match.nodes as [OpView, OpView?];
  const { node, attributes, inputs } = convolution;
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

  const chain = convolutionChain(match, { groups, roomFor, rows: group });
  const { x, weight, behind, clamp } = chain;
  const weightGradient = parameterGradientBuffer(parameterId(node.id, 'weight'));
  const transposed: BufferId = `t:${node.id}.transposed`;
  const weightPartials: BufferId = `t:${node.id}.weightPartials`;
  const gradientBehind: BufferId = `t:${node.id}.gradientBehind`;

  interface Flags {
    readonly statistics?: boolean;
    readonly add?: boolean;
    readonly inputGradient?: boolean;
    readonly weightGradient?: boolean;
    readonly keepGradient?: boolean;
  }
  const shape = [batch, heightIn, widthIn, channelsIn, heightOut, widthOut, channelsOut, kernel, stride, dilation, padding, group];
  const dims = (flags: Flags) => [
    ...shape,
    ...[
      input,
      hasBias,
      flags.statistics,
      norm,
      flags.add,
      flags.inputGradient,
      flags.weightGradient,
      input?.blocked,
      output,
      flags.keepGradient,
    ].map((flag) => (flag ? 1 : 0)),
    chunk,
  ];

  const backward = (mode: BackwardMode): readonly Call[] => {
    const { weights, targets } = mode;
    const [target] = targets;
    const { calls, gradient } = chain.beforeBackward(mode);
    if (target)
      calls.push({
        kernel: 'nasc_transpose',
        tensors: [weight, transposed],
        dims: [batch, depth, channelsOut],
        scalars: [],
        items: Math.ceil(depth / 16),
        joins: calls.length > 0,
      });
    const usesPartials = weights && !ownWeightKernel;
    const keepsGradient = weights && ownWeightKernel && behind !== undefined;
    if (target || usesPartials || keepsGradient) {
      const tensors = [gradient, ...chain.backwardTensors()];
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
        tensors: [weightPartials, weightGradient],
        dims: [batch, depth, channelsOut, groups],
        scalars: [],
        items: Math.ceil(depth / 16),
      });
    if (weights && ownWeightKernel)
      calls.push({
        kernel: 'nasc_convolution_weight',
        tensors: [keepsGradient ? gradientBehind : gradient, x, weightGradient, ...(input ? [input.affine] : [])],
        dims: dims({}),
        scalars: clamp,
        items: Math.ceil((input ? channelsIn : Math.max(channelsIn, channelsOut)) / weightChannels),
      });
    return calls;
  };

  return chain.unit({
    forward: (mode) =>
      chain.forward(mode, (statistics) => ({ kernel: 'nasc_convolution_forward', dims: dims({ statistics }), items: groups })),
    backward,
    buffers: [
      [transposed, channelsOut * padded(depth)],
      ownWeightKernel
        ? [gradientBehind, pixels * padded(channelsOut)]
        : [weightPartials, roomFor * Math.max(depth * padded(channelsOut), channelsOut * padded(depth))],
    ],
  });
};
