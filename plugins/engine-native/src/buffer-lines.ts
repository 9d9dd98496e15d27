// Where the buffers that calls mention lie: in the arena for those of the trunk and of candidates, else where the
// program's memory says. `#LINE` stands for itself.
import { addedBuffer } from './backward-flow.ts';
import type { BufferId } from './call.ts';
import type { CompiledGraph } from './compiled-graph.ts';
import type { Element } from './lower-region.ts';
import { engineBuffers } from './program-memory.ts';
import type { ProgramMemory } from './program-memory.ts';
import { gradientBuffer, parameterGradientBuffer, valueBuffer } from './unit.ts';
import type { GradientTarget } from './unit.ts';

export type LineOf = (buffer: BufferId) => number;

export type ChoiceElement = Element & { readonly kind: 'choice' };

/** How the output of a candidate reaches the choice: written there, or kept in the slot to be mixed. */
export type OutputPlace = 'choice' | 'slot';

export class BufferLines {
  readonly #graph: CompiledGraph;
  readonly #memory: ProgramMemory;
  readonly #stepGradients: ReadonlyMap<BufferId, number>;

  constructor(graph: CompiledGraph, memory: ProgramMemory) {
    this.#graph = graph;
    this.#memory = memory;
    this.#stepGradients = new Map(
      [...graph.updates.lines].map(([id, line]) => [parameterGradientBuffer(id), memory.stepGradients.line + line]),
    );
  }

  readonly trunk: LineOf = (buffer) => {
    if (buffer.startsWith('#')) return Number(buffer.slice(1));
    if (buffer === valueBuffer(this.#graph.cut.trunk.inputs[0]!.id)) return this.#memory.lineOf(engineBuffers.images);
    const line = this.#graph.arena.lines.get(buffer);
    return line === undefined ? this.#memory.lineOf(buffer) : this.#memory.arena.line + line;
  };

  /** The same, with gradients of parameters in the area that the parts of a step share. */
  withStepGradients(lineOf: LineOf): LineOf {
    return (buffer) => this.#stepGradients.get(buffer) ?? lineOf(buffer);
  }

  /** A candidate's inputs and, where it is the choice's, its output. */
  values({ choice, node }: ChoiceElement, candidate: number, place: OutputPlace): Map<BufferId, number> {
    const { inputs } = this.#graph.cut.choices[choice]!.candidates[candidate]!;
    const lines = new Map(inputs.map(({ id }, index) => [valueBuffer(id), this.trunk(valueBuffer(node.inputs[index]!))]));
    if (place === 'choice') lines.set(valueBuffer(this.#graph.outputOf(choice, candidate)), this.trunk(valueBuffer(node.id)));
    return lines;
  }

  /** Gradients that a candidate reads and writes: of its output, and of its inputs. */
  gradients(
    { choice }: ChoiceElement,
    candidate: number,
    gradient: BufferId,
    targets: readonly GradientTarget[],
  ): ReadonlyMap<BufferId, number> {
    const { inputs } = this.#graph.cut.choices[choice]!.candidates[candidate]!;
    const lines = new Map([[gradientBuffer(this.#graph.outputOf(choice, candidate)), this.trunk(gradient)]]);
    for (const { index, buffer, add } of targets) {
      const { id } = inputs[index]!;
      lines.set(gradientBuffer(id), this.trunk(buffer));
      if (add !== undefined) lines.set(addedBuffer(id), this.trunk(add));
    }
    return lines;
  }

  /** A candidate's buffers while it is active in a slot; `outer`: those that are not its own. */
  active({ choice }: ChoiceElement, candidate: number, slot: number, outer: ReadonlyMap<BufferId, number>): LineOf {
    const plan = this.#graph.candidatePlans[choice]![candidate]!;
    const { slots, forward, backward } = this.#graph.arena.choices[choice]!;
    return this.#within(outer, [
      { lines: plan.kept.lines, start: slots[slot]! },
      { lines: plan.forward.lines, start: forward },
      { lines: plan.backward.lines, start: backward },
    ]);
  }

  /** A candidate's buffers while it runs forward alone, during the backward pass of its choice. */
  alone(element: ChoiceElement, candidate: number): LineOf {
    const { alone } = this.#graph.candidatePlans[element.choice]![candidate]!;
    const { backward } = this.#graph.arena.choices[element.choice]!;
    return this.#within(this.values(element, candidate, 'slot'), [{ lines: alone.lines, start: backward }]);
  }

  #within(
    outer: ReadonlyMap<BufferId, number>,
    areas: readonly { readonly lines: ReadonlyMap<BufferId, number>; readonly start: number }[],
  ): LineOf {
    return (buffer) => {
      const bound = outer.get(buffer);
      if (bound !== undefined) return bound;
      for (const { lines, start } of areas) {
        const line = lines.get(buffer);
        if (line !== undefined) return this.#memory.arena.line + start + line;
      }
      return this.trunk(buffer);
    };
  }
}
