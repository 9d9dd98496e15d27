// What the target cannot run is told before anything is measured or searched, and not after the last training.
import { definePass, legalize } from '@nasc/core';
import type { PassContext, SearchSpaceArtifact } from '@nasc/core';
import { throwIfErrors } from '@nasc/diagnostics';
import { choicesOf } from '@nasc/ir';
import type { SearchSpaceGraph } from '@nasc/ir';
import { deployedGraph } from '@nasc/transforms';
import { messages } from './messages.ts';

/** As few networks as hold every candidate of every choice: the i-th takes each choice's i-th candidate, or its last. */
export const coveringPaths = (space: SearchSpaceGraph): readonly (readonly number[])[] => {
  const counts = choicesOf(space).map(({ candidates }) => candidates.length);
  return Array.from({ length: Math.max(1, ...counts) }, (_, index) => counts.map((count) => Math.min(index, count - 1)));
};

/**
 * Throws ANNOTATE_NODE_UNSUPPORTED where networks of the space, folded and made to fit, have nodes that the target does not take: one
 * diagnostic for each op and reason.
 */
export const checkSupport = definePass({
  name: 'checkSupport',
  async run(
    input: { readonly searchSpace: SearchSpaceArtifact },
    context: PassContext,
  ): Promise<{ readonly searchSpace: SearchSpaceArtifact }> {
    const { target, registry } = context;
    const { graph } = input.searchSpace;
    const refused = new Map<string, { readonly op: string; readonly reason: string; readonly nodes: Set<string> }>();
    for (const path of coveringPaths(graph)) {
      for (const node of (await legalize(deployedGraph(graph, path, registry.patterns), context)).nodes) {
        const reason = target.supports(node, registry);
        if (reason === true) continue;
        const key = `${node.op} ${reason}`;
        const alike = refused.get(key) ?? { op: node.op, reason, nodes: new Set() };
        alike.nodes.add(node.id);
        refused.set(key, alike);
      }
    }
    throwIfErrors([...refused.values()].map(({ op, reason, nodes }) => messages.unsupported(target.name, [...nodes], op, reason)));
    return input;
  },
});
