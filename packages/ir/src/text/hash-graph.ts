// The one hash of a graph.
import { createHash } from 'node:crypto';
import { isChoice } from '../graph.ts';
import type { ChoiceNode, Graph, OpNode } from '../graph.ts';
import { canonicalJson } from './canonical-json.ts';

/** Where a node came from in the config does not matter to what it is. */
const withoutOrigin = (graph: Graph): Graph => ({
  ...graph,
  nodes: graph.nodes.map((node): OpNode | ChoiceNode => {
    const { origin: _, ...rest } = node;
    if (!isChoice(rest)) return rest;
    return {
      ...rest,
      candidates: rest.candidates.map((candidate) => ({ ...candidate, graph: withoutOrigin(candidate.graph) as Graph<OpNode> })),
    };
  }),
});

/** SHA-256, hexadecimal, of the canonical JSON without `origin`. */
export const hashGraph = (graph: Graph): string =>
  createHash('sha256')
    .update(canonicalJson(withoutOrigin(graph)))
    .digest('hex');
