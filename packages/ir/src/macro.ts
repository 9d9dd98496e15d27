// Macros expand to primitive ops. A candidate (MBConv k5 e6) and a block (which may contain choices) are both macros.
import type { Attributes, NodeId } from './graph.ts';
import type { TensorType } from './tensor-type.ts';

/** Appends nodes under a common id prefix. All ids are `${prefix}.${name}`; types are inferred on the way. */
export interface GraphBuilder {
  readonly prefix: string;
  typeOf(id: NodeId): TensorType;
  op(name: string, op: string, inputs: readonly NodeId[], attributes?: Attributes): NodeId;
  /** A learnable edge; each candidate is a macro application. */
  choice(name: string, inputs: readonly NodeId[], candidates: readonly CandidateSpec[]): NodeId;
  /** Expands another macro in place, under `${prefix}.${name}`. */
  macro(name: string, macro: string, inputs: readonly NodeId[], attributes: Attributes): NodeId;
  /**
   * A builder for a part of a block that is a block of its own, `${prefix}.${name}`: a group, so no kernel and no latency
   * spans more than it. A block with several choices has all its nodes in parts. Within a candidate, only a prefix.
   */
  part(name: string): GraphBuilder;
  /**
   * A learnable edge within a block: a part with a choice among candidates (`${prefix}.${name}.choice`), or with the only one.
   * `sizes` (width, stride) are the edge's own, given to each candidate that takes them.
   */
  edge(name: string, inputs: readonly NodeId[], candidates: readonly CandidateSpec[], sizes?: Attributes): NodeId;
}

export interface CandidateSpec {
  readonly name: string;
  readonly macro: string;
  readonly attributes: Attributes;
  /** Where the config asks for it, if not where the block does. */
  readonly origin?: string;
}

export interface MacroDefinition<A = Attributes> {
  readonly name: string;
  readonly doc: string;
  readonly attributesSchema: Readonly<Record<string, unknown>>;
  /** Short name of a candidate with these attributes, `k5e6`; made from macro and attributes when absent. */
  label?(attributes: A): string;
  /** Appends the macro's nodes and returns the id of its output. May throw a `TypeInferenceError`. */
  expand(builder: GraphBuilder, inputs: readonly NodeId[], attributes: A): NodeId;
  readonly examples: readonly { readonly name: string; readonly attributes: A; readonly inputs: readonly TensorType[] }[];
}

export const defineMacro = <A>(definition: MacroDefinition<A>): MacroDefinition => definition as unknown as MacroDefinition;

export interface MacroLookup {
  get(name: string): MacroDefinition | undefined;
  names(): readonly string[];
}
