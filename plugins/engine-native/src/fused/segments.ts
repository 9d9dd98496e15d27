// Cuts a region into chains that patterns cover and single ops, and decides which chains leave their result normalised.
import { isChoice } from '@nasc/ir';
import type { NodeId, OpNode, OpView, PatternDefinition, PatternLookup } from '@nasc/ir';
import type { Region } from '../region.ts';
import type { NativePatternLowering } from './native-pattern.ts';

/** A chain with the pattern that covers it; runs where its last node stands. */
export interface Segment {
  readonly nodes: readonly OpView[];
  readonly lowering: NativePatternLowering;
  /** The chain whose result it reads before it is written out. */
  readonly normalisedInput: Segment | undefined;
}

interface Match {
  readonly nodes: readonly OpView[];
  readonly lowering: NativePatternLowering;
}

const readersOf = (region: Region): ReadonlyMap<NodeId, readonly (OpNode | undefined)[]> => {
  const readers = new Map<NodeId, (OpNode | undefined)[]>();
  const add = (id: NodeId, reader: OpNode | undefined) => readers.set(id, [...(readers.get(id) ?? []), reader]);
  for (const node of region.nodes) for (const id of node.inputs) add(id, isChoice(node) ? undefined : node);
  add(region.output, undefined);
  return readers;
};

/** Last node of each chain -> the chain; other nodes of chains are covered by it. `batchSize`: images of a full batch. */
export const segmentsOf = (
  region: Region,
  patterns: PatternLookup,
  batchSize: number,
): { readonly segments: ReadonlyMap<NodeId, Segment>; readonly covered: ReadonlySet<NodeId> } => {
  const readers = readersOf(region);
  const viewOf = (node: OpNode): OpView => ({
    node,
    attributes: node.attributes,
    inputs: node.inputs.map((id) => region.types.get(id)!),
    output: node.type,
  });
  const onlyReader = (id: NodeId): OpNode | undefined => {
    const found = readers.get(id) ?? [];
    return found.length === 1 ? found[0] : undefined;
  };
  const chainFrom = (start: OpNode, { chain }: PatternDefinition): readonly OpView[] | undefined => {
    const nodes: OpNode[] = [];
    for (const accepted of chain) {
      const last = nodes.at(-1);
      const node = last ? onlyReader(last.id) : start;
      if (!node || !accepted.includes(node.op) || (last && node.inputs.length !== 1)) return undefined;
      nodes.push(node);
    }
    return nodes.map(viewOf);
  };
  const match = (start: OpNode): Match | undefined => {
    for (const pattern of patterns.all()) {
      const lowering = pattern.lower.native;
      const nodes = lowering && chainFrom(start, pattern);
      if (nodes && lowering.accepts(nodes, batchSize)) return { nodes, lowering };
    }
    return undefined;
  };

  const covered = new Set<NodeId>();
  const byFirst = new Map<NodeId, Match>();
  for (const node of region.nodes) {
    if (isChoice(node) || covered.has(node.id)) continue;
    const found = match(node);
    if (!found) continue;
    byFirst.set(node.id, found);
    for (const view of found.nodes) covered.add(view.node.id);
  }

  const segments = new Map<NodeId, Segment>();
  for (const { nodes, lowering } of byFirst.values()) {
    const before = segments.get(nodes[0]!.node.inputs[0]!);
    const reads = before && onlyReader(before.nodes.at(-1)!.node.id) === nodes[0]!.node;
    const normalisedInput = reads && before.lowering.normalisedOutput && lowering.normalisedInput(nodes) ? before : undefined;
    segments.set(nodes.at(-1)!.node.id, { nodes, lowering, normalisedInput });
  }
  return { segments, covered };
};
