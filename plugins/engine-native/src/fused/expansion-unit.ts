// An inverted bottleneck up to its depthwise convolution, without its expanded tensors: `kernels/expansion.h`.
import { parameterId } from '@nasc/ir';
import type { OpView } from '@nasc/ir';
import { elementwise } from '../call.ts';
import type { BufferId, Call } from '../call.ts';
import { parameterBuffer, parameterGradientBuffer, valueBuffer } from '../unit.ts';
import type { BackwardMode, ForwardMode, Unit } from '../unit.ts';
import { acceptsDepthwise } from './depthwise-unit.ts';
import { expandedBytes, expandedWidth, expansionBand, expansionShape, fitsScratch, gramRows } from './expansion-plan.ts';
import { chainUnit } from './chain-unit.ts';
import type { NativeMatch } from './native-pattern.ts';
import {
  blocksOf,
  clampOf,
  convolutionOutput,
  groupRows,
  mostGroups,
  normalisation,
  normalisedValue,
  normSettings,
  padded,
  runningCall,
  updateCall,
} from './normalisation.ts';
import { isPointwise } from './window.ts';

/** Rows that kernels work on at a time: NASC_CHUNK_ROWS. */
const chunkRows = 48;
/** Items of passes over the input. */
const gramGroups = 16;
const passGroups = 64;
/** More groups share work better, fewer cost less memory and time for partial weight gradients. */
const mostImageGroups = 16;

/** With more channels of the input, making rows of activations again costs more than reading them, however many there are. */
const mostInputs = 48;

/**
 * Where an expanded tensor of the full batch has more than so many bytes for every channel that it is made of: the larger it is, the
 * slower is the memory that it would be stored in, and the fewer channels make it, the less it costs to make it again.
 */
export const acceptsExpansion =
  (bytesPerInput: number) =>
  (nodes: readonly OpView[], batchSize: number): boolean => {
    const [convolution, , , depthwise] = nodes as [OpView, OpView, OpView, OpView];
    const { groups = 1 } = convolution.attributes;
    const shape = expansionShape(nodes);
    return (
      isPointwise(convolution) &&
      groups === 1 &&
      convolution.attributes['bias'] !== true &&
      depthwise.attributes['bias'] !== true &&
      acceptsDepthwise(depthwise) &&
      shape.channelsIn <= mostInputs &&
      fitsScratch(shape) &&
      expandedBytes(shape, batchSize) > bytesPerInput * shape.channelsIn
    );
  };

