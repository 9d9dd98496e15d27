// The one printer. Its text is stable and differs line by line: a change of one node changes that node's line only.
//
//   %input                                                                28x28x1 f32
//   stem  convBnAct
//     .conv = conv2d(%input) kernel 3, stride 2, width 16                 14x14x16 f32
//   stage1.block1  choice
//     .choice = choice(%stem.act)                                         14x14x24 f32
//       k3e3  mbConv kernel 3, expansion 3                                p 0.62  0.41 ms
//   return %head.logits
import { isChoice } from '../graph.ts';
import type { Attributes, AttributeValue, Candidate, ChoiceNode, Graph, Group, NodeId, OpNode } from '../graph.ts';
import type { MacroLookup } from '../macro.ts';
import type { OpLookup } from '../op.ts';
import { printType } from '../tensor-type.ts';

/** What a side-table column is asked about: a node, or a candidate of a choice. */
export interface PrintRow {
  readonly node: OpNode | ChoiceNode;
  /** Index of the choice in `choicesOf(graph)`, and of the candidate in it. */
  readonly candidate?: { readonly choice: number; readonly index: number; readonly value: Candidate };
}

export interface PrintOptions {
  /** Attributes that have their default value are left out where the op or the macro is known. */
  readonly ops?: OpLookup;
  readonly macros?: MacroLookup;
  /** Whether the nodes of candidates are printed too; one line a candidate otherwise. */
  readonly regions?: boolean;
  /** Side tables, such as probabilities or latencies; nothing where a column has nothing to say. */
  readonly columns?: readonly ((row: PrintRow) => string | undefined)[];
  /** A side table of blocks: what stands in the line that names one. */
  readonly groupColumn?: (group: Group) => string | undefined;
}

/** Where types and columns begin, unless a line is longer. */
const typeColumn = 72;

const printValue = (value: AttributeValue): string => {
  if (Array.isArray(value)) return `[${value.map(printValue).join(', ')}]`;
  return typeof value === 'object' && value !== null ? `{${printAttributes(value as Attributes)}}` : String(value);
};

const printAttributes = (attributes: Attributes): string =>
  Object.entries(attributes)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name} ${printValue(value)}`)
    .join(', ');

const sameValue = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const withoutDefaults = (attributes: Attributes, schema: Readonly<Record<string, unknown>> | undefined): Attributes => {
  const properties = (schema?.['properties'] ?? {}) as Readonly<Record<string, { readonly default?: unknown }>>;
  return Object.fromEntries(Object.entries(attributes).filter(([name, value]) => !sameValue(properties[name]?.default, value)));
};

/** What tells the candidates of a choice apart: an attribute that several have and agree on says nothing. */
const distinguishing = ({ attributes }: Candidate, all: readonly Candidate[]): Attributes =>
  Object.fromEntries(
    Object.entries(attributes).filter(([name, value]) => {
      const others = all.filter((candidate) => name in candidate.attributes);
      return others.length === 1 || others.some((candidate) => !sameValue(candidate.attributes[name], value));
    }),
  );

class Printer {
  readonly lines: string[] = [];
  readonly #options: PrintOptions;

  constructor(options: PrintOptions) {
    this.#options = options;
  }

  line(text: string, ...columns: readonly (string | undefined)[]): void {
    const rest = columns.filter((column) => column !== undefined);
    this.lines.push(rest.length > 0 ? `${text.padEnd(typeColumn - 2)}  ${rest.join('  ')}` : text);
  }

  columns(row: PrintRow): readonly (string | undefined)[] {
    return (this.#options.columns ?? []).map((column) => column(row));
  }

  /** Ids of the group itself are printed relative to it. */
  id(id: NodeId, group: string | undefined): string {
    return group !== undefined && id.startsWith(`${group}.`) ? id.slice(group.length) : `%${id}`;
  }

  graph(graph: Graph): void {
    for (const { id, type } of graph.inputs) this.line(`%${id}`, printType(type));
    const groups = new Map(graph.groups.map((group) => [group.id, group]));
    let current: string | undefined;
    let choice = -1;
    for (const node of graph.nodes) {
      if (node.group !== current && node.group !== undefined) {
        const group = groups.get(node.group);
        const text = [node.group, group?.macro, ...(group?.shortcut ? ['shortcut'] : [])].filter(Boolean).join('  ');
        this.line(text, group && this.#options.groupColumn?.(group));
      }
      current = node.group;
      const indent = current === undefined ? '' : '  ';
      if (isChoice(node)) this.#choice(node, (choice += 1), indent);
      else this.#op(node, indent);
    }
    this.line(`return ${graph.outputs.map((output) => `%${output}`).join(', ')}`);
  }

  #op(node: OpNode, indent: string): void {
    const shown = withoutDefaults(node.attributes, this.#options.ops?.get(node.op)?.attributesSchema);
    const operands = node.inputs.map((input) => this.id(input, node.group)).join(', ');
    const text = `${indent}${this.id(node.id, node.group)} = ${node.op}(${operands}) ${printAttributes(shown)}`;
    this.line(text.trimEnd(), printType(node.type), ...this.columns({ node }));
  }

  #choice(node: ChoiceNode, choice: number, indent: string): void {
    const operands = node.inputs.map((input) => this.id(input, node.group)).join(', ');
    this.line(`${indent}${this.id(node.id, node.group)} = choice(${operands})`, printType(node.type), ...this.columns({ node }));
    const width = Math.max(...node.candidates.map(({ name }) => name.length));
    for (const [index, value] of node.candidates.entries()) {
      const schema = this.#options.macros?.get(value.macro)?.attributesSchema;
      const attributes = printAttributes(withoutDefaults(distinguishing(value, node.candidates), schema));
      const text = `${indent}  ${value.name.padEnd(width)}  ${value.macro} ${attributes}`;
      this.line(text.trimEnd(), ...this.columns({ node, candidate: { choice, index, value } }));
      if (this.#options.regions) for (const inner of value.graph.nodes) this.#op(inner, `${indent}    `);
    }
  }
}

/** The graph as text, without a line end at the end. */
export const printGraph = (graph: Graph, options: PrintOptions = {}): string => {
  const printer = new Printer(options);
  printer.graph(graph);
  return printer.lines.join('\n');
};
