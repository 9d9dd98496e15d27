// Which gradients of a region are computed, in what order, and where they go. A gradient that is that of another value (the
// two sides of an addition) is not copied: it stays where it is until something has to be added to it.
import type { NodeId } from '@nasc/ir';
import type { BufferId, Call } from './call.ts';
import { elementwise } from './call.ts';
import type { Element, LoweredRegion } from './lower-region.ts';
import { gradientBuffer } from './unit.ts';
import type { GradientTarget, Unit } from './unit.ts';

/** A gradient made of others: one is copied, two are added. */
export interface Merge {
  readonly buffer: BufferId;
  readonly terms: readonly BufferId[];
}

export interface BackwardStep {
  readonly index: number;
  readonly element: Element;
  /** Where the gradient of the element's output is. */
  readonly gradient: BufferId;
  readonly targets: readonly GradientTarget[];
  /** After the element. */
  readonly merges: readonly Merge[];
}

export interface BackwardFlow {
  readonly steps: readonly BackwardStep[];
  /** At the end: gradients of wanted region inputs are brought to their own buffers. Without terms they are 0. */
  readonly settle: readonly Merge[];
}

const flowOf = (element: Element): Pick<Unit, 'inputs' | 'output' | 'differentiable' | 'identities' | 'trainable'> => {
  if (element.kind === 'unit') return element.unit;
  const { inputs, id } = element.node;
  return { inputs, output: id, differentiable: inputs.map((_, index) => index), identities: [], trainable: true };
};

/** Buffer of what is to be added to the gradient of a region's input. */
export const addedBuffer = (input: NodeId): BufferId => `a:${input}`;

/**
 * The backward pass of a region, given the gradient of its output. `wantedInputs`: region inputs whose gradient is
 * needed; `addedInputs`: those to whose gradient something is to be added. With `weights` false only gradients on the way
 * to choices and wanted inputs are computed.
 */
export const backwardFlow = (
  { elements, output }: LoweredRegion,
  weights: boolean,
  wantedInputs: ReadonlySet<NodeId>,
  addedInputs: ReadonlySet<NodeId>,
): BackwardFlow => {
  const wanted = new Set<NodeId>(wantedInputs);
  for (const element of elements) {
    const { inputs, output: made, differentiable, trainable } = flowOf(element);
    const own = element.kind === 'choice' || (weights && trainable);
    if (own || differentiable.some((index) => wanted.has(inputs[index]!))) wanted.add(made);
  }
  const place = new Map<NodeId, BufferId>([...addedInputs].map((id) => [id, addedBuffer(id)]));
  place.set(output, gradientBuffer(output));
  const steps: BackwardStep[] = [];
  for (const [index, element] of [...elements.entries()].toReversed()) {
    const { inputs, output: made, differentiable, identities } = flowOf(element);
    const gradient = place.get(made);
    if (gradient === undefined || !wanted.has(made)) continue;
    const targets: GradientTarget[] = [];
    const merges: Merge[] = [];
    for (const input of differentiable) {
      const id = inputs[input]!;
      if (!wanted.has(id)) continue;
      const before = place.get(id);
      if (!identities.includes(input)) targets.push({ index: input, buffer: gradientBuffer(id), add: before });
      else if (before !== undefined) merges.push({ buffer: gradientBuffer(id), terms: [before, gradient] });
      place.set(id, identities.includes(input) && before === undefined ? gradient : gradientBuffer(id));
    }
    steps.push({ index, element, gradient, targets, merges });
  }
  const settle = [...wantedInputs].flatMap((id): Merge[] => {
    const at = place.get(id);
    return at === gradientBuffer(id) ? [] : [{ buffer: gradientBuffer(id), terms: at === undefined ? [] : [at] }];
  });
  return { steps, settle };
};

export const mergeCalls = (merges: readonly Merge[], { batch, floats }: LoweredRegion): readonly Call[] =>
  merges.map(({ buffer, terms }) => {
    const kernel = (['nasc_clear', 'nasc_copy', 'nasc_sum'] as const)[terms.length]!;
    return elementwise(kernel, [...terms, buffer], batch, floats.get(buffer)!);
  });