export const expansionUnit = ({ nodes, batch, output }: NativeMatch): Unit => {
  const [convolution, norm, activation, depthwise, normBehind, activationBehind] = nodes as [
    OpView,
    OpView,
    OpView,
    OpView,
    OpView,
    OpView,
  ];
  const { node } = convolution;
  const value = activationBehind.node.id;
  const shape = expansionShape(nodes);
  const { heightIn, widthIn, channelsIn, channels, heightOut, widthOut, kernel, stride } = shape;
  const pixels = batch * heightIn * widthIn;
  const roomFor = Math.min(batch, mostImageGroups);
  const images = Math.ceil(batch / roomFor);
  const groups = Math.ceil(batch / images);
  const gram = groupRows(pixels, gramGroups, gramRows);
  const pass = groupRows(pixels, passGroups, chunkRows);
  const clamp = clampOf[activation.node.op]!;
  const { epsilon } = normSettings(norm);

  const x = valueBuffer(node.inputs[0]!);
  const weight = parameterId(node.id, 'weight');
  const taps = parameterId(depthwise.node.id, 'weight');
  const parameter = (name: string) => parameterBuffer(parameterId(norm.node.id, name));
  const gradientOf = (name: string) => parameterGradientBuffer(parameterId(norm.node.id, name));
  const kept = (name: string): BufferId => `s:${node.id}.${name}`;
  const temporary = (name: string): BufferId => `t:${node.id}.${name}`;
  const z = convolutionOutput(depthwise);
  const [pivot, products, affine, offset] = [kept('pivot'), kept('products'), kept('affine'), kept('offset')];
  const [mean, variance] = [kept('mean'), kept('variance')];
  const behind = normalisation(normBehind, value, output ?? normalisedValue(normBehind, z, activationBehind, true), {
    batch,
    partialGroups: roomFor,
    isWritten: !output,
  });

  interface Flags {
    readonly statistics?: boolean;
    readonly add?: boolean;
    readonly inputGradient?: boolean;
    readonly products?: boolean;
    readonly taps?: boolean;
  }
  const sizes = [batch, heightIn, widthIn, channelsIn, channels, heightOut, widthOut, kernel, stride, images, expansionBand(shape)];
  const dims = (flags: Flags) => [
    ...sizes,
    ...[flags.statistics, output, flags.add, flags.inputGradient, flags.products, flags.taps].map((flag) => (flag ? 1 : 0)),
  ];

  /** The normalisation of the expanded tensor, from sums over x. */
  const statisticsOf = ({ batchNorm }: ForwardMode): readonly Call[] => {
    if (batchNorm === 'running')
      return [
        elementwise('nasc_clear', [pivot], batch, 2 * padded(channelsIn)),
        { ...runningCall(norm, batch, offset, affine), joins: true },
      ];
    const partials = temporary('gramPartials');
    const matrix = temporary('gram');
    const gramItems = Math.ceil(pixels / gram);
    return [
      {
        kernel: 'nasc_expansion_gram',
        tensors: [x, partials],
        dims: [batch, pixels, channelsIn, gram],
        scalars: [],
        items: gramItems,
      },
      {
        kernel: 'nasc_expansion_moments',
        tensors: [x, partials, matrix, pivot],
        dims: [batch, pixels, channelsIn, gramItems],
        scalars: [],
        items: channelsIn,
      },
      {
        kernel: 'nasc_expansion_finish',
        tensors: [matrix, pivot, parameterBuffer(weight), parameter('scale'), parameter('shift'), products, mean, variance, offset, affine],
        dims: [batch, pixels, channelsIn, channels],
        scalars: [epsilon],
        items: blocksOf(channels),
      },
      ...(batchNorm === 'update' ? [updateCall(norm, batch, mean, variance)] : []),
    ];
  };

  const forward = (mode: ForwardMode): readonly Call[] => {
    const statistics = mode.batchNorm !== 'running';
    const tensors = [x, pivot, parameterBuffer(weight), affine, parameterBuffer(taps), z];
    if (statistics) tensors.push(behind.partials);
    const calls: Call[] = [
      ...statisticsOf(mode),
      {
        kernel: 'nasc_expansion_forward',
        tensors,
        dims: dims({ statistics }),
        scalars: clamp,
        items: groups * Math.ceil(channels / expandedWidth),
        joins: mode.batchNorm === 'update', // the call before it moves running statistics
      },
      ...behind.finish(mode, images * heightOut * widthOut, true),
    ];
    if (!output) calls.push(behind.apply(mode));
    return calls;
  };

  const backward = (mode: BackwardMode): readonly Call[] => {
    const { weights, frozen, targets } = mode;
    const [target] = targets;
    const { calls: before, gradient } = behind.backward(mode.gradient, mode);
    const calls: Call[] = [...before];
    if (!target && !weights) return calls;
    const [sums, partials, tapPartials] = [temporary('sums'), temporary('partials'), temporary('tapPartials')];
    const [transposed, slopes, mix] = [temporary('transposed'), temporary('slopes'), temporary('mix')];
    if (target)
      calls.push({
        kernel: 'nasc_transpose',
        tensors: [parameterBuffer(weight), transposed],
        dims: [batch, channelsIn, channels],
        scalars: [],
        items: blocksOf(channelsIn),
        joins: true,
      });
    const needsProducts = weights || !frozen;
    const tensors = [gradient, z, behind.coefficients, x, pivot, parameterBuffer(weight), affine, parameterBuffer(taps)];
    if (needsProducts) tensors.push(sums, partials);
    if (weights) tensors.push(tapPartials);
    if (target) tensors.push(transposed, target.buffer);
    if (target?.add !== undefined) tensors.push(target.add);
    calls.push({
      kernel: 'nasc_expansion_backward',
      tensors,
      dims: dims({ add: target?.add !== undefined, inputGradient: target !== undefined, products: needsProducts, taps: weights }),
      scalars: clamp,
      items: groups,
    });
    if (weights)
      calls.push({
        kernel: 'nasc_depthwise_reduce',
        tensors: [tapPartials, parameterGradientBuffer(taps)],
        dims: [batch, kernel * kernel, channels, groups],
        scalars: [],
        items: kernel * kernel,
      });
    if (needsProducts)
      calls.push({
        kernel: 'nasc_expansion_gradient',
        tensors: [
          sums,
          partials,
          parameterBuffer(weight),
          products,
          pivot,
          offset,
          affine,
          slopes,
          ...(weights ? [parameterGradientBuffer(weight), gradientOf('scale'), gradientOf('shift')] : []),
        ],
        dims: [batch, pixels, channelsIn, channels, groups, frozen ? 1 : 0, weights ? 1 : 0],
        scalars: [],
        items: blocksOf(channels),
        joins: weights,
      });
    if (target && !frozen)
      calls.push(
        {
          kernel: 'nasc_expansion_mix',
          tensors: [parameterBuffer(weight), transposed, slopes, pivot, mix],
          dims: [batch, channelsIn, channels],
          scalars: [],
          items: blocksOf(channelsIn),
        },
        {
          kernel: 'nasc_expansion_correct',
          tensors: [x, pivot, mix, target.buffer],
          dims: [batch, pixels, channelsIn, pass],
          scalars: [],
          items: Math.ceil(pixels / pass),
        },
      );
    return calls;
  };

  return chainUnit(nodes, {
    trainable: true,
    forward,
    backward,
    buffers: new Map<BufferId, number>([
      ...behind.buffers,
      [pivot, 2 * padded(channelsIn)],
      [products, channelsIn * padded(channels)],
      [offset, channels],
      [affine, 3 * padded(channels)],
      [mean, channels],
      [variance, channels],
      [temporary('gramPartials'), 2 * mostGroups(pixels, gramGroups, gramRows) * (channelsIn + 1) * padded(channelsIn)],
      [temporary('gram'), channelsIn * padded(channelsIn)],
      [temporary('sums'), roomFor * padded(channels)],
      [temporary('partials'), roomFor * channelsIn * padded(channels)],
      [temporary('tapPartials'), roomFor * kernel * kernel * padded(channels)],
      [temporary('transposed'), channels * padded(channelsIn)],
      [temporary('slopes'), 2 * padded(channels)],
      [temporary('mix'), (channelsIn + 1) * padded(channelsIn)],
    ]),
    statistics: [{ node: norm.node.id, channels, mean, variance }, behind.statistics],
  });
};
