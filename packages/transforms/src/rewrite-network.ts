// Applies rewriting patterns until none fits, to a graph alone or with its weights.
import { parameterId, viewOf } from '@nasc/ir';
import type { NetworkGraph, NodeId, OpNode, OpView, PatternDefinition, Tensor, TensorTable } from '@nasc/ir';
import { matchPatterns } from './match-patterns.ts';
import type { Rewrite } from './rewrite.ts';
import { keepWeightsOf } from './weighted-network.ts';
import type { WeightedNetwork } from './weighted-network.ts';

interface Step {
  readonly graph: NetworkGraph;
  readonly applied: readonly { readonly rewrite: Rewrite; readonly chain: readonly OpView[] }[];
}

/** One sweep over the graph; undefined when nothing fits. */
const sweep = (graph: NetworkGraph, patterns: readonly PatternDefinition[]): Step | undefined => {
  const matches = matchPatterns(graph, patterns);
  if (matches.length === 0) return undefined;
  const applied = matches.map(({ pattern, nodes }) => ({
    rewrite: pattern.lower.rewrite!,
    chain: nodes.map((node) => viewOf(node, graph)),
  }));
  const covered = new Set(matches.flatMap(({ nodes }) => nodes.map(({ id }) => id)));
  const replacedBy = new Map<NodeId, NodeId>();
  // New nodes stand where the chain ended: by then everything that the chain read exists.
  const placed = new Map<NodeId, readonly OpNode[]>();
  for (const { rewrite, chain } of applied) {
    const { nodes, output } = rewrite.replace(chain);
    const last = chain.at(-1)!.node.id;
    placed.set(last, nodes);
    if (output !== last) replacedBy.set(last, output);
  }
  const resolve = (id: NodeId): NodeId => {
    const replacement = replacedBy.get(id);
    return replacement === undefined ? id : resolve(replacement);
  };
  const kept = graph.nodes.flatMap((node) => (covered.has(node.id) ? (placed.get(node.id) ?? []) : [node]));
  const nodes = kept.map((node) => ({ ...node, inputs: node.inputs.map(resolve) }));
  return { graph: { ...graph, nodes, outputs: graph.outputs.map(resolve) }, applied };
};

const rewritten = ({ graph, applied }: Step, weights: TensorTable): TensorTable => {
  const next = new Map(keepWeightsOf(graph, weights));
  const read = (node: NodeId, name: string): Tensor => {
    const tensor = weights.get(parameterId(node, name));
    if (!tensor) throw new Error(`The weights lack "${parameterId(node, name)}".`);
    return tensor;
  };
  for (const { rewrite, chain } of applied) for (const [id, tensor] of rewrite.parameters?.(chain, read) ?? []) next.set(id, tensor);
  return next;
};

const ofPhase = (patterns: readonly PatternDefinition[], phase: Rewrite['phase']): readonly PatternDefinition[] =>
  patterns.filter(({ lower }) => lower.rewrite?.phase === phase);

/** The graph after all rewrites of a phase. */
export const rewriteGraph = (graph: NetworkGraph, patterns: readonly PatternDefinition[], phase: Rewrite['phase']): NetworkGraph => {
  const chosen = ofPhase(patterns, phase);
  let current = graph;
  for (let step = sweep(current, chosen); step; step = sweep(current, chosen)) current = step.graph;
  return current;
};

/** The network after all rewrites of a phase, its parameters recomputed. */
export const rewriteNetwork = (
  network: WeightedNetwork,
  patterns: readonly PatternDefinition[],
  phase: Rewrite['phase'],
): WeightedNetwork => {
  const chosen = ofPhase(patterns, phase);
  let { graph, weights } = network;
  for (let step = sweep(graph, chosen); step; step = sweep(graph, chosen)) {
    weights = rewritten(step, weights);
    graph = step.graph;
  }
  return { graph, weights };
};
