// When a step that trains and updates in one call updates what, so that gradients need no room of their own for every
// weight: parameters of a candidate, or of some elements of the trunk, are updated right after the last call that reads
// them, and their gradients lie in a small area that all share. It holds zeros in between: an update clears what it read.
import { linesOf } from './call.ts';
import type { BackwardFlow } from './backward-flow.ts';
import { mergeCalls } from './backward-flow.ts';
import type { LoweredRegion } from './lower-region.ts';
import type { ParameterLayout, PlacedParameter } from './parameter-layout.ts';
import type { CutGraph } from './region.ts';
import { parameterBuffer, parameterGradientBuffer } from './unit.ts';

export interface UpdatePlan {
  /** Parameter -> line of its gradient in the shared area. */
  readonly lines: ReadonlyMap<string, number>;
  /** Index of an element of the trunk -> its parameters that are updated after its backward calls, by line. */
  readonly afterElement: ReadonlyMap<number, readonly PlacedParameter[]>;
  /** The trunk's parameters that no backward call mentions: they only decay. */
  readonly atEnd: readonly PlacedParameter[];
  readonly size: number;
}

/** Steps `first` to `last` of a backward pass, whose parameters are updated after the last of them. */
interface Group {
  first: number;
  last: number;
  readonly parameters: PlacedParameter[];
}

/** Parameters that are mentioned by several steps join these to one group. */
const groupsOf = (trunk: LoweredRegion, { steps }: BackwardFlow, parameters: readonly PlacedParameter[]): readonly Group[] => {
  const mentions = new Map<string, { readonly first: number; last: number }>();
  steps.forEach(({ element, gradient, targets, merges }, position) => {
    if (element.kind === 'choice') return;
    const calls = [...element.unit.backward({ weights: true, frozen: false, gradient, targets }), ...mergeCalls(merges, trunk)];
    for (const buffer of new Set(calls.flatMap(({ tensors }) => tensors))) {
      const known = mentions.get(buffer);
      if (known) known.last = position;
      else mentions.set(buffer, { first: position, last: position });
    }
  });
  const groups: Group[] = [];
  const spans = parameters.flatMap((parameter) => {
    const found = [parameterBuffer(parameter.id), parameterGradientBuffer(parameter.id)].flatMap((buffer) => mentions.get(buffer) ?? []);
    if (found.length === 0) return [];
    return [{ parameter, first: Math.min(...found.map(({ first }) => first)), last: Math.max(...found.map(({ last }) => last)) }];
  });
  for (const { parameter, first, last } of spans.toSorted((a, b) => a.first - b.first || a.parameter.line - b.parameter.line)) {
    const group = groups.at(-1);
    if (group && first <= group.last) {
      group.last = Math.max(group.last, last);
      group.parameters.push(parameter);
    } else groups.push({ first, last, parameters: [parameter] });
  }
  return groups;
};

const byLine = (a: PlacedParameter, b: PlacedParameter): number => a.line - b.line;

/** `flow`: the trunk's backward pass with gradients of weights. */
export const planUpdates = (
  { trunk: { id }, choices }: CutGraph,
  trunk: LoweredRegion,
  flow: BackwardFlow,
  layout: ParameterLayout,
): UpdatePlan => {
  const lines = new Map<string, number>();
  let size = 0;
  const place = (parameters: readonly PlacedParameter[], from: number): void => {
    let line = from;
    for (const parameter of parameters) {
      lines.set(parameter.id, line);
      line += linesOf(parameter.floats);
    }
    size = Math.max(size, line);
  };

  const own = layout.trainable.get(id)!;
  const afterElement = new Map<number, readonly PlacedParameter[]>();
  let free = 0;
  for (const { first, last, parameters } of groupsOf(trunk, flow, own)) {
    const group = parameters.toSorted(byLine);
    afterElement.set(flow.steps[last]!.index, group);
    place(group, 0);
    // A choice among its steps: the gradients of a candidate lie behind.
    if (flow.steps.slice(first, last).some(({ element }) => element.kind === 'choice')) free = Math.max(free, size);
  }
  const atEnd = own.filter((parameter) => !lines.has(parameter.id));
  place(atEnd, 0);
  for (const { candidates } of choices) for (const candidate of candidates) place(layout.trainable.get(candidate.id)!, free);
  return { lines, afterElement, atEnd, size };
};
