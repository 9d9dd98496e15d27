// The words of a step, put together from pieces that are made once and kept: a unit of the trunk, or a candidate in a
// slot, in one mode and for one batch size. Making a step is listing pieces.
import type { TeacherSignal } from '@nasc/core';
import type { ActivePath } from './active-path.ts';
import { backwardFlow, mergeCalls } from './backward-flow.ts';
import type { BackwardFlow } from './backward-flow.ts';
import { BufferLines } from './buffer-lines.ts';
import type { Call } from './call.ts';
import { ChoiceWords, modeKey } from './choice-words.ts';
import type { CompiledGraph } from './compiled-graph.ts';
import { forwardCalls } from './forward-calls.ts';
import type { LoweredRegion } from './lower-region.ts';
import type { PlacedParameter } from './parameter-layout.ts';
import { Pieces } from './pieces.ts';
import { engineBuffers } from './program-memory.ts';
import type { ProgramMemory } from './program-memory.ts';
import type { Piece } from './step-profile.ts';
import { gradientBuffer, valueBuffer } from './unit.ts';
import type { ForwardMode, UnitStatistics } from './unit.ts';
import { ruleKey, updateCalls } from './update-calls.ts';
import type { UpdateRule } from './update-calls.ts';

export interface BackwardOptions {
  readonly weights: boolean;
  readonly frozen: boolean;
  /** Candidates of every choice whose gate gradient is wanted. */
  readonly gates?: readonly (readonly number[])[];
  /** Weights that take part are updated on the way; no gradients may be there from before. */
  readonly update?: UpdateRule;
}

export class StepWords {
  readonly #graph: CompiledGraph;
  readonly #memory: ProgramMemory;
  readonly #pieces: Pieces;
  readonly #lines: BufferLines;
  readonly #choices: ChoiceWords;
  readonly #flows = new Map<string, BackwardFlow>();

  constructor(graph: CompiledGraph, memory: ProgramMemory, kernels: ReadonlyMap<string, number>, keepsOutputs: boolean) {
    this.#graph = graph;
    this.#memory = memory;
    this.#pieces = new Pieces(kernels);
    this.#lines = new BufferLines(graph, memory);
    this.#choices = new ChoiceWords(graph, memory, this.#lines, this.#pieces, keepsOutputs);
  }

