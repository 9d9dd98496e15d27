// A convolution without groups, with the batch normalisation and the clamping activation behind it: `kernels/convolution.h`.
import { elementCount, parameterId } from '@nasc/ir';
import type { OpView } from '@nasc/ir';
import type { BufferId, Call } from '../call.ts';
import { parameterBuffer, parameterGradientBuffer, valueBuffer } from '../unit.ts';
import type { BackwardMode, ForwardMode, Unit } from '../unit.ts';
import type { NativeMatch } from './native-pattern.ts';
import { convolutionOutput, groupRows, mostGroups, normalisation, normalisedValue, padded } from './normalisation.ts';
import { scratchFloats, windowOf } from './window.ts';

/** Rows that kernels work on at a time: NASC_CHUNK_ROWS; groups are multiples of it. */
const chunkRows = 48;

const isPointwise = ({ attributes }: OpView): boolean => {
  const { kernel, stride, padding } = windowOf(attributes);
  return kernel === 1 && stride === 1 && padding === 0;
};

export const convolutionTakesNormalised = isPointwise;

export const acceptsConvolution = ({ attributes, inputs, output }: OpView): boolean => {
  const { groups = 1 } = attributes;
  const depth = windowOf(attributes).kernel ** 2 * inputs[0]!.shape[2]!;
  return groups === 1 && chunkRows * (padded(output.shape[2]!) + 2 * padded(depth)) <= scratchFloats;
};

/** More groups share work better, fewer cost less memory and time for partial weight gradients. */
const groupsFor = (weights: number): number => (weights <= 4096 ? 32 : weights <= 262144 ? 16 : 8);

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
  const wanted = groupsFor(depth * channelsOut);
  // Windows overlap within an image: its gradient belongs to one item.
  const group = isPointwise(convolution)
    ? groupRows(pixels, wanted, chunkRows)
    : Math.ceil(batch / Math.min(batch, wanted)) * heightOut * widthOut;
  const groups = Math.ceil(pixels / group);
  const roomFor = isPointwise(convolution) ? mostGroups(pixels, wanted, chunkRows) : Math.min(batch, wanted);

  const z: BufferId = norm ? convolutionOutput(convolution) : valueBuffer(value);
  const transposed: BufferId = `t:${node.id}.transposed`;
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
  const shape = [batch, heightIn, widthIn, channelsIn, heightOut, widthOut, channelsOut, kernel, stride, dilation, padding, group];
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
        kernel: 'nasc_convolution_transpose',
        tensors: [parameterBuffer(weight), transposed],
        dims: [batch, depth, channelsOut],
        scalars: [],
        items: Math.ceil(depth / 16),
        joins: calls.length > 0,
      });
    if (!target && !weights) return calls;
    const tensors = [gradient, x];
    if (behind) tensors.push(z, behind.coefficients);
    if (input) tensors.push(input.affine, input.mean, input.sums);
    if (target) tensors.push(transposed, target.buffer);
    if (target?.add !== undefined) tensors.push(target.add);
    if (weights) tensors.push(weightPartials);
    calls.push({
      kernel: 'nasc_convolution_backward',
      tensors,
      dims: dims({ add: target?.add !== undefined, inputGradient: target !== undefined, weightGradient: weights }),
      scalars: clamp,
      items: groups,
    });
    if (weights)
      calls.push({
        kernel: 'nasc_convolution_reduce',
        tensors: [weightPartials, parameterGradientBuffer(weight)],
        dims: [batch, depth, channelsOut, groups],
        scalars: [],
        items: Math.ceil(depth / 16),
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
      [weightPartials, roomFor * Math.max(depth * padded(channelsOut), channelsOut * padded(depth))],
      ...(norm ? [] : ([[z, batch * elementCount(convolution.output.shape)]] as const)),
    ]),
    statistics: behind ? [behind.statistics] : [],
  };
};
