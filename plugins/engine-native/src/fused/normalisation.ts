// The calls of a batch normalisation that follows something (or reads a value): `kernels/norm.h`.
import { elementCount, parameterId } from '@nasc/ir';
import type { NodeId, OpView } from '@nasc/ir';
import type { BufferId, Call } from '../call.ts';
import { gradientBuffer, parameterBuffer, parameterGradientBuffer, runningMean, runningVariance, valueBuffer } from '../unit.ts';
import type { BackwardMode, ForwardMode, Unit, UnitStatistics } from '../unit.ts';
import type { Normalised } from './native-pattern.ts';

/** Channels of an item: NASC_BLOCK. */
const block = 16;
/** Items that a pass over rows is split into. */
const passGroups = 64;
const sumGroups = 32;

/** Room for whole vectors of any width. */
export const padded = (channels: number): number => Math.ceil(channels / block) * block;
export const blocksOf = (channels: number): number => Math.ceil(channels / block);

/** Rows of a group, so that there are at most `groups` of them. */
export const groupRows = (rows: number, groups: number, multiple = 1): number => Math.ceil(Math.ceil(rows / groups) / multiple) * multiple;

/** Groups that memory is reserved for: fewer rows may make more groups, but never more than this. */
export const mostGroups = (rows: number, groups: number, multiple = 1): number => Math.min(groups, Math.ceil(rows / multiple));

/** What an activation clamps to; undefined for ops that do something else. */
export const clampOf: Readonly<Record<string, readonly [number, number]>> = { relu: [0, Infinity], relu6: [0, 6] };

/** The two numbers that tell kernels which activation is behind a normalisation (`kernels/lanes.h`). */
export const activationOf: Readonly<Record<string, readonly [number, number]>> = { ...clampOf, hSwish: [3, -3] };

export const normSettings = ({ attributes }: OpView): { readonly epsilon: number; readonly momentum: number } => ({
  epsilon: typeof attributes['epsilon'] === 'number' ? attributes['epsilon'] : 1e-3,
  momentum: typeof attributes['momentum'] === 'number' ? attributes['momentum'] : 0.1,
});

/** Mean and affine from running statistics. */
export const runningCall = (norm: OpView, batch: number, mean: BufferId, affine: BufferId): Call => {
  const channels = norm.node.type.shape.at(-1)!;
  const parameters = ['scale', 'shift', runningMean, runningVariance].map((name) => parameterBuffer(parameterId(norm.node.id, name)));
  return {
    kernel: 'nasc_norm_running',
    tensors: [...parameters, mean, affine],
    dims: [batch, channels],
    scalars: [normSettings(norm).epsilon],
    items: blocksOf(channels),
  };
};

/** Running statistics move towards those of a batch. */
export const updateCall = (norm: OpView, batch: number, mean: BufferId, variance: BufferId): Call => {
  const { shape } = norm.node.type;
  const channels = shape.at(-1)!;
  const running = [runningMean, runningVariance].map((name) => parameterBuffer(parameterId(norm.node.id, name)));
  return {
    kernel: 'nasc_norm_update',
    tensors: [mean, variance, ...running],
    dims: [batch, (batch * elementCount(shape)) / channels, channels],
    scalars: [normSettings(norm).momentum],
    items: blocksOf(channels),
  };
};

export interface Normalisation {
  readonly statistics: UnitStatistics;
  /** Where partial sums of z go in training. */
  readonly partials: BufferId;
  readonly coefficients: BufferId;
  /**
   * From partial sums over groups of `partialRows` rows, or from running statistics, to mean and affine. `follows`: after
   * a call of the same unit.
   */
  finish(mode: ForwardMode, partialRows: number, follows: boolean): readonly Call[];
  /** Writes the value out, after `finish`. */
  apply(mode: ForwardMode): Call;
  readonly again: Unit['again'];
  /** From the value's gradient to the gradient of what is normalised, which readers finish from z and `coefficients`. */
  backward(
    arriving: BufferId,
    mode: Pick<BackwardMode, 'weights' | 'frozen'>,
  ): { readonly calls: readonly Call[]; readonly gradient: BufferId };
  readonly buffers: readonly (readonly [BufferId, number])[];
}

/** A normalisation as readers of its result see it. `id`: the value's id, that of the chain's last node. */
export const normalisedValue = (norm: OpView, z: BufferId, activation: OpView | undefined, blocked: boolean): Normalised => {
  const [low, high] = activation ? activationOf[activation.node.op]! : [-Infinity, Infinity];
  const own = (name: string): BufferId => `s:${norm.node.id}.${name}`;
  return { z, affine: own('affine'), mean: own('mean'), low, high, sums: `t:${norm.node.id}.sums`, blocked, groups: 0 };
};

