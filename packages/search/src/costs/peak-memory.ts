// Memory of a network: the largest sum of activations that are alive at once, which is what a runtime needs that goes through the
// network op by op. The images and the logits are the caller's and not counted. An op without settings that keeps its input's type
// (an activation, a normalisation, an addition) is computed in place where nobody else reads that input any more.
import { byteLength, isChoice, printType } from '@nasc/ir';
import type { ChoiceNode, Graph, NodeId, OpLookup, OpNode, TensorType } from '@nasc/ir';

interface Life {
  readonly bytes: number;
  readonly first: number;
  last: number;
}

interface Lives {
  /** Bytes alive while node `index` is computed, its inputs and output among them. */
  aliveAt(index: number): number;
  /** Bytes of the tensor that a value lies in; 0 for one that is not counted. */
  bytesOf(id: NodeId): number;
}

interface Boundary {
  /** Inputs that are read again behind the region: they stay to its end. */
  readonly kept: ReadonlySet<NodeId>;
  /** Whether inputs and outputs are counted. */
  readonly counted: boolean;
}

const takesNoSettings = (node: OpNode, ops: OpLookup): boolean => {
  const { required = [] } = (ops.get(node.op)?.attributesSchema ?? {}) as { readonly required?: readonly string[] };
  return required.length === 0;
};

const livesOf = (graph: Graph, ops: OpLookup, { kept, counted }: Boundary): Lives => {
  const types = new Map<NodeId, TensorType>([...graph.inputs, ...graph.nodes].map(({ id, type }) => [id, type]));
  const lastRead = new Map<NodeId, number>();
  for (const [index, { inputs }] of graph.nodes.entries()) for (const input of inputs) lastRead.set(input, index);
  for (const id of [...graph.outputs, ...kept]) lastRead.set(id, graph.nodes.length);

  const lives = new Map<NodeId, Life>();
  const roots = new Map<NodeId, NodeId>();
  const begin = (id: NodeId, first: number) => {
    roots.set(id, id);
    lives.set(id, { bytes: byteLength(types.get(id)!), first, last: lastRead.get(id) ?? first });
  };
  if (counted) for (const { id } of graph.inputs) begin(id, 0);
  for (const [index, node] of graph.nodes.entries()) {
    if (!counted && graph.outputs.includes(node.id)) continue;
    const type = printType(node.type);
    const under =
      isChoice(node) || !takesNoSettings(node, ops)
        ? undefined
        : node.inputs.findLast((input) => roots.has(input) && lastRead.get(input) === index && printType(types.get(input)!) === type);
    if (under === undefined) begin(node.id, index);
    else {
      const root = roots.get(under)!;
      roots.set(node.id, root);
      lives.get(root)!.last = lastRead.get(node.id) ?? index;
    }
  }
  return {
    aliveAt: (index) => [...lives.values()].reduce((sum, { bytes, first, last }) => sum + (first <= index && index <= last ? bytes : 0), 0),
    bytesOf: (id) => lives.get(roots.get(id) ?? id)?.bytes ?? 0,
  };
};

const peakOf = (region: Graph<OpNode>, ops: OpLookup, kept: ReadonlySet<NodeId>): number => {
  const { aliveAt } = livesOf(region, ops, { kept, counted: true });
  return Math.max(0, ...region.nodes.map((_, index) => aliveAt(index)));
};

/** Bytes of each candidate: at its worst moment, with all that is alive around the choice. */
const candidatePeaks = (choice: ChoiceNode, index: number, graph: Graph, lives: Lives, ops: OpLookup): readonly number[] => {
  const own = [...new Set([...choice.inputs, choice.id])].reduce((sum, id) => sum + lives.bytesOf(id), 0);
  const around = lives.aliveAt(index) - own;
  const readAgain = choice.inputs.map((id) => graph.nodes.slice(index + 1).some(({ inputs }) => inputs.includes(id)));
  return choice.candidates.map(({ graph: region }) => {
    const kept = new Set(region.inputs.filter((_, input) => readAgain[input]).map(({ id }) => id));
    return around + peakOf(region, ops, kept);
  });
};

export interface PeakMemory {
  /** Of everything outside the choices, bytes. */
  readonly constant: number;
  /** By choice and candidate, bytes: that of a network is the largest of the constant and its candidates'. */
  readonly candidates: readonly (readonly number[])[];
}

export const peakMemory = (graph: Graph, ops: OpLookup): PeakMemory => {
  const lives = livesOf(graph, ops, { kept: new Set(), counted: false });
  let constant = 0;
  const candidates: (readonly number[])[] = [];
  for (const [index, node] of graph.nodes.entries()) {
    if (isChoice(node)) candidates.push(candidatePeaks(node, index, graph, lives, ops));
    else constant = Math.max(constant, lives.aliveAt(index));
  }
  return { constant, candidates };
};
