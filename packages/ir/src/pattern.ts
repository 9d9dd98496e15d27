// What must know several ops at once (batch-norm folding, fused kernels, legalisation) is a pattern: a chain of ops in
// which each node's only consumer is the next one.
import type { Graph, OpNode } from './graph.ts';

/** How a matched chain is realised. Open by declaration merging, like `Lowerings`. */
// oxlint-disable-next-line typescript/no-empty-object-type -- filled by declaration merging
export interface PatternLowerings {}

export interface PatternDefinition {
  readonly name: string;
  readonly doc: string;
  /** For each position of the chain the op names accepted there; it may enter the next node through any of its inputs. */
  readonly chain: readonly (readonly string[])[];
  accepts?(nodes: readonly OpNode[], graph: Graph<OpNode>): boolean;
  readonly lower: PatternLowerings;
  /** Rows of the conformance suite: each is compared with its unfused ops. */
  readonly examples: readonly PatternExample[];
}

export interface PatternExample {
  readonly name: string;
  readonly graph: Graph<OpNode>;
}

export const definePattern = (definition: PatternDefinition): PatternDefinition => definition;

export interface PatternLookup {
  get(name: string): PatternDefinition | undefined;
  all(): readonly PatternDefinition[];
}
