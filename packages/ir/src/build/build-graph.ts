// Builds graphs: appends nodes whose attributes are validated and completed and whose types are inferred on the way.
import { DiagnosticError } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';
import { isChoice } from '../graph.ts';
import type {
  Attributes,
  Candidate,
  ChoiceNode,
  Graph,
  GraphInput,
  Group,
  NetworkGraph,
  NodeId,
  OpNode,
  SearchSpaceGraph,
} from '../graph.ts';
import { lookupOf } from '../lookup.ts';
import type { CandidateSpec, GraphBuilder, MacroLookup } from '../macro.ts';
import { messages } from '../messages.ts';
import type { OpLookup } from '../op.ts';
import { printType } from '../tensor-type.ts';
import type { TensorType } from '../tensor-type.ts';
import { completeAttributes, takesAttribute } from './attributes.ts';
import { inferType, inferring } from './infer-types.ts';

export interface BuildContext {
  readonly ops: OpLookup;
  /** Absent: no macros. */
  readonly macros?: MacroLookup;
}

/** The builder of a whole graph. */
export interface RootBuilder extends GraphBuilder {
  input(id: NodeId, type: TensorType): NodeId;
  /** A builder of nodes that belong to a new group; its prefix is the group's id. `origin` is where the config asks for it. */
  group(group: Omit<Group, 'position'>, origin?: string): GraphBuilder;
}

/** One list of nodes under construction: the graph, or a candidate's region. */
interface Region {
  readonly inputs: GraphInput[];
  readonly nodes: (OpNode | ChoiceNode)[];
  readonly types: Map<NodeId, TensorType>;
  readonly isCandidate: boolean;
}

/** What a builder gives to each node that it appends. */
interface Scope {
  readonly prefix: string;
  readonly group?: string;
  readonly origin?: string;
}

const emptyRegion = (isCandidate: boolean): Region => ({ inputs: [], nodes: [], types: new Map(), isCandidate });

/** `a` and `b` make `a.b`; an empty part adds no segment. */
const join = (prefix: string, name: string): string => [prefix, name].filter(Boolean).join('.');

const fail = (...problems: readonly Diagnostic[]): never => {
  throw new DiagnosticError(problems);
};

class Assembly {
  /** In the order in which they were opened. */
  readonly groups: Omit<Group, 'position'>[] = [];
  readonly #ops: OpLookup;
  readonly #macros: MacroLookup;
  readonly #ids = new Set<NodeId>();

  constructor({ ops, macros = lookupOf([]) }: BuildContext) {
    this.#ops = ops;
    this.#macros = macros;
  }

  define(region: Region, id: NodeId, type: TensorType): void {
    if (this.#ids.has(id)) fail(messages.duplicateId(id));
    this.#ids.add(id);
    region.types.set(id, type);
  }

  input(region: Region, id: NodeId, type: TensorType): NodeId {
    this.define(region, id, type);
    region.inputs.push({ id, type });
    return id;
  }

  /** Opens a group; the scope of its nodes. */
  group(group: Omit<Group, 'position'>, origin?: string): Scope {
    this.groups.push(group);
    return { prefix: group.id, group: group.id, ...(origin !== undefined && { origin }) };
  }

  /** The scope of a part: a group of the unit that its block belongs to, if that is one of several blocks. */
  #part(region: Region, scope: Scope, name: string, content?: Pick<Group, 'macro' | 'attributes'>): Scope {
    const id = join(scope.prefix, name);
    if (region.isCandidate) return { ...scope, prefix: id };
    const block = this.groups.findLast((group) => group.id === scope.group);
    const { macro, attributes } = content ?? { macro: block?.macro ?? 'part', attributes: {} };
    return this.group({ id, macro, attributes, shortcut: false, ...(block?.unit !== undefined && { unit: block.unit }) }, scope.origin);
  }

