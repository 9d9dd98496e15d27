// What a step does at a choice: candidates forward, mixed where there are several; gates; candidates backward.
import type { ActiveEntry } from './active-path.ts';
import { backwardFlow, mergeCalls } from './backward-flow.ts';
import type { BackwardStep } from './backward-flow.ts';
import type { BufferLines, ChoiceElement, LineOf, OutputPlace } from './buffer-lines.ts';
import { dotProduct, elementwise } from './call.ts';
import type { BufferId } from './call.ts';
import type { CompiledGraph } from './compiled-graph.ts';
import { forwardCalls } from './forward-calls.ts';
import type { LoweredRegion } from './lower-region.ts';
import type { Pieces } from './pieces.ts';
import type { ProgramMemory } from './program-memory.ts';
import type { Piece } from './step-profile.ts';
import { gradientBuffer, valueBuffer } from './unit.ts';
import type { ForwardMode } from './unit.ts';

export const modeKey = ({ batchNorm, random }: ForwardMode): string => `${batchNorm}${random ? '+' : '-'}`;

export class ChoiceWords {
  readonly #graph: CompiledGraph;
  readonly #memory: ProgramMemory;
  readonly #lines: BufferLines;
  readonly #pieces: Pieces;
  readonly #keepsOutputs: boolean;

  constructor(graph: CompiledGraph, memory: ProgramMemory, lines: BufferLines, pieces: Pieces, keepsOutputs: boolean) {
    this.#graph = graph;
    this.#memory = memory;
    this.#lines = lines;
    this.#pieces = pieces;
    this.#keepsOutputs = keepsOutputs;
  }

