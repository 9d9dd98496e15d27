// The verifier: every rule that a graph keeps between passes, checked anew and all problems told at once.
import type { Diagnostic } from '@nasc/diagnostics';
import { checkAttributes } from '../build/attributes.ts';
import { isChoice } from '../graph.ts';
import type { Candidate, ChoiceNode, Graph, NodeId, OpNode } from '../graph.ts';
import { messages } from '../messages.ts';
import { TypeInferenceError } from '../op.ts';
import type { OpLookup } from '../op.ts';
import { printType, sameType } from '../tensor-type.ts';
import type { TensorType } from '../tensor-type.ts';

const sameTypes = (a: readonly TensorType[], b: readonly TensorType[]): boolean =>
  a.length === b.length && a.every((type, index) => sameType(type, b[index]!));

class Verification {
  readonly problems: Diagnostic[] = [];
  readonly #ops: OpLookup;
  readonly #groups: ReadonlySet<string>;
  readonly #ids = new Set<NodeId>();

  constructor(graph: Graph, ops: OpLookup) {
    this.#ops = ops;
    this.#groups = new Set(graph.groups.map(({ id }) => id));
    for (const [index, { id }] of graph.groups.entries()) {
      if (graph.groups.findIndex((group) => group.id === id) < index) this.problems.push(messages.duplicateId(id));
    }
  }

  /** The graph, or a candidate's region: what it reads has to be its own. */
  region(graph: Graph): void {
    const types = new Map<NodeId, TensorType>();
    const places = new Map(graph.nodes.map((node, index) => [node.id, index]));
    for (const { id, type } of graph.inputs) this.#define(id, type, types);
    for (const [place, node] of graph.nodes.entries()) {
      const known = node.inputs.filter((input) => {
        if (types.has(input)) return true;
        this.problems.push(messages.inputUndefined(node.id, input, (places.get(input) ?? -1) >= place));
        return false;
      });
      const inputs = known.map((input) => types.get(input)!);
      const complete = known.length === node.inputs.length;
      if (isChoice(node)) this.#choice(node, inputs, complete);
      else this.#op(node, inputs, complete);
      if (node.group !== undefined && !this.#groups.has(node.group)) this.problems.push(messages.groupMissing(node.id, node.group));
      this.#define(node.id, node.type, types);
    }
    if (graph.outputs.length === 0) this.problems.push(messages.noOutput());
    for (const output of graph.outputs) if (!types.has(output)) this.problems.push(messages.outputMissing(output));
  }

  #define(id: NodeId, type: TensorType, types: Map<NodeId, TensorType>): void {
    if (this.#ids.has(id)) this.problems.push(messages.duplicateId(id));
    this.#ids.add(id);
    types.set(id, type);
    if (type.dtype !== 'float32') this.problems.push(messages.dtype(id, type.dtype));
  }

  #op(node: OpNode, inputs: readonly TensorType[], complete: boolean): void {
    const definition = this.#ops.get(node.op);
    if (!definition) {
      this.problems.push(messages.unknownOp(node.op, this.#ops.names(), node.id));
      return;
    }
    const { arity } = definition;
    const found = node.inputs.length;
    const fits = typeof arity === 'number' ? found === arity : found >= arity.atLeast;
    if (!fits) this.problems.push(messages.wrongArity(node.id, node.op, arity, found));
    const { attributes, problems } = checkAttributes(definition, node.attributes, node.id);
    this.problems.push(...problems);
    if (!fits || !complete || problems.length > 0) return;
    try {
      const inferred = definition.inferType(attributes, inputs);
      if (!sameType(inferred, node.type)) this.problems.push(messages.wrongType(node.id, printType(node.type), printType(inferred)));
    } catch (cause) {
      if (!(cause instanceof TypeInferenceError)) throw cause;
      this.problems.push(messages.inferenceFailed(cause.message, node.id));
    }
  }

  #choice(node: ChoiceNode, inputs: readonly TensorType[], complete: boolean): void {
    if (node.candidates.length === 0) this.problems.push(messages.noCandidates(node.id));
    for (const [index, candidate] of node.candidates.entries()) {
      if (node.candidates.findIndex(({ name }) => name === candidate.name) < index) {
        this.problems.push(messages.duplicateCandidate(candidate.name, node.id));
      }
      this.#candidate(candidate, node, complete ? inputs : undefined);
    }
  }

  #candidate({ name, graph }: Candidate, choice: ChoiceNode, given: readonly TensorType[] | undefined): void {
    const taken = graph.inputs.map(({ type }) => type);
    if (given && !sameTypes(taken, given)) {
      this.problems.push(messages.regionInputs(name, taken.map(printType), given.map(printType), choice.id));
    }
    const nested = (graph.nodes as readonly (OpNode | ChoiceNode)[]).find(isChoice);
    if (nested) this.problems.push(messages.nestedChoice(nested.id));
    this.region(graph);
    if (graph.outputs.length > 1) this.problems.push(messages.regionOutputs(name, graph.outputs.length, choice.id));
    const output = [...graph.inputs, ...graph.nodes].find(({ id }) => id === graph.outputs[0]);
    if (output && !sameType(output.type, choice.type)) {
      this.problems.push(messages.candidateType(name, printType(output.type), printType(choice.type), choice.id));
    }
  }
}

/** All that is wrong with a graph; empty when nothing is. */
export const verifyGraph = (graph: Graph, ops: OpLookup): readonly Diagnostic[] => {
  const verification = new Verification(graph, ops);
  verification.region(graph);
  return verification.problems;
};
