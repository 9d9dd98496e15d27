// A graph with its costs: layers, shapes, parameters, MACs, and of a search space its size.
import { candidateCosts, choicesOf, costSummary, costTable, isChoice, printGraph } from '@nasc/ir';
import type { Attributes, CostSummary, Graph, OpLookup } from '@nasc/ir';
import { formatCount, formatLarge } from '@nasc/report';

export interface Range {
  readonly minimum: number;
  readonly maximum: number;
  /** Mean over all networks. */
  readonly uniform: number;
}

export interface DescribedLayer {
  readonly id: string;
  readonly op: string;
  readonly attributes?: Attributes;
  readonly inputs: readonly string[];
  /** Shape of the output of one example. */
  readonly shape: readonly number[];
  /** Of one layer; absent for a choice. */
  readonly params?: number;
  readonly macs?: number;
  readonly candidates?: readonly {
    readonly name: string;
    readonly macro: string;
    readonly attributes: Attributes;
    readonly params: number;
    readonly macs: number;
  }[];
}

export interface DescribedGraph {
  readonly kind: 'space' | 'network';
  readonly name: string;
  /** [H, W, C] of each input. */
  readonly inputs: readonly (readonly number[])[];
  /** Trained values: one number for a network, a range for a space. */
  readonly params: number | Range;
  /** Multiply-accumulates of one example. */
  readonly macs: number | Range;
  readonly choices: number;
  /** Decimal digits: it exceeds what a JSON number can hold. */
  readonly networks: string;
  readonly layers: readonly DescribedLayer[];
}

const figure = (summary: CostSummary, field: 'parameters' | 'macs'): number | Range => {
  const [minimum, maximum, uniform] = [summary.minimum[field], summary.maximum[field], summary.uniform[field]];
  return summary.networks === 1n ? minimum : { minimum, maximum, uniform };
};

const describeLayers = (graph: Graph, costs: ReturnType<typeof costTable>): readonly DescribedLayer[] =>
  graph.nodes.map((node) => {
    const { id, inputs, type } = node;
    if (!isChoice(node))
      return {
        id,
        op: node.op,
        attributes: node.attributes,
        inputs,
        shape: type.shape,
        params: costs[id]!.parameters,
        macs: costs[id]!.macs,
      };
    const each = candidateCosts(node, costs);
    const candidates = node.candidates.map(({ name, macro, attributes }, index) => ({
      name,
      macro,
      attributes,
      params: each[index]!.parameters,
      macs: each[index]!.macs,
    }));
    return { id, op: 'choice', inputs, shape: type.shape, candidates };
  });

export const describeGraph = (name: string, graph: Graph, ops: OpLookup): DescribedGraph => {
  const costs = costTable(graph, ops);
  const summary = costSummary(graph, costs);
  return {
    kind: summary.networks === 1n ? 'network' : 'space',
    name,
    inputs: graph.inputs.map(({ type }) => type.shape),
    params: figure(summary, 'parameters'),
    macs: figure(summary, 'macs'),
    choices: choicesOf(graph).length,
    networks: String(summary.networks),
    layers: describeLayers(graph, costs),
  };
};

const printFigure = (value: number | Range): string =>
  typeof value === 'number'
    ? `${formatCount(value)}${value >= 1000 ? ` (${formatLarge(value)})` : ''}`
    : `${formatLarge(value.minimum)} to ${formatLarge(value.maximum)}, ${formatLarge(Math.round(value.uniform))} on average`;

/** The printed graph with a column of parameters and one of MACs, and what it sums to. */
export const printDescribedGraph = (graph: Graph, described: DescribedGraph, ops: OpLookup, regions: boolean): string => {
  const costs = costTable(graph, ops);
  const cell = (value: number | undefined, unit: string) =>
    value === undefined || value === 0 ? undefined : `${formatLarge(value)} ${unit}`;
  const perCandidate = new Map(choicesOf(graph).map((choice) => [choice.id, candidateCosts(choice, costs)]));
  const text = printGraph(graph, {
    ops,
    regions,
    columns: (['parameters', 'macs'] as const).map((field) => ({ node, candidate }) => {
      const unit = field === 'macs' ? 'MACs' : 'parameters';
      if (candidate) return cell(perCandidate.get(node.id)![candidate.index]![field], unit);
      return cell(costs[node.id]?.[field], unit);
    }),
  });
  const size = described.kind === 'space' ? [`choices     ${described.choices}`, `networks    ${formatCount(described.networks)}`] : [];
  return [
    `${described.kind} ${described.name}`,
    '',
    text,
    '',
    `parameters  ${printFigure(described.params)}`,
    `MACs        ${printFigure(described.macs)}`,
    ...size,
  ].join('\n');
};
