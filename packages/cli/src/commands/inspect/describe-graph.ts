// A graph with its costs: layers, shapes, parameters, MACs, and of a search space its size.
import { candidateCosts, choicesOf, costSummary, costTable, isChoice, printGraph, unitsOf } from '@nasc/ir';
import type { Attributes, CostSummary, Graph, Group, OpLookup, PrintRow } from '@nasc/ir';
import { formatCount, formatLarge } from '@nasc/report';
import type { KnownLatencies } from './known-latencies.ts';
import type { Range } from './range.ts';

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
    readonly latencyMs?: number;
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
  /** The target that latencies are of, where one was asked for. */
  readonly target?: string;
  /** What they are the latencies of. */
  readonly device?: string;
  /** Of one image, ms. */
  readonly latencyMs?: number | Range;
  /** Of what no choice changes, by unit: a block, or several that are fixed together. */
  readonly fixedLatencyMs?: Readonly<Record<string, number>>;
  readonly choices: number;
  /** Decimal digits: it exceeds what a JSON number can hold. */
  readonly networks: string;
  readonly layers: readonly DescribedLayer[];
}

const figure = (summary: CostSummary, field: 'parameters' | 'macs'): number | Range => {
  const [minimum, maximum, uniform] = [summary.minimum[field], summary.maximum[field], summary.uniform[field]];
  return summary.networks === 1n ? minimum : { minimum, maximum, uniform };
};

const describeLayers = (
  graph: Graph,
  costs: ReturnType<typeof costTable>,
  latencies: KnownLatencies | undefined,
): readonly DescribedLayer[] => {
  const choices = choicesOf(graph);
  return graph.nodes.map((node) => {
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
    const latencyOf = latencies?.model.choices[choices.indexOf(node)];
    const candidates = node.candidates.map(({ name, macro, attributes }, index) => ({
      name,
      macro,
      attributes,
      params: each[index]!.parameters,
      macs: each[index]!.macs,
      ...(latencyOf && { latencyMs: latencyOf[index]!.ms }),
    }));
    return { id, op: 'choice', inputs, shape: type.shape, candidates };
  });
};

const describeLatencies = ({ target, device, model: { fixed }, total }: KnownLatencies) => ({
  target,
  device: device.description,
  latencyMs: total,
  fixedLatencyMs: Object.fromEntries(Object.entries(fixed).map(([unit, { ms }]) => [unit, ms])),
});

export const describeGraph = (name: string, graph: Graph, ops: OpLookup, latencies?: KnownLatencies): DescribedGraph => {
  const costs = costTable(graph, ops);
  const summary = costSummary(graph, costs);
  return {
    kind: summary.networks === 1n ? 'network' : 'space',
    name,
    inputs: graph.inputs.map(({ type }) => type.shape),
    params: figure(summary, 'parameters'),
    macs: figure(summary, 'macs'),
    ...(latencies && describeLatencies(latencies)),
    choices: choicesOf(graph).length,
    networks: String(summary.networks),
    layers: describeLayers(graph, costs, latencies),
  };
};

const printFigure = (value: number | Range): string =>
  typeof value === 'number'
    ? `${formatCount(value)}${value >= 1000 ? ` (${formatLarge(value)})` : ''}`
    : `${formatLarge(value.minimum)} to ${formatLarge(value.maximum)}, ${formatLarge(Math.round(value.uniform))} on average`;

const printMs = (ms: number): string => `${ms.toFixed(3)} ms`;

const printLatency = (total: number | Range): string =>
  typeof total === 'number'
    ? printMs(total)
    : `${printMs(total.minimum)} to ${printMs(total.maximum)}, ${printMs(total.uniform)} on average,`;

/** In the line of a unit's first block, its latency; where there are several blocks, with their names. */
const unitColumn = ({ groups }: Graph, { model }: KnownLatencies): ((group: Group) => string | undefined) => {
  const unitOf = unitsOf(groups);
  const membersOf = new Map<string, string[]>();
  for (const { id } of groups) {
    const unit = unitOf({ id, group: id });
    membersOf.set(unit, [...(membersOf.get(unit) ?? []), id]);
  }
  return ({ id }) => {
    const unit = unitOf({ id, group: id });
    const members = membersOf.get(unit)!;
    const value = model.fixed[unit];
    if (!value || members[0] !== id) return undefined;
    return members.length === 1 ? printMs(value.ms) : `${printMs(value.ms)} (${members.join(' + ')})`;
  };
};

export interface PrintDescribedOptions {
  readonly ops: OpLookup;
  /** Whether the layers of candidates are printed, too. */
  readonly regions: boolean;
  readonly latencies: KnownLatencies | undefined;
}

/** The printed graph with columns of parameters, MACs and, where they are known, latencies, and what it sums to. */
export const printDescribedGraph = (
  graph: Graph,
  described: DescribedGraph,
  { ops, regions, latencies }: PrintDescribedOptions,
): string => {
  const costs = costTable(graph, ops);
  const cell = (value: number | undefined, unit: string) =>
    value === undefined || value === 0 ? undefined : `${formatLarge(value)} ${unit}`;
  const perCandidate = new Map(choicesOf(graph).map((choice) => [choice.id, candidateCosts(choice, costs)]));
  const text = printGraph(graph, {
    ops,
    regions,
    ...(latencies && { groupColumn: unitColumn(graph, latencies) }),
    columns: [
      ({ candidate }) => candidate && latencies && printMs(latencies.model.choices[candidate.choice]![candidate.index]!.ms),
      ...(['parameters', 'macs'] as const).map((field) => ({ node, candidate }: PrintRow) => {
        const unit = field === 'macs' ? 'MACs' : 'parameters';
        if (candidate) return cell(perCandidate.get(node.id)![candidate.index]![field], unit);
        return cell(costs[node.id]?.[field], unit);
      }),
    ],
  });
  const size = described.kind === 'space' ? [`choices     ${described.choices}`, `networks    ${formatCount(described.networks)}`] : [];
  return [
    `${described.kind} ${described.name}`,
    '',
    text,
    '',
    `parameters  ${printFigure(described.params)}`,
    `MACs        ${printFigure(described.macs)}`,
    ...(latencies ? [`latency     ${printLatency(latencies.total)} on ${latencies.target} (${latencies.device.description})`] : []),
    ...size,
  ].join('\n');
};
