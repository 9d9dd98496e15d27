// Reads a file that `writeOnnx` wrote back into the IR.
import { DiagnosticError } from '@nasc/diagnostics';
import { readGraph } from '@nasc/ir';
import type { Group, NetworkGraph, NodeId, OpLookup, OpNode, TensorTable } from '@nasc/ir';
import { messages } from '../messages.ts';
import { splitMetadata } from '../metadata.ts';
import type { OnnxMetadata } from '../metadata.ts';
import { groupNodes } from './node-groups.ts';
import { openModel } from './open-model.ts';
import { recogniseOp } from './recognise-op.ts';
import type { ReadValue } from './recognise-op.ts';

/** A network, and the options that it was written with. */
export interface OnnxNetwork {
  readonly graph: NetworkGraph;
  readonly weights: TensorTable;
  readonly name: string;
  readonly opset: number;
  readonly dynamicBatch: boolean;
  readonly metadata: OnnxMetadata;
}

/** The block whose id a node's id begins with. */
const groupOf = (id: NodeId, groups: readonly Group[]): string | undefined =>
  groups
    .map((group) => group.id)
    .filter((group) => id === group || id.startsWith(`${group}.`))
    .toSorted((a, b) => b.length - a.length)[0];

const parseGroups = (text: string, model: string): readonly Group[] => {
  try {
    return JSON.parse(text) as readonly Group[];
  } catch (cause) {
    throw new DiagnosticError([messages.formUnknown(model, 'its metadata "blocks" is no JSON')], { cause });
  }
};

/**
 * The network of a file, its weights bit by bit, and what it was written with: `writeOnnx` makes the same bytes of them. Every op is
 * found from the ONNX nodes themselves, see `recogniseOp`. What a file does not hold does not come back: ops that do nothing at
 * inference, `origin` of nodes; an attribute that was given with its default value comes back absent where the op's schema has none.
 *
 * Throws ONNX_UNREADABLE, ONNX_FORM_UNKNOWN, ONNX_NODE_UNKNOWN, IR_JSON_INVALID.
 */
export const readOnnx = (bytes: Uint8Array, ops: OpLookup): OnnxNetwork => {
  const model = openModel(bytes);
  const { metadata, blocks } = splitMetadata(model.metadata);
  const groups = parseGroups(blocks, model.name);

  const values = new Map<string, ReadValue>();
  for (const { name, type } of model.inputs) values.set(name, { id: name, name, type });
  const nodes: OpNode[] = [];
  const weights = new Map<string, NonNullable<ReturnType<TensorTable['get']>>>();
  for (const group of groupNodes(model.nodes)) {
    const [{ opType, input, output }] = group.nodes as [(typeof group.nodes)[number]];
    const source = values.get(input?.[0] ?? '');
    if (group.value === undefined && group.nodes.length === 1 && opType === 'Identity' && source && model.outputs.includes(output![0]!)) {
      // An output of the file that no node of its own makes.
      values.set(output![0]!, source);
      continue;
    }
    const { node, parameters } = recogniseOp(group, values, model, ops);
    const block = groupOf(node.id, groups);
    nodes.push({ ...node, ...(block !== undefined && { group: block }) });
    values.set(group.value!, { id: node.id, name: group.value!, type: node.type });
    for (const [id, tensor] of parameters) weights.set(id, tensor);
  }

  const graph = {
    inputs: model.inputs.map(({ name, type }) => ({ id: name, type })),
    nodes,
    outputs: model.outputs.map((output) => {
      const value = values.get(output);
      if (!value) throw new DiagnosticError([messages.formUnknown(model.name, `no node has the output "${output}" as its value`)]);
      return value.id;
    }),
    groups,
  };
  const { name, opset, dynamicBatch } = model;
  return { graph: readGraph(graph, `ONNX model "${name}"`) as NetworkGraph, weights, name, opset, dynamicBatch, metadata };
};
