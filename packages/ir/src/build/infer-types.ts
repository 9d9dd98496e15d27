// Type inference of one op, and of a whole graph after a rewrite.
import { DiagnosticError } from '@nasc/diagnostics';
import { isChoice } from '../graph.ts';
import type { Attributes, Candidate, ChoiceNode, Graph, GraphInput, NodeId, OpNode } from '../graph.ts';
import { messages } from '../messages.ts';
import { TypeInferenceError } from '../op.ts';
import type { OpDefinition, OpLookup } from '../op.ts';
import type { TensorType } from '../tensor-type.ts';

/** Runs what may throw a `TypeInferenceError`, and throws IR_SHAPES_DO_NOT_FIT at the given place instead. */
export const inferring = <T>(at: string, infer: () => T): T => {
  try {
    return infer();
  } catch (cause) {
    if (!(cause instanceof TypeInferenceError)) throw cause;
    throw new DiagnosticError([messages.inferenceFailed(cause.message, at)], { cause });
  }
};

/** The op's output type. Throws IR_SHAPES_DO_NOT_FIT where the inputs do not fit. */
export const inferType = (definition: OpDefinition, attributes: Attributes, inputs: readonly TensorType[], at: string): TensorType =>
  inferring(at, () => definition.inferType(attributes, inputs));

/** The same graph with every type inferred anew from the types of its inputs. */
export const inferTypes = <Node extends OpNode | ChoiceNode>(graph: Graph<Node>, ops: OpLookup): Graph<Node> => {
  const infer = (region: Graph): Graph => {
    const types = new Map<NodeId, TensorType>(region.inputs.map(({ id, type }) => [id, type]));
    const typeOf = (reader: NodeId, id: NodeId): TensorType => {
      const type = types.get(id);
      if (!type)
        throw new DiagnosticError([
          messages.inputUndefined(
            reader,
            id,
            region.nodes.some((node) => node.id === id),
          ),
        ]);
      return type;
    };
    const nodes = region.nodes.map((node): OpNode | ChoiceNode => {
      const inputs = node.inputs.map((id) => typeOf(node.id, id));
      const typed = isChoice(node) ? inferChoice(node, inputs) : { ...node, type: inferNode(node, inputs) };
      types.set(node.id, typed.type);
      return typed;
    });
    return { ...region, nodes };
  };
  const inferNode = (node: OpNode, inputs: readonly TensorType[]): TensorType => {
    const definition = ops.get(node.op);
    if (!definition) throw new DiagnosticError([messages.unknownOp(node.op, ops.names(), node.id)]);
    return inferType(definition, node.attributes, inputs, node.origin ?? node.id);
  };
  const inferChoice = (node: ChoiceNode, inputs: readonly TensorType[]): ChoiceNode => {
    const candidates = node.candidates.map((candidate): Candidate => {
      const regionInputs = candidate.graph.inputs.map((input, index): GraphInput => ({ ...input, type: inputs[index] ?? input.type }));
      return { ...candidate, graph: infer({ ...candidate.graph, inputs: regionInputs }) as Graph<OpNode> };
    });
    const [first] = candidates;
    const output = first?.graph.nodes.find(({ id }) => id === first.graph.outputs[0]) ?? first?.graph.inputs[0];
    return { ...node, candidates, type: output?.type ?? node.type };
  };
  return infer(graph) as Graph<Node>;
};
