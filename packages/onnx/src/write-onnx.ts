// Writes a network as an ONNX file. The IR has images as [H, W, C] with the batch implied; the file has them as
// [N, C, H, W]: constants are transposed here once, and the lowerings speak NCHW.
import { DiagnosticError } from '@nasc/diagnostics';
import type { NetworkGraph, NodeId, OpLookup, TensorTable, TensorType } from '@nasc/ir';
import { checkModel } from './check-model.ts';
import { emitNode } from './emitter.ts';
import { toNchwOrder } from './layout.ts';
import { messages } from './messages.ts';
import { encodeModel, irVersion, opsets } from './proto.ts';
import type { ModelProto, NodeProto, TensorProto, ValueInfoProto } from './proto.ts';
import { valueInfo } from './values.ts';

export interface OnnxOptions {
  readonly name: string;
  /** Operator set, 13 to 15; 15 by default. */
  readonly opset?: number;
  /** Class names in the order of the logits. */
  readonly classes?: readonly string[];
  /** What the input is normalised with, per channel: (byte / 255 - mean) / std. */
  readonly normalisation?: { readonly mean: readonly number[]; readonly std: readonly number[] };
  /** Further entries of the file's metadata. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Whether the batch is the symbolic dimension `N` (the default) or 1. */
  readonly dynamicBatch?: boolean;
}

/** Name of a network's only input in the file: normalised images, [N, C, H, W] float32. */
export const inputName = 'input';
/** Name of a network's only output in the file: [N, classes] float32, before softmax. */
export const outputName = 'logits';

const metadataOf = (options: OnnxOptions): ModelProto['metadataProps'] => {
  const entries = {
    ...(options.classes && { classes: JSON.stringify(options.classes) }),
    ...(options.normalisation && {
      mean: JSON.stringify(options.normalisation.mean),
      std: JSON.stringify(options.normalisation.std),
      normalisation: '(byte / 255 - mean) / std, per channel',
    }),
    layout: 'NCHW',
    ...options.metadata,
  };
  return Object.entries(entries).map(([key, value]) => ({ key, value }));
};

/**
 * The bytes of an ONNX model (IR version 8). Nodes keep the IR's ids; with one input and one output these are called
 * `input` and `logits`. The shape of every IR value is written down, so that a runtime's shape inference is checked
 * against the IR's.
 *
 * Throws ONNX_OPSET_UNSUPPORTED, ONNX_OP_UNKNOWN, ONNX_NO_LOWERING, ONNX_PARAMETER_MISSING, ONNX_MALFORMED.
 */
export const writeOnnx = (graph: NetworkGraph, weights: TensorTable, ops: OpLookup, options: OnnxOptions): Uint8Array => {
  const opset = options.opset ?? opsets.newest;
  if (!Number.isInteger(opset) || opset < opsets.oldest || opset > opsets.newest) {
    throw new DiagnosticError([messages.opsetUnsupported(opset, opsets.oldest, opsets.newest)]);
  }
  const batch = (options.dynamicBatch ?? true) ? 'N' : 1;
  const describe = (name: string, type: TensorType) => valueInfo(name, batch, toNchwOrder(type.shape));

  const names = new Map<NodeId, string>();
  const types = new Map<NodeId, TensorType>();
  for (const input of graph.inputs) {
    names.set(input.id, graph.inputs.length === 1 ? inputName : input.id);
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

  const model: ModelProto = {
    irVersion,
    opsetImport: [{ domain: '', version: opset }],
    producerName: 'nasc',
    docString: `Input: normalised images, [N, C, H, W] float32. Output: logits, [N, classes].`,
    metadataProps: metadataOf(options)!,
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
