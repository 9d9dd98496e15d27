// The words of a step, put together from pieces that are made once and kept: a unit of the trunk, or a candidate in a
// slot, in one mode and for one batch size. Making a step is copying pieces.
import type { CompiledGraph } from './compiled-graph.ts';
import type { BufferId, Call } from './call.ts';
import { dotProduct, elementwise, encodeCalls } from './call.ts';
import type { ActiveEntry, ActivePath } from './active-path.ts';
import { forwardCalls } from './forward-calls.ts';
import { addedBuffer, backwardFlow, mergeCalls } from './backward-flow.ts';
import type { BackwardStep } from './backward-flow.ts';
import type { Element, LoweredRegion } from './lower-region.ts';
import type { ProgramMemory } from './program-memory.ts';
import { engineBuffers } from './program-memory.ts';
import type { Piece, StepPhase } from './step-profile.ts';
import { gradientBuffer, valueBuffer } from './unit.ts';
import type { ForwardMode, UnitStatistics } from './unit.ts';

export interface BackwardOptions {
  readonly weights: boolean;
  readonly frozen: boolean;
  /** Candidates of every choice whose gate gradient is wanted. */
  readonly gates?: readonly (readonly number[])[];
}

type LineOf = (buffer: BufferId) => number;

/** How the output of a candidate reaches the choice: written there, or kept in the slot to be mixed. */
type OutputPlace = 'choice' | 'slot';

type ChoiceElement = Element & { readonly kind: 'choice' };

const modeKey = ({ batchNorm, random }: ForwardMode): string => `${batchNorm}${random ? '+' : '-'}`;

export class StepWords {
  readonly #graph: CompiledGraph;
  readonly #memory: ProgramMemory;
  readonly #kernels: ReadonlyMap<string, number>;
  readonly #keepsOutputs: boolean;
  readonly #pieces = new Map<string, Piece>();

  constructor(graph: CompiledGraph, memory: ProgramMemory, kernels: ReadonlyMap<string, number>, keepsOutputs: boolean) {
    this.#graph = graph;
    this.#memory = memory;
    this.#kernels = kernels;
    this.#keepsOutputs = keepsOutputs;
  }

