// What the units of a convolution have in common, whichever kernels they have: what it reads, which may come normalised, and the
// batch normalisation and activation behind it.
import { elementCount, parameterId } from '@nasc/ir';
import type { OpView } from '@nasc/ir';
import type { BufferId, Call } from '../call.ts';
import { parameterBuffer, valueBuffer } from '../unit.ts';
import type { BackwardMode, ForwardMode, Unit } from '../unit.ts';
import { biasGradient, biasOf } from './bias.ts';
import { chainUnit } from './chain-unit.ts';
import type { NativeMatch } from './native-pattern.ts';
import { convolutionOutput, normalisation, normalisedValue, padded } from './normalisation.ts';
import type { Normalisation } from './normalisation.ts';

/** How the kernels of a convolution share its work. */
export interface ConvolutionItems {
  /** Groups of rows or images, and the most that any smaller batch makes. */
  readonly groups: number;
  readonly roomFor: number;
  /** Pixels of the output in a group. */
  readonly rows: number;
}

export interface ConvolutionChain {
  /** What kernels read: the input as it is, or before its normalisation. */
  readonly x: BufferId;
  readonly weight: BufferId;
  readonly behind: Normalisation | undefined;
  /** Scalars of kernels that read the input. */
  readonly clamp: readonly number[];
  /** `call`: the kernel that writes z, but for its tensors; `statistics`: whether it leaves sums of z. */
  forward(mode: ForwardMode, call: (statistics: boolean) => Omit<Call, 'tensors' | 'scalars'>): readonly Call[];
  /** What comes before the backward kernels, and the gradient that these read. */
  beforeBackward(mode: BackwardMode): { readonly calls: Call[]; readonly gradient: BufferId };
  /** What backward kernels read beside the gradient: the input, `more`, what the gradient of z is finished with, how the input is read. */
  backwardTensors(more?: readonly BufferId[]): BufferId[];
  unit(own: Pick<Unit, 'forward' | 'backward'> & { readonly buffers: readonly (readonly [BufferId, number])[] }): Unit;
}

export const convolutionChain = (
  { nodes, batch, input, output }: NativeMatch,
  { groups, roomFor, rows }: ConvolutionItems,
): ConvolutionChain => {
  const [convolution, norm, activation] = nodes as [OpView, OpView?, OpView?];
  const { node, attributes } = convolution;
  const value = nodes.at(-1)!.node.id;
  const hasBias = attributes['bias'] === true;
  const z: BufferId = norm ? convolutionOutput(convolution) : valueBuffer(value);
  const x = input?.z ?? valueBuffer(node.inputs[0]!);
  const weight = parameterBuffer(parameterId(node.id, 'weight'));
  const behind =
    norm &&
    normalisation(norm, value, output ?? normalisedValue(norm, z, activation, true), { batch, partialGroups: roomFor, isWritten: !output });
  const clamp = input ? [input.low, input.high] : [0, 0];
  if (input) input.groups = groups;

  return {
    x,
    weight,
    behind,
    clamp,
    forward(mode, call) {
      const statistics = behind !== undefined && mode.batchNorm !== 'running';
      const tensors = [x, weight, z];
      if (input) tensors.push(input.affine);
      if (hasBias) tensors.push(biasOf(convolution));
      if (statistics) tensors.push(behind.partials);
      const calls: Call[] = [{ ...call(statistics), tensors, scalars: clamp }];
      if (behind) calls.push(...behind.finish(mode, rows, true));
      if (behind && !output) calls.push(behind.apply(mode));
      return calls;
    },
    beforeBackward(mode) {
      const { calls, gradient } = behind?.backward(mode.gradient, mode) ?? { calls: [], gradient: mode.gradient };
      return { calls: mode.weights && hasBias ? [...calls, biasGradient(convolution, batch, gradient)] : [...calls], gradient };
    },
    backwardTensors(more = []) {
      const tensors = [x, ...more];
      if (behind) tensors.push(z, behind.coefficients);
      if (input) tensors.push(input.affine, input.mean, input.sums);
      return tensors;
    },
    unit: ({ forward, backward, buffers }) =>
      chainUnit(nodes, {
        trainable: true,
        forward,
        backward,
        again: behind?.again,
        buffers: new Map<BufferId, number>([
          ...(behind?.buffers ?? []),
          ...(input ? ([[input.sums, roomFor * 2 * padded(convolution.inputs[0]!.shape[2]!)]] as const) : []),
          ...(norm ? [] : ([[z, batch * elementCount(convolution.output.shape)]] as const)),
          ...buffers,
        ]),
        statistics: behind ? [behind.statistics] : [],
      }),
  };
};
