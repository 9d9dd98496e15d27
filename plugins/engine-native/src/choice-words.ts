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
import type { PlacedCalls, Pieces } from './pieces.ts';
import type { ProgramMemory } from './program-memory.ts';
import type { Piece } from './step-profile.ts';
import { gradientBuffer, valueBuffer } from './unit.ts';
import type { ForwardMode, GradientTarget } from './unit.ts';

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
    const { node } = element;
    const place = this.#placeOf(entries);
    const pieces: Piece[] = [];
    entries.forEach((entry, index) => {
      const lowered = this.#lowered(element, entry, batch);
      const key = `${batch}|${modeKey(mode)}|${collect}|${entry.slot}|${place}`;
      const own = () => ({
        calls: lowered.elements.flatMap((inner) => (inner.kind === 'unit' ? forwardCalls(inner.unit, batch, mode, collect) : [])),
        lineOf: this.#activeLine(element, entry, place),
      });
      pieces.push(this.#pieces.once('forward', lowered.region.id, key, own));
      if (place === 'choice' && entry.weight === 1) return;
      const target = valueBuffer(node.id);
      const output = place === 'slot' ? `#${this.#activeLine(element, entry, place)(valueBuffer(lowered.output))}` : target;
      const kernel = index === 0 ? 'nasc_scale' : 'nasc_accumulate_scaled';
      const mix = elementwise(kernel, [output, target], batch, this.#floats(element, batch), [entry.weight]);
      pieces.push(this.#pieces.make('forward', node.id, [mix], this.#lines.trunk));
    });
    return pieces;
  }

  /** `stepGradients`: gradients of weights go to the area that the parts of a step share. */
  backwardCandidate(
    element: ChoiceElement,
    { gradient, targets }: Pick<BackwardStep, 'gradient' | 'targets'>,
    entries: readonly ActiveEntry[],
    index: number,
    batch: number,
    { weights, frozen, stepGradients }: { readonly weights: boolean; readonly frozen: boolean; readonly stepGradients: boolean },
  ): Piece[] {
    const entry = entries[index]!;
    const { candidate, slot, weight } = entry;
    const place = this.#placeOf(entries);
    const lowered = this.#lowered(element, entry, batch);
    const scaled = `#${this.#scaledLine(element)}`;
    const make = (): PlacedCalls => {
      // After the first candidate there is something to add to.
      const own = targets.map((target) => ({ ...target, add: index > 0 ? target.buffer : target.add }));
      const inputOf = ({ index: input }: GradientTarget) => lowered.region.inputs[input]!.id;
      const added = new Set(own.filter(({ add }) => add !== undefined).map(inputOf));
      const { steps, settle } = backwardFlow(lowered, weights, new Set(own.map(inputOf)), added);
      const calls = steps.flatMap((step) => [
        ...(step.element.kind === 'unit' ? step.element.unit.backward({ weights, frozen, ...step }) : []),
        ...mergeCalls(step.merges, lowered),
      ]);
      const outer = this.#lines.gradients(element, candidate, weight === 1 ? gradient : scaled, own);
      const lineOf = this.#activeLine(element, entry, place, outer);
      return { calls: [...calls, ...mergeCalls(settle, lowered)], lineOf: stepGradients ? this.#lines.withStepGradients(lineOf) : lineOf };
    };
    const key = `${batch}|${weights}|${frozen}|${stepGradients}|${slot}|${place}|${weight === 1}|${index === 0}`;
    const piece = this.#pieces.once('backward', lowered.region.id, key, make);
    if (weight === 1) return [piece];
    const scale = elementwise('nasc_scale', [gradient, scaled], batch, this.#floats(element, batch), [weight]);
    return [this.#pieces.make('backward', element.node.id, [scale], this.#lines.trunk), piece];
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
    const lowered = this.#lowered(element, { candidate }, batch);
    const { id } = lowered.region;
    const value = valueBuffer(lowered.output);
    const place = this.#placeOf(entries);
    const dot = (lineOf: LineOf) => {
      const partials = `#${this.#memory.arena.line + this.#graph.arena.choices[choice]!.partials}`;
      const result = `#${this.#memory.resultLine(choice, candidate)}`;
      return dotProduct(`#${lineOf(value)}`, gradient, partials, result, batch, this.#floats(element, batch));
    };
    const entry = entries.find((active) => active.candidate === candidate);
    if (entry && !this.#graph.candidatePlans[choice]![candidate]!.outputStays)
      return this.#pieces.once('gate', id, `again|${batch}|${entry.slot}`, () => {
        const lineOf = this.#activeLine(element, entry, 'slot', new Map([[value, this.#scaledLine(element)]]));
        const again = lowered.elements.flatMap((inner) =>
          inner.kind === 'unit' && inner.unit.output === lowered.output ? inner.unit.again!() : [],
        );
        return { calls: [...again, ...dot(lineOf)], lineOf };
      });
    if (entry && (place === 'slot' || entry.weight === 1))
      return this.#pieces.once('gate', id, `kept|${batch}|${entry.slot}|${place}`, () => {
        const lineOf = this.#activeLine(element, entry, place);
        return { calls: dot(lineOf), lineOf };
      });
    // Never `update`: a candidate that is not active leaves running statistics alone.
    const alone: ForwardMode = { ...mode, batchNorm: mode.batchNorm === 'update' ? 'batch' : mode.batchNorm };
    return this.#pieces.once('gate', id, `alone|${batch}|${modeKey(alone)}`, () => {
      const lineOf = this.#lines.alone(element, candidate);
      const calls = lowered.elements.flatMap((inner) => (inner.kind === 'unit' ? inner.unit.forward(alone) : []));
      return { calls: [...calls, ...dot(lineOf)], lineOf };
    });
  }

  /** Lines of an active candidate's buffers. */
  #activeLine(
    element: ChoiceElement,
    { candidate, slot }: ActiveEntry,
    place: OutputPlace,
    more: ReadonlyMap<BufferId, number> = new Map(),
  ): LineOf {
    return this.#lines.active(element, candidate, slot, new Map([...this.#lines.values(element, candidate, place), ...more]));
  }

  /** Line of the choice's scaled gradient, and before of an output that is written again. */
  #scaledLine({ choice }: ChoiceElement): number {
    return this.#memory.arena.line + this.#graph.arena.choices[choice]!.scaledGradient;
  }

  #lowered({ choice }: ChoiceElement, { candidate }: Pick<ActiveEntry, 'candidate'>, batch: number): LoweredRegion {
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
