// The one IR, from search space to generated code: readonly plain data in topological order, one output a node.
// Facts about nodes (latency, probabilities, weights, costs) live in side tables keyed by id, never in here.
import type { TensorType } from './tensor-type.ts';

/** Structural and stable: `stage2.block1.k5e6.expand`. A sibling that is added changes no other id. */
export type NodeId = string;

export type AttributeValue = number | string | boolean | null | readonly AttributeValue[] | { readonly [key: string]: AttributeValue };
export type Attributes = { readonly [name: string]: AttributeValue };

export interface GraphInput {
  readonly id: NodeId;
  readonly type: TensorType;
}

export interface OpNode {
  readonly kind: 'op';
  readonly id: NodeId;
  readonly op: string;
  readonly attributes: Attributes;
  readonly inputs: readonly NodeId[];
  readonly type: TensorType;
  /** Id of the group (block) that the node belongs to. */
  readonly group?: string;
  /** JSON pointer into the config or space file; not part of the hash. */
  readonly origin?: string;
}

/** One alternative at a choice: a region whose inputs stand for the choice's inputs. */
export interface Candidate {
  /** Short and unique within its choice: `k5e6`, `zero`. */
  readonly name: string;
  readonly macro: string;
  readonly attributes: Attributes;
  readonly graph: Graph<OpNode>;
}

/** A learnable edge: exactly one candidate survives derivation. */
export interface ChoiceNode {
  readonly kind: 'choice';
  readonly id: NodeId;
  readonly inputs: readonly NodeId[];
  readonly candidates: readonly Candidate[];
  readonly type: TensorType;
  readonly group?: string;
  readonly origin?: string;
}

/** A block of the network; its identity survives instantiation, folding and code generation. */
export interface Group {
  readonly id: string;
  /** `choice` in a search space; the chosen candidate's macro after instantiation. */
  readonly macro: string;
  readonly attributes: Attributes;
  /** Ordinal along the network, from 0. */
  readonly position: number;
  /** Whether an identity shortcut is added around the block. */
  readonly shortcut: boolean;
  /** Of blocks that are never exchanged alone (those of a stem, or of a head): what they are together. Its own id where absent. */
  readonly unit?: string;
}

export interface Graph<Node extends OpNode | ChoiceNode = OpNode | ChoiceNode> {
  readonly inputs: readonly GraphInput[];
  readonly nodes: readonly Node[];
  readonly outputs: readonly NodeId[];
  readonly groups: readonly Group[];
}

export type SearchSpaceGraph = Graph<OpNode | ChoiceNode>;
/** A graph with a choice left over is not one of these: it does not compile. */
export type NetworkGraph = Graph<OpNode>;

export const isChoice = (node: OpNode | ChoiceNode): node is ChoiceNode => node.kind === 'choice';

/** The choices of a space, in topological order: the order of every per-choice list in the project. */
export const choicesOf = (graph: Graph): readonly ChoiceNode[] => graph.nodes.filter(isChoice);

/** Parameters are keyed by the node that owns them: `stage2.block1.k5e6.expand.weight`. */
export const parameterId = (node: NodeId, parameter: string): string => `${node}.${parameter}`;