  /** `collect`: batch statistics are copied to where `ProgramMemory` shows them. */
  forward(path: ActivePath, batch: number, mode: ForwardMode, collect = false): Piece[] {
    return this.#trunk(batch).elements.flatMap((element) => {
      if (element.kind === 'choice') return this.#choices.forward(element, path[element.choice]!, batch, mode, collect);
      const { unit } = element;
      const make = () => ({ calls: forwardCalls(unit, batch, mode, collect), lineOf: this.#lines.trunk });
      return [this.#pieces.once('forward', unit.id, `${batch}|${modeKey(mode)}|${collect}`, make)];
    });
  }

  /** Batch normalisations that a path runs. */
  statistics(path: ActivePath): readonly UnitStatistics[] {
    const of = (region: LoweredRegion): readonly UnitStatistics[] =>
      region.elements.flatMap((element) => {
        if (element.kind === 'unit') return element.unit.statistics;
        const { candidates } = this.#graph.cut.choices[element.choice]!;
        return path[element.choice]!.flatMap(({ candidate }) => of(this.#graph.lower(candidates[candidate]!, region.batch)));
      });
    return of(this.#trunk(this.#graph.batchSize));
  }

  /** Loss of every image, and its gradient when asked for. */
  loss(batch: number, gradient: boolean, taught: Pick<TeacherSignal, 'weight' | 'temperature'> | undefined): Piece {
    const { output } = this.#trunk(batch);
    const { targets, losses, right, teacher } = engineBuffers;
    const tensors = [valueBuffer(output), targets, losses, right];
    if (gradient) tensors.push(gradientBuffer(output));
    if (taught) tensors.push(teacher);
    const dims = [batch, this.#graph.classes, gradient ? 1 : 0, taught ? 1 : 0];
    const scalars = taught ? [taught.weight, taught.temperature] : [];
    const call: Call = { kernel: 'nasc_cross_entropy', tensors, dims, scalars, items: batch };
    return this.#pieces.make('loss', output, [call], this.#lines.trunk);
  }

  backward(path: ActivePath, batch: number, forwardMode: ForwardMode, { weights, frozen, gates, update }: BackwardOptions): Piece[] {
    const trunk = this.#trunk(batch);
    const { afterElement, atEnd } = this.#graph.updates;
    const options = { weights, frozen, stepGradients: update !== undefined };
    const untouched = new Set(path.keys());
    // Without gradients of weights nothing is wanted before the first choice.
    const pieces = this.#flow(trunk, weights).steps.flatMap((step): Piece[] => {
      const { index, element, gradient, targets, merges } = step;
      const key = `${batch}|${weights}|${frozen}|${update !== undefined}`;
      if (element.kind === 'unit') {
        const { unit } = element;
        const make = () => ({
          calls: [...unit.backward({ weights, frozen, gradient, targets }), ...mergeCalls(merges, trunk)],
          lineOf: update ? this.#lines.withStepGradients(this.#lines.trunk) : this.#lines.trunk,
        });
        const piece = this.#pieces.once('backward', unit.id, key, make);
        return [piece, ...this.#updateInStep(unit.id, afterElement.get(index) ?? [], update)];
      }
      const { choice, node } = element;
      const entries = path[choice]!;
      untouched.delete(choice);
      return [
        ...(gates?.[choice] ?? []).map((candidate) => this.#choices.gate(element, gradient, candidate, entries, batch, forwardMode)),
        ...entries.flatMap(({ candidate }, entry) => [
          ...this.#choices.backwardCandidate(element, step, entries, entry, batch, options),
          ...this.#updateCandidate(choice, candidate, update),
        ]),
        ...(merges.length > 0
          ? [this.#pieces.once('backward', node.id, key, () => ({ calls: mergeCalls(merges, trunk), lineOf: this.#lines.trunk }))]
          : []),
      ];
    });
    const rest = [...untouched].flatMap((choice) =>
      path[choice]!.flatMap(({ candidate }) => this.#updateCandidate(choice, candidate, update)),
    );
    return [...pieces, ...rest, ...this.#updateInStep('', atEnd, update)];
  }

  /** Updates regions by the gradients that were kept. */
  update(regions: ReadonlySet<string>, rule: UpdateRule): Piece[] {
    const { layout } = this.#graph;
    const gradientLine = ({ line }: PlacedParameter) => this.#memory.gradients.line + line;
    return [...regions].map((region) => {
      const make = () => ({
        calls: updateCalls(layout.trainable.get(region)!, gradientLine, this.#memory, rule),
        lineOf: this.#lines.trunk,
      });
      return this.#pieces.once('update', region, `kept|${ruleKey(rule)}`, make);
    });
  }

  #updateCandidate(choice: number, candidate: number, rule: UpdateRule | undefined): Piece[] {
    const { id } = this.#graph.cut.choices[choice]!.candidates[candidate]!;
    return this.#updateInStep(id, this.#graph.layout.trainable.get(id)!, rule);
  }

  #updateInStep(part: string, parameters: readonly PlacedParameter[], rule: UpdateRule | undefined): Piece[] {
    if (!rule || parameters.length === 0) return [];
    const { lines } = this.#graph.updates;
    const gradientLine = ({ id }: PlacedParameter) => this.#memory.stepGradients.line + lines.get(id)!;
    const make = () => ({ calls: updateCalls(parameters, gradientLine, this.#memory, rule), lineOf: this.#lines.trunk });
    return [this.#pieces.once('update', part, ruleKey(rule), make)];
  }

  #flow(trunk: LoweredRegion, weights: boolean): BackwardFlow {
    const key = `${trunk.batch}|${weights}`;
    let flow = this.#flows.get(key);
    if (!flow) this.#flows.set(key, (flow = backwardFlow(trunk, weights, new Set(), new Set())));
    return flow;
  }

  #trunk(batch: number): LoweredRegion {
    return this.#graph.lower(this.#graph.cut.trunk, batch);
  }
}
