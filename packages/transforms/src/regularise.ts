// What a recipe puts into a network for the time of its training: dropout before the classifier, and the random depth of residual
// blocks. Export leaves both out again, as any op that does nothing at inference. Parameters keep their ids.
import type { Registry } from '@nasc/core';
import { readCounts, viewOf } from '@nasc/ir';
import type { NetworkGraph, NodeId, OpNode } from '@nasc/ir';

type Ops = Pick<Registry['ops'], 'require'>;

/** Whether an op has a trained parameter of role `weight`: it is a layer. */
const isLayer = (node: OpNode, graph: NetworkGraph, ops: Ops): boolean => {
  const { attributes, inputs } = viewOf(node, graph);
  return (ops.require(node.op).parameters?.(attributes, inputs) ?? []).some(({ role, trainable }) => trainable && role === 'weight');
};

/** Puts what is given in the place of nodes. */
const replaceNodes = (graph: NetworkGraph, replaced: ReadonlyMap<NodeId, readonly OpNode[]>): NetworkGraph => ({
  ...graph,
  nodes: graph.nodes.flatMap((node) => replaced.get(node.id) ?? [node]),
});

/** `op` on the value of `from`, for the node `reader`, in whose group it is. */
const nodeBetween = (from: NodeId, reader: OpNode, graph: NetworkGraph, op: string, rate: number): OpNode => ({
  kind: 'op',
  id: `${reader.id}.${op}`,
  op,
  attributes: { rate },
  inputs: [from],
  type: viewOf(reader, graph).inputs[reader.inputs.indexOf(from)]!,
  ...(reader.group !== undefined && { group: reader.group }),
});

const reading = (node: OpNode, from: NodeId, to: NodeId): OpNode => ({
  ...node,
  inputs: node.inputs.map((input) => (input === from ? to : input)),
});

/**
 * Dropout of `rate` on what the classifier reads: the layer with weights that is last on the way to the output. A dropout that the
 * space put there gets the rate; 0 takes it out.
 */
export const withDropout = (graph: NetworkGraph, ops: Ops, rate: number): NetworkGraph => {
  const leading = new Set<NodeId>(graph.outputs);
  const classifier = graph.nodes.toReversed().find((node) => {
    if (!leading.has(node.id)) return false;
    for (const input of node.inputs) leading.add(input);
    return isLayer(node, graph, ops);
  });
  if (!classifier) return graph;
  const features = classifier.inputs[0]!;
  const own = graph.nodes.find(({ id, op }) => id === features && ops.require(op).drops === 'elements');
  if (!own || readCounts(graph).get(own.id)! > 1) {
    if (rate === 0) return graph;
    const node = nodeBetween(features, classifier, graph, 'dropout', rate);
    return replaceNodes(graph, new Map([[classifier.id, [node, reading(classifier, features, node.id)]]]));
  }
  return replaceNodes(
    graph,
    rate > 0
      ? new Map([[own.id, [{ ...own, attributes: { ...own.attributes, rate } }]]])
      : new Map([
          [own.id, []],
          [classifier.id, [reading(classifier, own.id, own.inputs[0]!)]],
        ]),
  );
};

/** The node of a block where its branch and its identity shortcut meet, with the branch's end. */
interface Residual {
  readonly sum: OpNode;
  readonly branch: NodeId;
}

/** Blocks with a shortcut around layers; where Zero was chosen, there are none, and no depth to speak of. */
const residualsOf = (graph: NetworkGraph, ops: Ops): readonly Residual[] =>
  graph.groups
    .filter(({ shortcut }) => shortcut)
    .toSorted((a, b) => a.position - b.position)
    .flatMap(({ id }): readonly Residual[] => {
      const inside = graph.nodes.filter(({ group }) => group === id);
      const ids = new Set(inside.map((node) => node.id));
      const sum = inside.at(-1);
      const branches = sum?.inputs.filter((input) => ids.has(input)) ?? [];
      if (!sum || sum.inputs.length !== 2 || branches.length !== 1) return [];
      return inside.some((node) => isLayer(node, graph, ops)) ? [{ sum, branch: branches[0]! }] : [];
    });

/**
 * Stochastic depth (Huang et al., 2016): in training the branch of residual block l of L is left out with probability l/L * rate,
 * image by image.
 */
export const withDropPath = (graph: NetworkGraph, ops: Ops, rate: number): NetworkGraph => {
  if (rate === 0) return graph;
  const residuals = residualsOf(graph, ops);
  const replaced = residuals.map(({ sum, branch }, index): [NodeId, readonly OpNode[]] => {
    const node = nodeBetween(branch, sum, graph, 'dropPath', ((index + 1) / residuals.length) * rate);
    return [sum.id, [node, reading(sum, branch, node.id)]];
  });
  return replaceNodes(graph, new Map(replaced));
};
