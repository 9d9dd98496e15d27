// What one node of the IR becomes: its lowering is run with an emitter that collects ONNX nodes and initializers.
import { DiagnosticError } from '@nasc/diagnostics';
import { parameterId } from '@nasc/ir';
import type { OpDefinition, OpView, TensorTable } from '@nasc/ir';
import type { OnnxEmitter, OnnxIntermediate, OnnxLowering } from './lowering.ts';
import { messages } from './messages.ts';
import type { AttributeProto, NodeProto, TensorProto } from './proto.ts';
import { attributeOf, floatTensor, integerTensor } from './values.ts';

export interface EmittedNode {
  readonly nodes: readonly NodeProto[];
  readonly initializers: readonly TensorProto[];
  /** What the lowering says of values that are not the node's output, by their names. */
  readonly intermediates: ReadonlyMap<string, OnnxIntermediate>;
  /** Name of the output: the IR node's id, or the name of an input that is passed on unchanged. */
  readonly output: string;
}

/** Runs the lowering of one node. `inputs` are the names that its operands have in the file. */
export const emitNode = (view: OpView, op: OpDefinition, inputs: readonly string[], weights: TensorTable, opset: number): EmittedNode => {
  const { id } = view.node;
  const lowering = op.lower.onnx as OnnxLowering<typeof view.attributes> | undefined;
  if (!lowering) throw new DiagnosticError([messages.noLowering(op.name, id)]);

  const nodes: { opType: string; name: string; input: string[]; attribute: AttributeProto[] }[] = [];
  const initializers: TensorProto[] = [];
  const intermediates = new Map<string, OnnxIntermediate>();
  const taken = new Map<string, number>();
  const unique = (name: string): string => {
    const count = (taken.get(name) ?? 0) + 1;
    taken.set(name, count);
    return count === 1 ? name : `${name}${count}`;
  };

  const emitter: OnnxEmitter = {
    opset,
    node(opType, operands, attributes = {}, intermediate) {
      const name = unique(`${id}/${opType}`);
      if (intermediate) intermediates.set(name, intermediate);
      const attribute = Object.entries(attributes).map(([key, value]) => attributeOf(key, value));
      nodes.push({ opType, name, input: [...operands], attribute });
      return name;
    },
    constant(name, shape, data) {
      const full = unique(`${id}.${name}`);
      initializers.push(floatTensor(full, shape, data));
      return full;
    },
    integers(name, values) {
      const full = unique(`${id}.${name}`);
      initializers.push(integerTensor(full, values));
      return full;
    },
    parameter(name) {
      const tensor = weights.get(parameterId(id, name));
      if (!tensor) throw new DiagnosticError([messages.parameterMissing(parameterId(id, name), id)]);
      return tensor;
    },
  };

  const result = lowering.emit(view, inputs, emitter);
  intermediates.delete(result);
  // The ONNX node that makes the value takes the IR node's id, so that tools show the network's own names, and says which op it
  // stands for.
  const rename = (name: string) => (name === result && nodes.some((node) => node.name === result) ? id : name);
  return {
    nodes: nodes.map((node) => ({
      opType: node.opType,
      name: rename(node.name),
      input: node.input.map((input) => rename(input)),
      output: [rename(node.name)],
      attribute: node.attribute,
      ...(node.name === result && { docString: op.name }),
    })),
    initializers,
    intermediates,
    output: rename(result),
  };
};