/** What the reader of a chain that ends in a normalisation gets to know. */
export const normalisedOutput = (nodes: readonly OpView[]): Normalised => {
  const at = nodes.findLastIndex(({ node }) => node.op === 'batchNorm');
  const z = at === 0 ? valueBuffer(nodes[0]!.node.inputs[0]!) : convolutionOutput(nodes[at - 1]!);
  return normalisedValue(nodes[at]!, z, nodes[at + 1], at > 0);
};

/** Where a convolution in front of a normalisation writes. */
export const convolutionOutput = ({ node }: OpView): BufferId => `s:${node.id}.z`;

export const normalisation = (
  norm: OpView,
  value: NodeId,
  normalised: Normalised,
  { batch, partialGroups, isWritten }: { readonly batch: number; readonly partialGroups: number; readonly isWritten: boolean },
): Normalisation => {
  const { node } = norm;
  const channels = node.type.shape.at(-1)!;
  const rows = (batch * elementCount(node.type.shape)) / channels;
  const { z, affine, mean, low, high, sums, blocked } = normalised;
  const variance: BufferId = `s:${node.id}.variance`;
  const partials: BufferId = `t:${node.id}.partials`;
  const coefficients: BufferId = `t:${node.id}.coefficients`;
  const masked: BufferId = `t:${node.id}.masked`;
  const parameter = (name: string) => parameterBuffer(parameterId(node.id, name));
  const gradientOf = (name: string) => parameterGradientBuffer(parameterId(node.id, name));
  const masks = low > -Infinity || high < Infinity;
  const passRows = groupRows(rows, passGroups);
  const sumRows = groupRows(rows, sumGroups);
  // Without readers that sum on their own, the mask pass does.
  if (isWritten) normalised.groups = Math.ceil(rows / sumRows);

  const apply: Call = {
    kernel: 'nasc_norm_apply',
    tensors: [z, affine, valueBuffer(value)],
    dims: [batch, rows, channels, passRows, blocked ? 1 : 0],
    scalars: [low, high],
    items: Math.ceil(rows / passRows),
  };

  return {
    statistics: { node: node.id, channels, mean, variance },
    partials,
    coefficients,
    finish({ batchNorm }, partialRows, follows) {
      if (batchNorm === 'running') return [{ ...runningCall(norm, batch, mean, affine), joins: follows }];
      const finish: Call = {
        kernel: 'nasc_norm_finish',
        tensors: [partials, parameter('scale'), parameter('shift'), mean, variance, affine],
        dims: [batch, rows, channels, partialRows],
        scalars: [normSettings(norm).epsilon],
        items: blocksOf(channels),
      };
      return batchNorm === 'batch' ? [finish] : [finish, updateCall(norm, batch, mean, variance)];
    },
    // In mode `update` the call before it moves running statistics.
    apply: ({ batchNorm }) => ({ ...apply, joins: batchNorm === 'update' }),
    again: isWritten ? () => [apply] : undefined,
    backward: (arriving, { weights, frozen }) => {
      // Where nothing was written out, readers have masked the gradient and summed it already.
      const mask: Call = {
        kernel: 'nasc_norm_mask',
        tensors: [arriving, z, affine, mean, sums, ...(masks ? [masked] : [])],
        dims: [batch, rows, channels, sumRows, masks ? 1 : 0, blocked ? 1 : 0],
        scalars: [low, high],
        items: normalised.groups,
      };
      // Gradients of scale and shift; the coefficients of dL/dz.
      const coefficientsOf: Call = {
        kernel: 'nasc_norm_gradient',
        tensors: [sums, parameter('scale'), mean, affine, coefficients, ...(weights ? [gradientOf('scale'), gradientOf('shift')] : [])],
        dims: [batch, rows, channels, normalised.groups, frozen ? 1 : 0, weights ? 1 : 0],
        scalars: [],
        items: blocksOf(channels),
      };
      return isWritten
        ? { calls: [mask, coefficientsOf], gradient: masks ? masked : arriving }
        : { calls: [coefficientsOf], gradient: arriving };
    },
    buffers: [
      [z, rows * padded(channels)],
      // Readers leave the masked gradient in the layout of z.
      ...(isWritten || !blocked ? [] : ([[gradientBuffer(value), rows * padded(channels)]] as const)),
      [affine, 3 * padded(channels)],
      [mean, channels],
      [variance, channels],
      [partials, partialGroups * 3 * padded(channels)],
      [coefficients, 4 * padded(channels)],
      [masked, batch * elementCount(node.type.shape)],
      ...(isWritten ? ([[sums, mostGroups(rows, sumGroups) * 2 * padded(channels)]] as const) : []),
    ],
  };
};
