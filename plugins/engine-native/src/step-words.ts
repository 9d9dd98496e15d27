// The words of a step, put together from pieces that are made once and kept: a unit of the trunk, or a candidate in a
// slot, in one mode and for one batch size. Making a step is copying pieces.
import { parameterId } from '@nasc/ir';
import type { CompiledGraph } from './compiled-graph.ts';
import type { BufferId, Call } from './call.ts';
import { dotProduct, elementwise, encodeCalls } from './call.ts';
import { backwardFlow } from './lower-region.ts';
import type { BackwardStep, Element, LoweredRegion } from './lower-region.ts';
import type { ProgramMemory } from './program-memory.ts';
import { batchStatisticBuffer, engineBuffers } from './program-memory.ts';
import { gradientBuffer, runningMean, runningVariance, valueBuffer } from './unit.ts';
import type { BackwardMode, ForwardMode, Unit, UnitStatistics } from './unit.ts';

/** An active candidate at a choice. */
export interface ActiveEntry {
  readonly candidate: number;
  readonly weight: number;
  readonly slot: number;
}

/** Entries of every choice, in the order of the mixture. */
export type ActivePath = readonly (readonly ActiveEntry[])[];

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

const forwardCalls = (unit: Unit, batch: number, mode: ForwardMode, collect: boolean): readonly Call[] => {
  if (!collect) return unit.forward(mode);
  const copies = unit.statistics.flatMap(({ node, channels, mean, variance }) => {
    const copy = (from: BufferId, statistic: string) =>
      elementwise('nasc_copy', [from, batchStatisticBuffer(parameterId(node, statistic))], batch, channels);
    return [copy(mean, runningMean), copy(variance, runningVariance)];
  });
  return [...unit.forward(mode), ...copies];
};

const modeKey = ({ batchNorm, random }: ForwardMode): string => `${batchNorm}${random ? '+' : '-'}`;

export class StepWords {
  readonly #graph: CompiledGraph;
  readonly #memory: ProgramMemory;
  readonly #kernels: ReadonlyMap<string, number>;
  readonly #keepsOutputs: boolean;
  readonly #pieces = new Map<string, Int32Array>();

  constructor(graph: CompiledGraph, memory: ProgramMemory, kernels: ReadonlyMap<string, number>, keepsOutputs: boolean) {
    this.#graph = graph;
    this.#memory = memory;
    this.#kernels = kernels;
    this.#keepsOutputs = keepsOutputs;
  }

