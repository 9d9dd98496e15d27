// Writes a network as an ONNX file. The IR has images as [H, W, C] with the batch implied; the file has them as
// [N, C, H, W]: constants are transposed here once, and the lowerings speak NCHW.
import { DiagnosticError } from '@nasc/diagnostics';
import type { NetworkGraph, NodeId, OpLookup, TensorTable, TensorType } from '@nasc/ir';
import { checkModel } from './check-model.ts';
import { emitNode } from './emitter.ts';
import { toNchwOrder } from './layout.ts';
import { messages } from './messages.ts';
import { metadataEntries } from './metadata.ts';
import type { OnnxMetadata } from './metadata.ts';
import { producer } from './producer.ts';
import { encodeModel, irVersionOf, opsets } from './proto.ts';
import type { ModelProto, NodeProto, TensorProto, ValueInfoProto } from './proto.ts';
import { batchName, valueInfo } from './values.ts';

export interface OnnxOptions {
  readonly name: string;
  /** Operator set, see `opsets`. */
  readonly opset?: number;
  /** Whether the batch is the symbolic dimension `batch` (the default) or 1. */
  readonly dynamicBatch?: boolean;
  /** Provenance, task and whatever else is to be known of the model; see docs/formats.md. */
  readonly metadata?: OnnxMetadata;
}

/** Name of a network's only output in the file: [N, classes] float32, before softmax. */
export const outputName = 'logits';

/**
 * The bytes of an ONNX model. Nodes and values keep the IR's ids, but for a single output, which is called `logits`; each node says in
 * its doc_string which op it stands for. The shape of every value is written down, so that a runtime's shape inference is checked
 * against the IR's.
 *
 * Throws ONNX_OPSET_UNSUPPORTED, ONNX_OP_UNKNOWN, ONNX_NO_LOWERING, ONNX_PARAMETER_MISSING, ONNX_MALFORMED.
 */
export const writeOnnx = (graph: NetworkGraph, weights: TensorTable, ops: OpLookup, options: OnnxOptions): Uint8Array => {
  const { opset = opsets.usual, dynamicBatch = true, metadata = {} } = options;
  if (!Number.isInteger(opset) || opset < opsets.oldest || opset > opsets.newest) {
    throw new DiagnosticError([messages.opsetUnsupported(opset, opsets.oldest, opsets.newest)]);
  }
  const describe = (name: string, type: TensorType) => valueInfo(name, dynamicBatch, toNchwOrder(type.shape));

  const names = new Map<NodeId, string>();
  const types = new Map<NodeId, TensorType>();
  for (const input of graph.inputs) {
    names.set(input.id, input.id);
    types.set(input.id, input.type);
  }

  const nodes: NodeProto[] = [];
  const initializers: TensorProto[] = [];
  const described = new Map<string, ValueInfoProto>();
  for (const node of graph.nodes) {
    const op = ops.get(node.op);
    if (!op) throw new DiagnosticError([messages.opUnknown(node.op, node.id)]);
    const view = { node, attributes: node.attributes, inputs: node.inputs.map((id) => types.get(id)!), output: node.type };
    const emitted = emitNode(
      view,
      op,
      node.inputs.map((id) => names.get(id)!),
      weights,
      opset,
    );
    nodes.push(...emitted.nodes);
    initializers.push(...emitted.initializers);
    names.set(node.id, emitted.output);
    types.set(node.id, node.type);
    for (const [name, what] of emitted.intermediates) described.set(name, valueInfo(name, dynamicBatch, what));
    if (emitted.output === node.id) described.set(node.id, describe(node.id, node.type));
  }

  const published = new Set<string>();
  const outputs = graph.outputs.map((id) => {
    const value = names.get(id)!;
    const name = graph.outputs.length === 1 ? outputName : id;
    if (published.has(value) || !renameValue(nodes, value, name)) {
      if (value !== name) nodes.push({ opType: 'Identity', name: `${name}/Identity`, input: [value], output: [name] });
    } else {
      for (const [node, old] of names) if (old === value) names.set(node, name);
      described.delete(value);
    }
    published.add(name);
    return describe(name, types.get(id)!);
  });

  const batch = dynamicBatch ? batchName : 1;
  const model: ModelProto = {
    irVersion: irVersionOf(opset),
    opsetImport: [{ domain: '', version: opset }],
    producerName: producer.name,
    producerVersion: producer.version,
    domain: producer.domain,
    modelVersion: 1,
    docString: `Images are [${batch}, channels, height, width], vectors [${batch}, length]; the logits are before softmax.`,
    metadataProps: metadataEntries(metadata, graph.groups),
    graph: {
      name: options.name,
      node: nodes,
      initializer: initializers,
      input: graph.inputs.map((input) => describe(names.get(input.id)!, input.type)),
      output: outputs,
      valueInfo: [...described.values()],
    },
  };
  const problems = checkModel(model);
  if (problems.length > 0) throw new DiagnosticError([messages.malformed(options.name, problems)]);
  return encodeModel(model);
};

/** Renames a value where it is made and wherever it is read; false when no node makes it (an input of the file). */
const renameValue = (nodes: NodeProto[], value: string, name: string): boolean => {
  if (!nodes.some((node) => node.output![0] === value)) return false;
  const rename = (old: string) => (old === value ? name : old);
  nodes.forEach((node, index) => {
    nodes[index] = { ...node, input: node.input!.map(rename), output: node.output!.map(rename) };
  });
  return true;
};
