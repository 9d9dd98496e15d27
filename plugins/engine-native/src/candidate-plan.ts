// Memory of one candidate of a choice: what it keeps from forward to backward, and what it needs while it runs.
import type { NodeId } from '@nasc/ir';
import type { BufferId } from './call.ts';
import { allForwardCalls, backwardPosition, forwardPosition, isLocal, Lifetimes, linesIn, placeBuffers } from './liveness.ts';
import type { Placement } from './liveness.ts';
import { addedBuffer, backwardFlow, mergeCalls } from './backward-flow.ts';
import type { LoweredRegion } from './lower-region.ts';
import { gradientBuffer, valueBuffer } from './unit.ts';

export interface CandidatePlan {
  readonly kept: Placement;
  readonly forward: Placement;
  readonly backward: Placement;
  /** Whether the output is kept: else it is written once more where it is needed during the backward pass. */
  readonly outputStays: boolean;
  /** Everything, the output included, for a forward pass alone (gates of candidates that are not active). */
  readonly alone: Placement;
}

/** `keepOutput`: its output gets a place of its own, because outputs of several candidates are mixed. */
export const planCandidate = (lowered: LoweredRegion, keepOutput: boolean): CandidatePlan => {
  const { region, elements, output, floats } = lowered;
  const inputs: ReadonlySet<NodeId> = new Set(region.inputs.map(({ id }) => id));
  const bound = new Set<BufferId>([
    gradientBuffer(output),
    ...[...inputs].flatMap((id) => [valueBuffer(id), gradientBuffer(id), addedBuffer(id)]),
  ]);
  const count = elements.length;
  const lifetimes = new Lifetimes();
  const aloneLifetimes = new Lifetimes();
  elements.forEach((element, index) => {
    if (element.kind === 'choice') throw new Error(`Candidate "${region.id}" contains a choice.`);
    const calls = allForwardCalls(element.unit);
    lifetimes.mentionCalls(calls, forwardPosition(index));
    aloneLifetimes.mentionCalls(calls, forwardPosition(index));
  });
  aloneLifetimes.mention(valueBuffer(output), count);
  // Without and with something to add: units may need a spare buffer for it.
  for (const added of [new Set<NodeId>(), inputs]) {
    for (const { index, element, gradient, targets, merges } of backwardFlow(lowered, true, inputs, added).steps) {
      if (element.kind === 'choice') continue;
      const calls = element.unit.backward({ weights: true, frozen: false, gradient, targets });
      lifetimes.mentionCalls([...calls, ...mergeCalls(merges, lowered)], backwardPosition(index, count));
    }
  }
  const outlives = (buffer: BufferId) => bound.has(buffer) || !isLocal(buffer) || (lifetimes.of.get(buffer)?.last ?? 0) > count;
  const again = elements
    .map((element) => (element.kind === 'unit' && element.unit.output === output ? element.unit.again?.() : undefined))
    .find(Boolean);
  const rewritten = again?.every(({ tensors }) => tensors.every((buffer) => buffer === valueBuffer(output) || outlives(buffer)));
  const outputStays = !rewritten || outlives(valueBuffer(output));
  if (keepOutput) lifetimes.mention(valueBuffer(output), outputStays ? count + 1 : count);
  else bound.add(valueBuffer(output));

  const own = [...lifetimes.of].filter(([buffer]) => !bound.has(buffer));
  const select = (accepts: (first: number, last: number) => boolean) =>
    placeBuffers(
      own.filter(([, { first, last }]) => accepts(first, last)),
      linesIn(floats),
    );
  bound.delete(valueBuffer(output));
  return {
    outputStays,
    kept: select((first, last) => first <= count && last > count),
    forward: select((_, last) => last <= count),
    backward: select((first) => first > count),
    alone: placeBuffers(
      [...aloneLifetimes.of].filter(([buffer]) => !bound.has(buffer)),
      linesIn(floats),
    ),
  };
};