  /** `collect`: batch statistics are copied to where `ProgramMemory` shows them. */
  forward(path: ActivePath, batch: number, mode: ForwardMode, collect = false): Piece[] {
    const trunk = this.#trunk(batch);
    return trunk.elements.flatMap((element) =>
      element.kind === 'unit'
        ? [
            this.#piece(
              'forward',
              element.unit.id,
              `f|${batch}|${modeKey(mode)}|${collect}|${element.unit.id}`,
              () => forwardCalls(element.unit, batch, mode, collect),
              this.#trunkLine,
            ),
          ]
        : this.#forwardChoice(element, path[element.choice]!, batch, mode, collect),
    );
  }

  /** Batch normalisations that a path runs. */
  statistics(path: ActivePath): readonly UnitStatistics[] {
    return this.#trunk(1).elements.flatMap((element) =>
      element.kind === 'unit'
        ? element.unit.statistics
        : path[element.choice]!.flatMap(({ candidate }) =>
            this.#lowered(element.choice, candidate, 1).elements.flatMap((inner) => (inner.kind === 'unit' ? inner.unit.statistics : [])),
          ),
    );
  }

  /** Loss of every image, and its gradient when asked for. */
  loss(batch: number, gradient: boolean, teacherWeight: number | undefined): Piece {
    const { output } = this.#trunk(batch);
    const { targets, losses, right, teacher } = engineBuffers;
    const tensors = [valueBuffer(output), targets, losses, right];
    if (gradient) tensors.push(gradientBuffer(output));
    if (teacherWeight !== undefined) tensors.push(teacher);
    const dims = [batch, this.#graph.classes, gradient ? 1 : 0, teacherWeight === undefined ? 0 : 1];
    const scalars = teacherWeight === undefined ? [] : [teacherWeight];
    const call: Call = { kernel: 'nasc_cross_entropy', tensors, dims, scalars, items: batch };
    return this.#encode('loss', output, [call], this.#trunkLine);
  }

  backward(path: ActivePath, batch: number, forwardMode: ForwardMode, { weights, frozen, gates }: BackwardOptions): Piece[] {
    const trunk = this.#trunk(batch);
    // Without gradients of weights nothing is wanted before the first choice.
    return this.#flow(trunk, weights).steps.flatMap((step) => {
      const { element, gradient, targets, merges } = step;
      const key = `b|${batch}|${weights}|${frozen}|${step.index}`;
      if (element.kind === 'unit') {
        const calls = () => [...element.unit.backward({ weights, frozen, gradient, targets }), ...mergeCalls(merges, trunk)];
        return [this.#piece('backward', element.unit.id, key, calls, this.#trunkLine)];
      }
      const entries = path[element.choice]!;
      return [
        ...(gates?.[element.choice] ?? []).flatMap((candidate) => this.#gate(element, gradient, candidate, entries, batch, forwardMode)),
        ...this.#backwardChoice(element, step, entries, batch, weights, frozen),
        ...(merges.length > 0 ? [this.#piece('backward', element.node.id, key, () => mergeCalls(merges, trunk), this.#trunkLine)] : []),
      ];
    });
  }

  /** Calls on lines given as `#LINE`. */
  update(calls: readonly Call[]): Piece {
    return this.#encode('update', '', calls, this.#trunkLine);
  }

  readonly #flows = new Map<string, ReturnType<typeof backwardFlow>>();

  #flow(trunk: LoweredRegion, weights: boolean): ReturnType<typeof backwardFlow> {
    const key = `${trunk.batch}|${weights}`;
    let flow = this.#flows.get(key);
    if (!flow) this.#flows.set(key, (flow = backwardFlow(trunk, weights, new Set(), new Set())));
    return flow;
  }

  #trunk(batch: number): LoweredRegion {
    return this.#graph.lower(this.#graph.cut.trunk, batch);
  }

  #lowered(choice: number, candidate: number, batch: number): LoweredRegion {
    return this.#graph.lower(this.#graph.cut.choices[choice]!.candidates[candidate]!, batch);
  }

  #encode(phase: StepPhase, part: string, calls: readonly Call[], lineOf: LineOf): Piece {
    return { phase, part, words: encodeCalls(calls, this.#kernels, lineOf) };
  }

  #piece(phase: StepPhase, part: string, key: string, calls: () => readonly Call[], lineOf: LineOf): Piece {
    let piece = this.#pieces.get(key);
    if (!piece) this.#pieces.set(key, (piece = this.#encode(phase, part, calls(), lineOf)));
    return piece;
  }

  readonly #trunkLine: LineOf = (buffer) => {
    if (buffer.startsWith('#')) return Number(buffer.slice(1));
    if (buffer === valueBuffer(this.#graph.cut.trunk.inputs[0]!.id)) return this.#memory.lineOf(engineBuffers.images);
    const line = this.#graph.arena.lines.get(buffer);
    return line === undefined ? this.#memory.lineOf(buffer) : this.#memory.arena.line + line;
  };

  /** Lines of a candidate's buffers while it is active in a slot. */
  #slotLine(element: ChoiceElement, candidate: number, slot: number, outer: ReadonlyMap<BufferId, number>): LineOf {
    const plan = this.#graph.candidatePlans[element.choice]![candidate]!;
    const { slots, forward, backward } = this.#graph.arena.choices[element.choice]!;
    const areas = [
      { lines: plan.kept.lines, start: slots[slot]! },
      { lines: plan.forward.lines, start: forward },
      { lines: plan.backward.lines, start: backward },
    ];
    return (buffer) => {
      const bound = outer.get(buffer);
      if (bound !== undefined) return bound;
      for (const { lines, start } of areas) {
        const line = lines.get(buffer);
        if (line !== undefined) return this.#memory.arena.line + start + line;
      }
      return this.#memory.lineOf(buffer);
    };
  }

  /** Lines of a candidate's inputs and, where it is the choice's, of its output. */
  #valueLines({ choice, node }: ChoiceElement, candidate: number, place: OutputPlace): Map<BufferId, number> {
    const { inputs } = this.#graph.cut.choices[choice]!.candidates[candidate]!;
    const lines = new Map(inputs.map(({ id }, index) => [valueBuffer(id), this.#trunkLine(valueBuffer(node.inputs[index]!))]));
    if (place === 'choice') lines.set(valueBuffer(this.#outputOf(choice, candidate)), this.#trunkLine(valueBuffer(node.id)));
    return lines;
  }

  #outputOf(choice: number, candidate: number): string {
    return this.#lowered(choice, candidate, 1).output;
  }

  /** Whether outputs are mixed, rather than the one candidate's output being the choice's. */
  #mixes(entries: readonly ActiveEntry[]): boolean {
    return entries.length > 1 || (this.#keepsOutputs && entries[0]!.weight !== 1);
  }

  #forwardChoice(element: ChoiceElement, entries: readonly ActiveEntry[], batch: number, mode: ForwardMode, collect: boolean): Piece[] {
    const { choice, node } = element;
    const place: OutputPlace = this.#mixes(entries) ? 'slot' : 'choice';
    const words: Piece[] = [];
    const target = valueBuffer(node.id);
    const floats = this.#trunk(batch).floats.get(target)!;
    entries.forEach(({ candidate, slot, weight }, index) => {
      const lineOf = this.#slotLine(element, candidate, slot, this.#valueLines(element, candidate, place));
      const lowered = this.#lowered(choice, candidate, batch);
      words.push(
        this.#piece(
          'forward',
          lowered.region.id,
          `F|${batch}|${modeKey(mode)}|${collect}|${choice}.${candidate}.${slot}|${place}`,
          () => lowered.elements.flatMap((inner) => (inner.kind === 'unit' ? forwardCalls(inner.unit, batch, mode, collect) : [])),
          lineOf,
        ),
      );
      if (place === 'slot') {
        const kernel = index === 0 ? 'nasc_scale' : 'nasc_accumulate_scaled';
        const output = `#${lineOf(valueBuffer(lowered.output))}`;
        words.push(this.#encode('forward', node.id, [elementwise(kernel, [output, target], batch, floats, [weight])], this.#trunkLine));
      } else if (weight !== 1) {
        words.push(
          this.#encode('forward', node.id, [elementwise('nasc_scale', [target, target], batch, floats, [weight])], this.#trunkLine),
        );
      }
    });
    return words;
  }

  #backwardChoice(
    element: ChoiceElement,
    { gradient, targets }: BackwardStep,
    entries: readonly ActiveEntry[],
    batch: number,
    weights: boolean,
    frozen: boolean,
  ): Piece[] {
    const { choice, node } = element;
    const floats = this.#trunk(batch).floats.get(gradientBuffer(node.id))!;
    const place: OutputPlace = this.#mixes(entries) ? 'slot' : 'choice';
    return entries.flatMap(({ candidate, slot, weight }, entry) => {
      const scaled = `#${this.#memory.arena.line + this.#graph.arena.choices[choice]!.scaledGradient}`;
      const lowered = this.#lowered(choice, candidate, batch);
      const { inputs } = lowered.region;
      // After the first candidate there is something to add to.
      const own = targets.map((target) => ({ ...target, add: entry > 0 ? target.buffer : target.add, id: inputs[target.index]!.id }));
      const outer = this.#valueLines(element, candidate, place);
      outer.set(gradientBuffer(lowered.output), this.#trunkLine(weight === 1 ? gradient : scaled));
      for (const { id, buffer, add } of own) {
        outer.set(gradientBuffer(id), this.#trunkLine(buffer));
        if (add !== undefined) outer.set(addedBuffer(id), this.#trunkLine(add));
      }
      const calls = () => {
        const added = new Set(own.filter(({ add }) => add !== undefined).map(({ id }) => id));
        const { steps, settle } = backwardFlow(lowered, weights, new Set(own.map(({ id }) => id)), added);
        return [
          ...steps.flatMap((step) => [
            ...(step.element.kind === 'unit' ? step.element.unit.backward({ weights, frozen, ...step }) : []),
            ...mergeCalls(step.merges, lowered),
          ]),
          ...mergeCalls(settle, lowered),
        ];
      };
      const key = `B|${batch}|${weights}|${frozen}|${choice}.${candidate}.${slot}|${place}|${weight === 1}|${entry === 0}`;
      const words = this.#piece('backward', lowered.region.id, key, calls, this.#slotLine(element, candidate, slot, outer));
      if (weight === 1) return [words];
      const scale = elementwise('nasc_scale', [gradient, scaled], batch, floats, [weight]);
      return [this.#encode('backward', node.id, [scale], this.#trunkLine), words];
    });
  }

  /** <o_k, dL/dy> into the candidate's result line; o_k is at hand for an active candidate, else it is run once more. */
  #gate(
    element: ChoiceElement,
    gradient: BufferId,
    candidate: number,
    entries: readonly ActiveEntry[],
    batch: number,
    mode: ForwardMode,
  ): Piece[] {
    const { choice, node } = element;
    const lowered = this.#lowered(choice, candidate, batch);
    const areas = this.#graph.arena.choices[choice]!;
    const floats = this.#trunk(batch).floats.get(valueBuffer(node.id))!;
    const base = this.#memory.arena.line;
    const result = `#${this.#memory.resultLine(choice, candidate)}`;
    const dot = (output: BufferId) => dotProduct(output, gradient, `#${base + areas.partials}`, result, batch, floats);
    const entry = entries.find((active) => active.candidate === candidate);
    if (entry && (this.#mixes(entries) || entry.weight === 1)) {
      const lines = this.#valueLines(element, candidate, this.#mixes(entries) ? 'slot' : 'choice');
      const output = `#${this.#slotLine(element, candidate, entry.slot, lines)(valueBuffer(lowered.output))}`;
      return [
        this.#piece(
          'gate',
          lowered.region.id,
          `G|${batch}|${mode.batchNorm}|${choice}.${candidate}|${output}`,
          () => dot(output),
          this.#trunkLine,
        ),
      ];
    }
    const plan = this.#graph.candidatePlans[choice]![candidate]!;
    const values = this.#valueLines(element, candidate, 'slot');
    const aloneLine: LineOf = (buffer) => {
      const line = plan.alone.lines.get(buffer);
      return values.get(buffer) ?? (line === undefined ? this.#trunkLine(buffer) : base + areas.backward + line);
    };
    // Never `update`: a candidate that is not active leaves running statistics alone.
    const alone: ForwardMode = { ...mode, batchNorm: mode.batchNorm === 'update' ? 'batch' : mode.batchNorm };
    const calls = () => [
      ...lowered.elements.flatMap((inner) => (inner.kind === 'unit' ? inner.unit.forward(alone) : [])),
      ...dot(`#${aloneLine(valueBuffer(lowered.output))}`),
    ];
    return [this.#piece('gate', lowered.region.id, `A|${batch}|${modeKey(alone)}|${choice}.${candidate}|${gradient}`, calls, aloneLine)];
  }
}