  forward(element: ChoiceElement, entries: readonly ActiveEntry[], batch: number, mode: ForwardMode, collect: boolean): Piece[] {
    const { choice, node } = element;
    const place = this.#placeOf(entries);
    const target = valueBuffer(node.id);
    const floats = this.#floats(element, batch);
    return entries.flatMap(({ candidate, slot, weight }, index) => {
      const lineOf = this.#lines.active(element, candidate, slot, this.#lines.values(element, candidate, place));
      const lowered = this.#lowered(choice, candidate, batch);
      const calls = () =>
        lowered.elements.flatMap((inner) => (inner.kind === 'unit' ? forwardCalls(inner.unit, batch, mode, collect) : []));
      const own = this.#pieces.once('forward', lowered.region.id, `${batch}|${modeKey(mode)}|${collect}|${slot}|${place}`, calls, lineOf);
      if (place === 'choice' && weight === 1) return [own];
      const output = place === 'slot' ? `#${lineOf(valueBuffer(lowered.output))}` : target;
      const kernel = index === 0 ? 'nasc_scale' : 'nasc_accumulate_scaled';
      const mix = elementwise(kernel, [output, target], batch, floats, [weight]);
      return [own, this.#pieces.make('forward', node.id, [mix], this.#lines.trunk)];
    });
  }

  /** `stepGradients`: gradients of weights go to the area that the parts of a step share. */
  backwardCandidate(
    element: ChoiceElement,
    { gradient, targets }: Pick<BackwardStep, 'gradient' | 'targets'>,
    entries: readonly ActiveEntry[],
    entry: number,
    batch: number,
    { weights, frozen, stepGradients }: { readonly weights: boolean; readonly frozen: boolean; readonly stepGradients: boolean },
  ): Piece[] {
    const { choice, node } = element;
    const { candidate, slot, weight } = entries[entry]!;
    const place = this.#placeOf(entries);
    const lowered = this.#lowered(choice, candidate, batch);
    const scaled = `#${this.#memory.arena.line + this.#graph.arena.choices[choice]!.scaledGradient}`;
    // After the first candidate there is something to add to.
    const own = targets.map((target) => ({ ...target, add: entry > 0 ? target.buffer : target.add }));
    const outer = new Map([
      ...this.#lines.values(element, candidate, place),
      ...this.#lines.gradients(element, candidate, weight === 1 ? gradient : scaled, own),
    ]);
    const calls = () => {
      const inputOf = ({ index }: { readonly index: number }) => lowered.region.inputs[index]!.id;
      const added = new Set(own.filter(({ add }) => add !== undefined).map(inputOf));
      const { steps, settle } = backwardFlow(lowered, weights, new Set(own.map(inputOf)), added);
      return [
        ...steps.flatMap((step) => [
          ...(step.element.kind === 'unit' ? step.element.unit.backward({ weights, frozen, ...step }) : []),
          ...mergeCalls(step.merges, lowered),
        ]),
        ...mergeCalls(settle, lowered),
      ];
    };
    const key = `${batch}|${weights}|${frozen}|${stepGradients}|${slot}|${place}|${weight === 1}|${entry === 0}`;
    const active = this.#lines.active(element, candidate, slot, outer);
    const lineOf = stepGradients ? this.#lines.withStepGradients(active) : active;
    const words = this.#pieces.once('backward', lowered.region.id, key, calls, lineOf);
    if (weight === 1) return [words];
    const scale = elementwise('nasc_scale', [gradient, scaled], batch, this.#floats(element, batch), [weight]);
    return [this.#pieces.make('backward', node.id, [scale], this.#lines.trunk), words];
  }

  /** <o_k, dL/dy> into the candidate's result line; o_k is at hand for an active candidate, else it is run once more. */
  gate(
    element: ChoiceElement,
    gradient: BufferId,
    candidate: number,
    entries: readonly ActiveEntry[],
    batch: number,
    mode: ForwardMode,
  ): Piece {
    const { choice } = element;
    const lowered = this.#lowered(choice, candidate, batch);
    const partials = `#${this.#memory.arena.line + this.#graph.arena.choices[choice]!.partials}`;
    const result = `#${this.#memory.resultLine(choice, candidate)}`;
    const dot = (output: BufferId) => dotProduct(output, gradient, partials, result, batch, this.#floats(element, batch));
    const entry = entries.find((active) => active.candidate === candidate);
    const place = this.#placeOf(entries);
    if (entry && !this.#graph.candidatePlans[choice]![candidate]!.outputStays) {
      const scaled = this.#memory.arena.line + this.#graph.arena.choices[choice]!.scaledGradient;
      const outer = this.#lines.values(element, candidate, 'slot').set(valueBuffer(lowered.output), scaled);
      const again = () =>
        lowered.elements.flatMap((inner) => (inner.kind === 'unit' && inner.unit.output === lowered.output ? inner.unit.again!() : []));
      const calls = () => [...again(), ...dot(`#${scaled}`)];
      const lineOf = this.#lines.active(element, candidate, entry.slot, outer);
      return this.#pieces.once('gate', lowered.region.id, `again|${batch}|${entry.slot}`, calls, lineOf);
    }
    if (entry && (place === 'slot' || entry.weight === 1)) {
      const lineOf = this.#lines.active(element, candidate, entry.slot, this.#lines.values(element, candidate, place));
      const output = `#${lineOf(valueBuffer(lowered.output))}`;
      return this.#pieces.once('gate', lowered.region.id, `${batch}|${output}`, () => dot(output), this.#lines.trunk);
    }
    const lineOf: LineOf = this.#lines.alone(element, candidate);
    // Never `update`: a candidate that is not active leaves running statistics alone.
    const alone: ForwardMode = { ...mode, batchNorm: mode.batchNorm === 'update' ? 'batch' : mode.batchNorm };
    const calls = () => [
      ...lowered.elements.flatMap((inner) => (inner.kind === 'unit' ? inner.unit.forward(alone) : [])),
      ...dot(`#${lineOf(valueBuffer(lowered.output))}`),
    ];
    return this.#pieces.once('gate', lowered.region.id, `alone|${batch}|${modeKey(alone)}`, calls, lineOf);
  }

  #lowered(choice: number, candidate: number, batch: number): LoweredRegion {
    return this.#graph.lower(this.#graph.cut.choices[choice]!.candidates[candidate]!, batch);
  }

  #floats({ node }: ChoiceElement, batch: number): number {
    return this.#graph.lower(this.#graph.cut.trunk, batch).floats.get(gradientBuffer(node.id))!;
  }

  /** Whether outputs are mixed, rather than the one candidate's output being the choice's. */
  #placeOf(entries: readonly ActiveEntry[]): OutputPlace {
    return entries.length > 1 || (this.#keepsOutputs && entries[0]!.weight !== 1) ? 'slot' : 'choice';
  }
}