  /** `collect`: batch statistics are copied to where `ProgramMemory` shows them. */
  forward(path: ActivePath, batch: number, mode: ForwardMode, collect = false): Int32Array[] {
    const trunk = this.#trunk(batch);
    return trunk.elements.flatMap((element) =>
      element.kind === 'unit'
        ? [
            this.#piece(
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
  loss(batch: number, gradient: boolean, teacherWeight: number | undefined): Int32Array {
    const { output } = this.#trunk(batch);
    const { targets, losses, right, teacher } = engineBuffers;
    const tensors = [valueBuffer(output), targets, losses, right];
    if (gradient) tensors.push(gradientBuffer(output));
    if (teacherWeight !== undefined) tensors.push(teacher);
    const dims = [batch, this.#graph.classes, gradient ? 1 : 0, teacherWeight === undefined ? 0 : 1];
    const scalars = teacherWeight === undefined ? [] : [teacherWeight];
    return this.#encode([{ kernel: 'nasc_cross_entropy', tensors, dims, scalars, items: batch }], this.#trunkLine);
  }

  backward(path: ActivePath, batch: number, forwardMode: ForwardMode, { weights, frozen, gates }: BackwardOptions): Int32Array[] {
    const trunk = this.#trunk(batch);
    // Without gradients of weights nothing is wanted before the first choice.
    const { steps } = this.#flow(trunk, weights);
    const words: Int32Array[] = [];
    for (const step of steps) {
      const { element, targets } = step;
      if (element.kind === 'unit') {
        const mode: BackwardMode = { weights, frozen, targets };
        const key = `b|${batch}|${weights}|${frozen}|${element.unit.id}`;
        words.push(this.#piece(key, () => element.unit.backward(mode), this.#trunkLine));
        continue;
      }
      const entries = path[element.choice]!;
      // Gates first: the candidates' own gradients may be added into the gradient of the choice.
      for (const candidate of gates?.[element.choice] ?? []) words.push(...this.#gate(element, candidate, entries, batch, forwardMode));
      words.push(...this.#backwardChoice(step, entries, batch, weights, frozen));
    }
    return words;
  }

  /** Calls on the engine's own buffers and on lines given as `#LINE`. */
  calls(calls: readonly Call[]): Int32Array {
    return this.#encode(calls, this.#trunkLine);
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

  #encode(calls: readonly Call[], lineOf: LineOf): Int32Array {
    return encodeCalls(calls, this.#kernels, lineOf);
  }

  #piece(key: string, calls: () => readonly Call[], lineOf: LineOf): Int32Array {
    let words = this.#pieces.get(key);
    if (!words) this.#pieces.set(key, (words = this.#encode(calls(), lineOf)));
    return words;
  }

  readonly #trunkLine: LineOf = (buffer) => {
    if (buffer.startsWith('#')) return Number(buffer.slice(1));
    if (buffer === valueBuffer(this.#graph.cut.trunk.inputs[0]!.id)) return this.#memory.lineOf(engineBuffers.images);
    const line = this.#graph.arena.lines.get(buffer);
    return line === undefined ? this.#memory.lineOf(buffer) : this.#memory.arena.line + line;
  };

  /** Lines of a candidate's buffers while it is active in a slot. */
  #slotLine(element: ChoiceElement, candidate: number, slot: number, place: OutputPlace, gradient: number): LineOf {
    const { choice, node } = element;
    const plan = this.#graph.candidatePlans[choice]![candidate]!;
    const areas = this.#graph.arena.choices[choice]!;
    const base = this.#memory.arena.line;
    const outer = this.#bindings(element, candidate, place === 'choice' ? this.#trunkLine(valueBuffer(node.id)) : undefined, gradient);
    return (buffer) => {
      const bound = outer.get(buffer);
      if (bound !== undefined) return bound;
      const kept = plan.kept.lines.get(buffer);
      if (kept !== undefined) return base + areas.slots[slot]! + kept;
      const forward = plan.forward.lines.get(buffer);
      if (forward !== undefined) return base + areas.forward + forward;
      const backward = plan.backward.lines.get(buffer);
      if (backward !== undefined) return base + areas.backward + backward;
      return this.#memory.lineOf(buffer);
    };
  }

  /** A candidate's inputs, output and their gradients, as lines. */
  #bindings(element: ChoiceElement, candidate: number, output: number | undefined, gradient: number): Map<BufferId, number> {
    const { choice, node } = element;
    const region = this.#graph.cut.choices[choice]!.candidates[candidate]!;
    const bindings = new Map<BufferId, number>();
    region.inputs.forEach(({ id }, index) => {
      const outer = node.inputs[index]!;
      bindings.set(valueBuffer(id), this.#trunkLine(valueBuffer(outer)));
      const gradientLine = this.#graph.arena.lines.get(gradientBuffer(outer));
      if (gradientLine !== undefined) bindings.set(gradientBuffer(id), this.#memory.arena.line + gradientLine);
    });
    const outputId = this.#outputOf(choice, candidate);
    if (output !== undefined) bindings.set(valueBuffer(outputId), output);
    bindings.set(gradientBuffer(outputId), gradient);
    return bindings;
  }

  #outputOf(choice: number, candidate: number): string {
    return this.#lowered(choice, candidate, 1).output;
  }

  /** Whether outputs are mixed, rather than the one candidate's output being the choice's. */
  #mixes(entries: readonly ActiveEntry[]): boolean {
    return entries.length > 1 || (this.#keepsOutputs && entries[0]!.weight !== 1);
  }

  #forwardChoice(
    element: ChoiceElement,
    entries: readonly ActiveEntry[],
    batch: number,
    mode: ForwardMode,
    collect: boolean,
  ): Int32Array[] {
    const { choice, node } = element;
    const place: OutputPlace = this.#mixes(entries) ? 'slot' : 'choice';
    const words: Int32Array[] = [];
    const target = valueBuffer(node.id);
    const floats = this.#trunk(batch).floats.get(target)!;
    entries.forEach(({ candidate, slot, weight }, index) => {
      const lineOf = this.#slotLine(element, candidate, slot, place, 0);
      const lowered = this.#lowered(choice, candidate, batch);
      words.push(
        this.#piece(
          `F|${batch}|${modeKey(mode)}|${collect}|${choice}.${candidate}.${slot}|${place}`,
          () => lowered.elements.flatMap((inner) => (inner.kind === 'unit' ? forwardCalls(inner.unit, batch, mode, collect) : [])),
          lineOf,
        ),
      );
      if (place === 'slot') {
        const kernel = index === 0 ? 'nasc_scale' : 'nasc_accumulate_scaled';
        const output = `#${lineOf(valueBuffer(lowered.output))}`;
        words.push(this.#encode([elementwise(kernel, [output, target], batch, floats, [weight])], this.#trunkLine));
      } else if (weight !== 1) {
        words.push(this.#encode([elementwise('nasc_scale', [target, target], batch, floats, [weight])], this.#trunkLine));
      }
    });
    return words;
  }

  #backwardChoice(
    { element, targets }: BackwardStep,
    entries: readonly ActiveEntry[],
    batch: number,
    weights: boolean,
    frozen: boolean,
  ): Int32Array[] {
    if (element.kind === 'unit') return [];
    const { choice, node } = element;
    const words: Int32Array[] = [];
    const outer = gradientBuffer(node.id);
    const floats = this.#trunk(batch).floats.get(outer)!;
    const place: OutputPlace = this.#mixes(entries) ? 'slot' : 'choice';
    entries.forEach(({ candidate, slot, weight }, index) => {
      const scaledLine = this.#memory.arena.line + this.#graph.arena.choices[choice]!.scaledGradient;
      if (weight !== 1)
        words.push(this.#encode([elementwise('nasc_scale', [outer, `#${scaledLine}`], batch, floats, [weight])], this.#trunkLine));
      const gradientLine = weight === 1 ? this.#trunkLine(outer) : scaledLine;
      const key = `B|${batch}|${weights}|${frozen}|${choice}.${candidate}.${slot}|${place}|${weight === 1}|${index === 0}`;
      const calls = () => {
        const lowered = this.#lowered(choice, candidate, batch);
        const inputs = this.#graph.cut.choices[choice]!.candidates[candidate]!.inputs;
        const wanted = new Set(targets.map((target) => inputs[target.index]!.id));
        const filled = new Set(targets.filter(({ accumulate }) => accumulate || index > 0).map((target) => inputs[target.index]!.id));
        const flow = backwardFlow(lowered, weights, wanted, filled);
        const inner = flow.steps.flatMap((step) =>
          step.element.kind === 'unit' ? step.element.unit.backward({ weights, frozen, targets: step.targets }) : [],
        );
        const cleared = flow.silent.map((id) =>
          elementwise('nasc_clear', [gradientBuffer(id)], batch, lowered.floats.get(gradientBuffer(id))!),
        );
        return [...inner, ...cleared];
      };
      words.push(this.#piece(key, calls, this.#slotLine(element, candidate, slot, place, gradientLine)));
    });
    return words;
  }

  /** <o_k, dL/dy> into the candidate's result line; o_k is at hand for an active candidate, else it is run once more. */
  #gate(element: ChoiceElement, candidate: number, entries: readonly ActiveEntry[], batch: number, mode: ForwardMode): Int32Array[] {
    const { choice, node } = element;
    const lowered = this.#lowered(choice, candidate, batch);
    const areas = this.#graph.arena.choices[choice]!;
    const base = this.#memory.arena.line;
    const gradient = gradientBuffer(node.id);
    const floats = this.#trunk(batch).floats.get(gradient)!;
    const result = `#${this.#memory.resultLine(choice, candidate)}`;
    const dot = (output: BufferId) => dotProduct(output, gradient, `#${base + areas.partials}`, result, batch, floats);
    const entry = entries.find((active) => active.candidate === candidate);
    if (entry && this.#mixes(entries)) {
      const output = `#${this.#slotLine(element, candidate, entry.slot, 'slot', 0)(valueBuffer(lowered.output))}`;
      return [this.#piece(`G|${batch}|${choice}.${candidate}.${entry.slot}`, () => dot(output), this.#trunkLine)];
    }
    if (entry?.weight === 1) return [this.#piece(`G|${batch}|${choice}.${candidate}`, () => dot(valueBuffer(node.id)), this.#trunkLine)];
    const plan = this.#graph.candidatePlans[choice]![candidate]!;
    const bindings = this.#bindings(element, candidate, undefined, 0);
    const lineOf: LineOf = (buffer) => {
      const line = bindings.get(buffer) ?? this.#memoryLine(plan.alone.lines.get(buffer), areas.backward);
      if (line !== undefined) return line;
      return buffer.startsWith('#') || buffer === gradient ? this.#trunkLine(buffer) : this.#memory.lineOf(buffer);
    };
    // Never `update`: a candidate that is not active leaves running statistics alone.
    const alone: ForwardMode = { ...mode, batchNorm: mode.batchNorm === 'update' ? 'batch' : mode.batchNorm };
    return [
      this.#piece(
        `A|${batch}|${modeKey(alone)}|${choice}.${candidate}`,
        () => [
          ...lowered.elements.flatMap((inner) => (inner.kind === 'unit' ? inner.unit.forward(alone) : [])),
          ...dot(`#${lineOf(valueBuffer(lowered.output))}`),
        ],
        (buffer) => (buffer === gradient ? this.#trunkLine(buffer) : lineOf(buffer)),
      ),
    ];
  }

  #memoryLine(line: number | undefined, area: number): number | undefined {
    return line === undefined ? undefined : this.#memory.arena.line + area + line;
  }
}
