// One sampled network as a line of calls for the measuring binary: which function, where it reads, where it writes.
import { planMemory } from '@nasc/c-emit';
import type { LiveBuffer } from '@nasc/c-emit';
import type { NodeId } from '@nasc/ir';
import type { BlockVariant } from './block-library.ts';

export interface BlockPosition {
  readonly id: string;
  readonly choice: number | undefined;
  /** One a candidate; a fixed piece has one. */
  readonly variants: readonly BlockVariant[];
  /** Value that later blocks read, whatever the candidate. */
  readonly output: NodeId;
  /** Start of the position's weights, in floats. */
  readonly weightOffset: number;
}

export interface NetworkLayout {
  readonly inputId: NodeId;
  readonly inputElements: number;
  readonly outputId: NodeId;
  readonly outputElements: number;
}

export interface NetworkCalls {
  /** Indices of the positions that compute something, in the order of the calls. */
  readonly positions: readonly number[];
  /** `ARENA COUNT {FUNCTION OUTPUT WEIGHTS INPUTS INPUT...}` */
  readonly text: string;
}

const roundUp = (elements: number): number => Math.ceil(elements / 16) * 16;

/** Floats of memory that are enough for any network: every value apart, and the largest arena of a block. */
export const memoryBound = (positions: readonly BlockPosition[], { inputElements, outputElements }: NetworkLayout): number => {
  const variants = positions.map((position) => position.variants);
  const values = variants.map((all) => roundUp(all[0]!.outputElements)).reduce((a, b) => a + b, 0);
  return roundUp(inputElements + outputElements) + values + Math.max(...variants.flat().map(({ arenaElements }) => arenaElements));
};

/** The variant that a network uses at a position. */
export const variantAt = (position: BlockPosition, choices: readonly number[]): BlockVariant =>
  position.variants[position.choice === undefined ? 0 : choices[position.choice]!]!;

/** Calls of the network with the given candidates, its values between blocks planned like those of an emitted one. */
export const networkCalls = (positions: readonly BlockPosition[], layout: NetworkLayout, choices: readonly number[]): NetworkCalls => {
  // Values by which they are stored: an empty block's output is its input.
  const storedAs = new Map<NodeId, NodeId>();
  const stored = (id: NodeId): NodeId => storedAs.get(id) ?? id;
  const steps: {
    readonly position: number;
    readonly variant: BlockVariant;
    readonly inputs: readonly NodeId[];
    readonly output: NodeId;
  }[] = [];
  for (const [index, position] of positions.entries()) {
    const variant = variantAt(position, choices);
    if (variant.body === undefined) storedAs.set(position.output, stored(variant.output));
    else steps.push({ position: index, variant, inputs: variant.inputs.map(stored), output: position.output });
  }
  const outside = new Set([layout.inputId, stored(layout.outputId)]);
  const lives = new Map<NodeId, LiveBuffer>();
  for (const [time, { variant, inputs, output }] of steps.entries()) {
    if (!outside.has(output)) lives.set(output, { id: output, bytes: variant.outputElements * 4, first: time, last: time });
    for (const input of inputs) {
      const life = lives.get(input);
      if (life) lives.set(input, { ...life, last: time });
    }
  }
  const over = new Map<NodeId, NonNullable<LiveBuffer['over']>>();
  for (const [time, { variant, output }] of steps.entries()) {
    const under = variant.over && stored(variant.over.input);
    if (under !== undefined && lives.get(under)?.last === time && lives.has(output))
      over.set(output, { id: under, before: variant.over!.before * 4 });
  }
  const plan = planMemory([...lives.values()].map((life) => (over.has(life.id) ? { ...life, over: over.get(life.id)! } : life)));
  const start = roundUp(layout.inputElements + layout.outputElements);
  const blockArena = start + roundUp(plan.arenaBytes / 4);
  const offset = (id: NodeId): number =>
    id === layout.inputId ? 0 : id === stored(layout.outputId) ? layout.inputElements : start + plan.offsets.get(id)! / 4;
  const calls = steps.map(({ position, variant, inputs, output }) =>
    [variant.body!, offset(output), positions[position]!.weightOffset, inputs.length, ...inputs.map(offset)].join(' '),
  );
  return {
    positions: steps.map(({ position }) => position),
    text: [blockArena, calls.length, ...calls].join(' '),
  };
};

/** One block by itself, its inputs and its output apart; undefined where it computes nothing. */
export const blockCalls = (
  { variants, weightOffset }: BlockPosition,
  { inputId, inputElements, outputElements }: NetworkLayout,
  candidate: number,
): NetworkCalls | undefined => {
  const variant = variants[candidate]!;
  if (variant.body === undefined) return undefined;
  const output = roundUp(inputElements + outputElements);
  let end = output + roundUp(variant.outputElements);
  const inputs = variant.inputs.map((id, index) => {
    if (id === inputId) return 0;
    const start = end;
    end += roundUp(variant.inputElements[index]!);
    return start;
  });
  return { positions: [0], text: [end, 1, variant.body, output, weightOffset, inputs.length, ...inputs].join(' ') };
};
