// Why an ONNX model and the trained network differ: the same image goes through the ops' plain kernels in float64, node by
// node, and through ONNX Runtime with every value as an output.
import { createPlainRunner } from '@nasc/c-emit';
import type { PlainTable, PlainValues } from '@nasc/c-emit';
import { DiagnosticError } from '@nasc/diagnostics';
import type { NodeId, OpDefinition, OpLookup } from '@nasc/ir';
import { createOnnxSession, writeOnnx } from '@nasc/onnx';
import type { WeightedNetwork } from '@nasc/transforms';

export interface MismatchCause {
  /** What is wrong: an op's ONNX lowering, the folding, the training engine; or nothing could be found out. */
  readonly kind: 'lowering' | 'folding' | 'engine' | 'unknown';
  /** The first node that differs. */
  readonly node?: NodeId;
  readonly op?: string;
  readonly detail?: string;
}

export interface MismatchSearch {
  readonly derived: WeightedNetwork;
  readonly folded: WeightedNetwork;
  readonly ops: OpLookup;
  readonly opset: number;
  /** One image, [H, W, C], normalised. */
  readonly image: Float32Array;
  /** Relative error from which values count as different. */
  readonly limit: number;
  readonly cacheFolder: string;
}

const relativeError = (values: ArrayLike<number>, reference: PlainValues): number => {
  let difference = 0;
  let size = 0;
  for (let i = 0; i < reference.length; i++) {
    difference += (values[i]! - reference[i]!) ** 2;
    size += reference[i]! ** 2;
  }
  return difference === 0 ? 0 : Math.sqrt(difference / size);
};

const usedOps = (networks: readonly WeightedNetwork[], ops: OpLookup): readonly OpDefinition[] => {
  const names = new Set(networks.flatMap(({ graph }) => graph.nodes.map((node) => node.op)));
  return [...names].map((name) => ops.get(name)).filter((op) => op !== undefined);
};

/** The first node of the network whose value in ONNX Runtime is not the given one. */
const firstDifference = async (
  network: WeightedNetwork,
  values: PlainTable,
  search: MismatchSearch,
): Promise<MismatchCause | undefined> => {
  const everyValue = { ...network.graph, outputs: network.graph.nodes.map((node) => node.id) };
  const session = await createOnnxSession(writeOnnx(everyValue, network.weights, search.ops, { name: 'every-value', opset: search.opset }));
  try {
    const outputs = await session.runAll([search.image], 1);
    // NaN is different from everything.
    const index = network.graph.nodes.findIndex((node, at) => !(relativeError(outputs[at]!, values.get(node.id)!) <= search.limit));
    const node = network.graph.nodes[index];
    return node && { kind: 'lowering', node: node.id, op: node.op };
  } finally {
    await session.dispose();
  }
};

/** Runs only after a comparison failed. Needs a C compiler for the plain kernels; without one the cause is `unknown`. */
export const findMismatch = async (search: MismatchSearch): Promise<MismatchCause> => {
  const { derived, folded, ops, image, limit, cacheFolder } = search;
  try {
    const runner = await createPlainRunner(usedOps([derived, folded], ops), 'double', { cacheFolder });
    try {
      const evaluate = ({ graph, weights }: WeightedNetwork): PlainTable => {
        const parameters = new Map([...weights].map(([id, { data }]) => [id, data]));
        return runner.runForward(graph, parameters, new Map([[graph.inputs[0]!.id, image]]), { batch: 1, mode: 'inference' }).values;
      };
      const before = evaluate(derived);
      const after = evaluate(folded);
      const different = await firstDifference(folded, after, search);
      if (different) return different;
      const error = relativeError(after.get(folded.graph.outputs[0]!)!, before.get(derived.graph.outputs[0]!)!);
      return { kind: error <= limit ? 'engine' : 'folding' };
    } finally {
      runner.dispose();
    }
  } catch (cause) {
    // The mismatch itself is what the user has to hear of; why it could not be explained is told with it.
    if (cause instanceof DiagnosticError) return { kind: 'unknown', detail: cause.message };
    throw cause;
  }
};
