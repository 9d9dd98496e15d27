// Every candidate of every choice as a C function with fixed boundaries: what the measuring binary is made of.
//
//   void blockN(float *output, const float *const *inputs, const float *weights, float *arena, const nasc_team *team)
//
// Candidates of equal shapes share a function; the weights are separate memory for every position in the network, so
// that caches see what they would see in the emitted network.
import { indent, overlayOf, planProgram, scratchStride, threadScratch } from '@nasc/c-emit';
import type { CProgram, ProgramCall, ProgramOperand } from '@nasc/c-emit';
import { elementCount } from '@nasc/ir';
import type { NetworkGraph, NodeId } from '@nasc/ir';
import { writeSharedCall } from '../emit/team-source.ts';

/** A candidate at its position, or a fixed piece. */
export interface BlockVariant {
  /** Index into the library's functions; undefined where nothing is computed: each output is one of the inputs. */
  readonly body: number | undefined;
  readonly inputs: readonly NodeId[];
  readonly inputElements: readonly number[];
  /** The single value that the block writes, or for an empty one the value that its output stands for. */
  readonly output: NodeId;
  readonly outputElements: number;
  readonly program: CProgram;
  /** Weight array id -> offset in floats from the start of the block's weights. */
  readonly weightOffsets: ReadonlyMap<string, number>;
  readonly weightElements: number;
  readonly arenaElements: number;
  /** The input that the output may lie over where nobody reads it afterwards, and how many floats in front of it. */
  readonly over?: { readonly input: NodeId; readonly before: number };
}

export interface BlockFunction {
  readonly name: string;
  readonly text: string;
  readonly calls: readonly ProgramCall[];
}

/** What the call that writes a block's output allows, where it is the last to read one of the block's inputs. */
const overlayOfBlock = ({ calls, inputs }: CProgram, output: NodeId): BlockVariant['over'] => {
  const call = calls.at(-1);
  const under = call && call.output === output ? overlayOf(call) : undefined;
  return under && inputs.includes(under.id) ? { input: under.id, before: under.before } : undefined;
};

const roundUp = (elements: number): number => Math.ceil(elements / 16) * 16;

export class BlockLibrary {
  readonly functions: BlockFunction[] = [];
  readonly #byText = new Map<string, number>();
  readonly #program: (graph: NetworkGraph) => CProgram;
  readonly #threads: number;

  constructor(program: (graph: NetworkGraph) => CProgram, threads: number) {
    this.#program = program;
    this.#threads = threads;
  }

  /** Adds the function of a piece, unless an equal one is there. */
  add(graph: NetworkGraph): BlockVariant {
    const program = this.#program(graph);
    const output = graph.outputs[0]!;
    const types = new Map([...graph.inputs, ...graph.nodes].map(({ id, type }) => [id, type]));
    const team = this.#threads > 1;
    const plan = planProgram(program, this.#threads);
    const over = team ? undefined : overlayOfBlock(program, output);
    const weightOffsets = new Map<string, number>();
    let weightElements = 0;
    for (const { id, elements } of program.weights) {
      weightOffsets.set(id, weightElements);
      weightElements += roundUp(elements);
    }
    const variant = {
      inputs: program.inputs,
      inputElements: program.inputs.map((id) => elementCount(types.get(id)!.shape)),
      output,
      outputElements: elementCount(types.get(output)!.shape),
      program,
      weightOffsets,
      weightElements,
      arenaElements: roundUp(plan.arenaBytes / 4),
      ...(over && { over }),
    };
    if (program.calls.length === 0) return { ...variant, body: undefined };
    const ownScratch = threadScratch(program.calls);
    const pointer = (operand: ProgramOperand): string => {
      if (operand.kind === 'weights') return `weights + ${weightOffsets.get(operand.id)!}`;
      const input = program.inputs.indexOf(operand.id);
      if (input >= 0) return `inputs[${input}]`;
      if (operand.id === output) return 'output';
      const own = team && ownScratch.has(operand.id) ? ` + (size_t)team->part * ${scratchStride(program, operand.id)}` : '';
      return `arena + ${plan.offsets.get(operand.id)! / 4}${own}`;
    };
    const text = indent(program.calls.map((call) => writeSharedCall(call, pointer, this.#threads)).join('\n'));
    let body = this.#byText.get(text);
    if (body === undefined) {
      body = this.functions.length;
      this.#byText.set(text, body);
      this.functions.push({ name: `block${body}`, text, calls: program.calls });
    }
    return { ...variant, body };
  }
}
