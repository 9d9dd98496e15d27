// One arena for the largest single step, whatever the number of candidates: the trunk's buffers by their lifetimes, and
// for every choice room for its largest candidates: kept memory once per active path, working memory once.
import type { CompileOptions } from '@nasc/core';
import type { BufferId } from './call.ts';
import type { CandidatePlan } from './candidate-plan.ts';
import { allForwardCalls, backwardPosition, forwardPosition, Lifetimes, linesIn, placeBuffers } from './liveness.ts';
import { backwardFlow, mergeCalls } from './backward-flow.ts';
import type { LoweredRegion } from './lower-region.ts';
import { gradientBuffer, valueBuffer } from './unit.ts';

export interface ChoicePlan {
  /** Line of each slot's kept memory, the largest first. */
  readonly slots: readonly number[];
  readonly forward: number;
  readonly backward: number;
  /** Working memory of the backward pass: a scaled gradient (an output, for its gate), partials of dot products, and then the candidates'. */
  readonly scaledGradient: number;
  readonly partials: number;
}

export interface ArenaPlan {
  /** Lines of the trunk's buffers. */
  readonly lines: ReadonlyMap<BufferId, number>;
  readonly choices: readonly ChoicePlan[];
  readonly size: number;
}

const largest = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), 0);

export const planArena = (
  trunk: LoweredRegion,
  candidates: readonly (readonly CandidatePlan[])[],
  activePaths: CompileOptions['activePaths'],
): ArenaPlan => {
  const { elements, floats, region, output } = trunk;
  const count = elements.length;
  const lifetimes = new Lifetimes();
  const sizes = new Map<BufferId, number>();
  const floatLines = linesIn(floats);
  const slotId = (choice: number, slot: number): BufferId => `slot:${choice}.${slot}`;
  const workId = (choice: number, phase: string): BufferId => `work:${choice}.${phase}`;
  const slotCounts: number[] = [];

  elements.forEach((element, index) => {
    const position = forwardPosition(index);
    if (element.kind === 'unit') {
      lifetimes.mentionCalls(allForwardCalls(element.unit), position);
      return;
    }
    const { node, choice } = element;
    const plans = candidates[choice]!;
    const backward = backwardPosition(index, count);
    // Kept for the candidates' own gradients, and for running the other candidates again.
    for (const value of node.inputs.map(valueBuffer)) [position, backward].forEach((at) => lifetimes.mention(value, at));
    lifetimes.mention(valueBuffer(node.id), position);
    if (plans.some(({ outputStays }) => outputStays)) lifetimes.mention(valueBuffer(node.id), backward);
    const kept = plans.map((plan) => plan.kept.size).toSorted((a, b) => b - a);
    slotCounts[choice] = activePaths === 'all' ? plans.length : Math.min(activePaths, plans.length);
    for (let slot = 0; slot < slotCounts[choice]; slot++) {
      sizes.set(slotId(choice, slot), kept[slot]!);
      [position, backward].forEach((at) => lifetimes.mention(slotId(choice, slot), at));
    }
    const own = 2 * floatLines(valueBuffer(node.id));
    sizes.set(workId(choice, 'forward'), largest(plans.map((plan) => plan.forward.size)));
    sizes.set(workId(choice, 'backward'), own + largest(plans.flatMap((plan) => [plan.backward.size, plan.alone.size])));
    lifetimes.mention(workId(choice, 'forward'), position);
    lifetimes.mention(workId(choice, 'backward'), backward);
  });

  // The loss reads the output and writes its gradient.
  lifetimes.mention(valueBuffer(output), count);
  lifetimes.mention(gradientBuffer(output), count);
  for (const { index, element, gradient, targets, merges } of backwardFlow(trunk, true, new Set(), new Set()).steps) {
    const position = backwardPosition(index, count);
    if (element.kind === 'unit') {
      lifetimes.mentionCalls(element.unit.backward({ weights: true, frozen: false, gradient, targets }), position);
    } else {
      const buffers = [gradient, ...targets.flatMap(({ buffer, add }) => (add === undefined ? [buffer] : [buffer, add]))];
      for (const buffer of buffers) lifetimes.mention(buffer, position);
    }
    lifetimes.mentionCalls(mergeCalls(merges, trunk), position);
  }

  const external = new Set<BufferId>(region.inputs.map(({ id }) => valueBuffer(id)));
  const { lines, size } = placeBuffers(
    [...lifetimes.of].filter(([buffer]) => !external.has(buffer)),
    (buffer) => sizes.get(buffer) ?? floatLines(buffer),
  );
  const choices: ChoicePlan[] = [];
  for (const element of elements) {
    if (element.kind === 'unit') continue;
    const { choice, node } = element;
    const outputLines = floatLines(valueBuffer(node.id));
    const work = lines.get(workId(choice, 'backward'))!;
    choices[choice] = {
      slots: Array.from({ length: slotCounts[choice]! }, (_, slot) => lines.get(slotId(choice, slot))!),
      forward: lines.get(workId(choice, 'forward'))!,
      scaledGradient: work,
      partials: work + outputLines,
      backward: work + 2 * outputLines,
    };
  }
  return { lines, choices, size };
};

/** Candidates by kept memory, the largest first: the order in which active ones take slots. */
export const slotOrder = (plans: readonly CandidatePlan[], indices: readonly number[]): readonly number[] =>
  indices.toSorted((a, b) => plans[b]!.kept.size - plans[a]!.kept.size || a - b);
