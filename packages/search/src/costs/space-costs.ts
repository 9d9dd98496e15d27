// The costs of a search space: latency from the target's cost model, everything else from the graph itself, each with its limit.
import type { Limits } from '@nasc/config';
import type { CostModel, CostTable, SearchSpaceArtifact } from '@nasc/core';
import { DiagnosticError } from '@nasc/diagnostics';
import { candidateCosts, choicesOf, isChoice } from '@nasc/ir';
import type { OpLookup } from '@nasc/ir';
import { messages } from '../messages.ts';
import { leastCost, uniformCost } from './path-cost.ts';
import { peakMemory } from './peak-memory.ts';

type Unlimited = Omit<CostTable, 'limit'>;

/** Milliseconds, additive over choices. */
export const latencyCosts = ({ fixed, choices }: Pick<CostModel, 'fixed' | 'choices'>): Unlimited => ({
  name: 'latency',
  unit: 'ms',
  combine: 'sum',
  constant: Object.values(fixed).reduce((sum, { ms }) => sum + ms, 0),
  candidates: choices.map((candidates) => candidates.map(({ ms }) => ms)),
});

const countedCosts = (name: 'macs' | 'parameters', { graph, costs }: SearchSpaceArtifact): Unlimited => ({
  name,
  unit: name === 'macs' ? 'MACs' : 'parameters',
  combine: 'sum',
  constant: graph.nodes.reduce((sum, node) => sum + (isChoice(node) ? 0 : costs[node.id]![name]), 0),
  candidates: choicesOf(graph).map((choice) => candidateCosts(choice, costs).map((cost) => cost[name])),
});

const memoryCosts = (graph: SearchSpaceArtifact['graph'], ops: OpLookup): Unlimited => ({
  name: 'memory',
  unit: 'bytes',
  combine: 'max',
  ...peakMemory(graph, ops),
});

/** The limit on a cost, however the config states it. */
const limitOn = (cost: Unlimited, { latencyMs, latencyShare, macs, parameters, memoryBytes }: Limits): number | undefined => {
  if (cost.name === 'latency') return latencyMs ?? (latencyShare === undefined ? undefined : latencyShare * uniformCost(cost));
  return { macs, parameters, memory: memoryBytes }[cost.name];
};

/**
 * Latency, multiply-accumulates, parameters and memory of every candidate, with what must not be exceeded. Throws `LIMIT_INFEASIBLE`
 * for every limit that even the cheapest network of the space exceeds.
 */
export const spaceCosts = (
  space: SearchSpaceArtifact,
  costModel: Pick<CostModel, 'fixed' | 'choices'>,
  limits: Limits,
  ops: OpLookup,
): readonly CostTable[] => {
  const tables = [latencyCosts(costModel), countedCosts('macs', space), countedCosts('parameters', space), memoryCosts(space.graph, ops)];
  const limited = tables.map((table) => ({ ...table, limit: limitOn(table, limits) }));
  const infeasible = limited.filter((table) => table.limit !== undefined && leastCost(table) > table.limit);
  if (infeasible.length > 0) throw new DiagnosticError(infeasible.map((table) => messages.limitInfeasible(table, leastCost(table))));
  return limited;
};

/** The table of a cost by name; every space has latency, macs, parameters and memory. */
export const costNamed = (costs: readonly CostTable[], name: CostTable['name']): CostTable => costs.find((cost) => cost.name === name)!;