  #sized({ attributes, ...spec }: CandidateSpec, sizes: Attributes): CandidateSpec {
    const macro = this.#macros.get(spec.macro);
    const taken = Object.entries(sizes).filter(([name]) => macro && takesAttribute(macro, name));
    return { ...spec, attributes: { ...attributes, ...Object.fromEntries(taken) } };
  }

  builder(region: Region, scope: Scope): GraphBuilder {
    const { prefix, ...marks } = scope;
    const typeOf = (id: NodeId, reader = prefix): TensorType => region.types.get(id) ?? fail(messages.inputUndefined(reader, id, false));
    return {
      prefix,
      typeOf: (id) => typeOf(id),
      op: (name, op, inputs, attributes = {}) => {
        const id = join(prefix, name);
        const definition = this.#ops.get(op) ?? fail(messages.unknownOp(op, this.#ops.names(), scope.origin ?? id));
        const { arity } = definition;
        const fits = typeof arity === 'number' ? inputs.length === arity : inputs.length >= arity.atLeast;
        if (!fits) fail(messages.wrongArity(id, op, arity, inputs.length));
        const completed = completeAttributes(definition, attributes, id);
        const types = inputs.map((input) => typeOf(input, id));
        const type = inferType(definition, completed, types, scope.origin ?? id);
        this.define(region, id, type);
        region.nodes.push({ kind: 'op', id, op, attributes: completed, inputs, type, ...marks });
        return id;
      },
      choice: (name, inputs, specs) => {
        const id = join(prefix, name);
        if (region.isCandidate) fail(messages.nestedChoice(id));
        const types = inputs.map((input) => typeOf(input, id));
        const candidates = this.#candidates(specs, types, { ...scope, prefix: id.replace(/\.?choice$/, '') }, id);
        const { type } = candidates[0]!;
        this.define(region, id, type);
        region.nodes.push({ kind: 'choice', id, inputs, candidates: candidates.map(({ candidate }) => candidate), type, ...marks });
        return id;
      },
      macro: (name, macro, inputs, attributes) =>
        this.#expand(region, { ...scope, prefix: join(prefix, name) }, macro, inputs, attributes).output,
      part: (name) => this.builder(region, this.#part(region, scope, name)),
      edge: (name, inputs, candidates, sizes = {}) => {
        const specs = candidates.map((candidate) => this.#sized(candidate, sizes));
        const only = specs.length === 1 ? specs[0] : undefined;
        const part = this.builder(region, this.#part(region, scope, name, only ?? { macro: 'choice', attributes: sizes }));
        return only ? part.macro(only.name, only.macro, inputs, only.attributes) : part.choice('choice', inputs, specs);
      },
    };
  }

  /** Expands a macro under the scope's prefix. */
  #expand(region: Region, scope: Scope, macro: string, inputs: readonly NodeId[], attributes: Attributes) {
    const at = scope.origin ?? scope.prefix;
    const definition = this.#macros.get(macro) ?? fail(messages.unknownMacro(macro, this.#macros.names(), at));
    const completed = completeAttributes(definition, attributes, at);
    const output = inferring(at, () => definition.expand(this.builder(region, scope), inputs, completed));
    return { output, attributes: completed };
  }

  #candidates(specs: readonly CandidateSpec[], types: readonly TensorType[], scope: Scope, choice: NodeId) {
    const at = scope.origin ?? choice;
    const problems: Diagnostic[] = [];
    if (specs.length === 0) problems.push(messages.noCandidates(at));
    for (const [index, { name }] of specs.entries()) {
      if (specs.findIndex((spec) => spec.name === name) < index) problems.push(messages.duplicateCandidate(name, at));
    }
    if (problems.length > 0) fail(...problems);
    const built: { readonly candidate: Candidate; readonly type: TensorType }[] = [];
    for (const spec of specs) {
      const prefix = join(scope.prefix, spec.name);
      const region = emptyRegion(true);
      const inputs = types.map((type, index) => this.input(region, join(prefix, types.length === 1 ? 'input' : `input${index}`), type));
      try {
        const { output, attributes } = this.#expand(
          region,
          { ...scope, ...(spec.origin !== undefined && { origin: spec.origin }), prefix },
          spec.macro,
          inputs,
          spec.attributes,
        );
        const graph: Graph<OpNode> = { inputs: region.inputs, nodes: region.nodes as OpNode[], outputs: [output], groups: [] };
        built.push({ candidate: { name: spec.name, macro: spec.macro, attributes, graph }, type: region.types.get(output)! });
      } catch (cause) {
        // All candidates' problems are told together.
        if (!(cause instanceof DiagnosticError)) throw cause;
        problems.push(...cause.diagnostics);
      }
    }
    const expected = built[0]?.type;
    for (const { candidate, type } of built) {
      if (printType(type) !== printType(expected!)) {
        problems.push(messages.candidateType(candidate.name, printType(type), printType(expected!), at));
      }
    }
    if (problems.length > 0) fail(...problems);
    return built;
  }
}

/**
 * A graph from the nodes that `build` appends; it returns the output, or the outputs. Ids are structural: a candidate's
 * nodes are called after the choice's id (less a last segment `choice`) and the candidate, and its inputs `input`.
 *
 * Throws every problem as a diagnostic with an IR_... code.
 */
export const buildGraph = (context: BuildContext, build: (builder: RootBuilder) => NodeId | readonly NodeId[]): SearchSpaceGraph => {
  const assembly = new Assembly(context);
  const region = emptyRegion(false);
  const outputs = build({
    ...assembly.builder(region, { prefix: '' }),
    input: (id, type) => assembly.input(region, id, type),
    group: (group, origin) => assembly.builder(region, assembly.group(group, origin)),
  });
  const list = typeof outputs === 'string' ? [outputs] : outputs;
  const missing = list.filter((output) => !region.types.has(output));
  if (missing.length > 0) fail(...missing.map((output) => messages.outputMissing(output)));
  // In the order of the nodes; a block that is all parts has none of its own.
  const opened = new Map(assembly.groups.map((group) => [group.id, group]));
  const used = new Set(region.nodes.flatMap(({ group }) => group ?? []));
  const groups = [...used].map((id, position) => ({ ...opened.get(id)!, position }));
  return { inputs: region.inputs, nodes: region.nodes, outputs: list, groups };
};

/** The graph as one without choices; having one is a mistake of the caller's. */
export const asNetwork = (graph: SearchSpaceGraph): NetworkGraph => {
  const choice = graph.nodes.find(isChoice);
  if (choice) throw new Error(`"${choice.id}" is a choice; a network has none.`);
  return graph as NetworkGraph;
};

/** `buildGraph` for a graph without choices. */
export const buildNetwork = (context: BuildContext, build: (builder: RootBuilder) => NodeId | readonly NodeId[]): NetworkGraph =>
  asNetwork(buildGraph(context, build));
