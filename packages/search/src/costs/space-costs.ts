// The costs of a search space: latency from the target's cost model, everything else from the graph itself, each with its limit.
import type { Limits } from '@nasc/config';
import type { CostModel, CostTable, FootprintModel, SearchSpaceArtifact } from '@nasc/core';
import { DiagnosticError } from '@nasc/diagnostics';
import { candidateCosts, choicesOf, isChoice } from '@nasc/ir';
import type { OpLookup } from '@nasc/ir';
import { infeasibleLimits } from './feasibility.ts';
import { uniformCost } from './path-cost.ts';
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

/** As the target plans it; else what a runtime needs that computes op by op. */
const memoryCosts = ({ graph }: SearchSpaceArtifact, footprint: FootprintModel | undefined, ops: OpLookup): Unlimited => ({
  name: 'memory',
  unit: 'bytes',
  combine: 'max',
  ...(footprint
    ? {
        constant: Math.max(0, ...Object.values(footprint.fixed).map(({ memoryBytes }) => memoryBytes)),
        candidates: footprint.choices.map((candidates) => candidates.map(({ memoryBytes }) => memoryBytes)),
      }
    : peakMemory(graph, ops)),
});

const bytesOfValue = 4;

/** Weights as the target lays them out, else every trained value as float32. Code is no sum over blocks, and not in it. */
const storageCosts = (parameters: Unlimited, footprint: FootprintModel | undefined): Unlimited => ({
  name: 'storage',
  unit: 'bytes',
  combine: 'sum',
  ...(footprint
    ? {
        constant: Object.values(footprint.fixed).reduce((sum, { weightBytes }) => sum + weightBytes, 0),
        candidates: footprint.choices.map((candidates) => candidates.map(({ weightBytes }) => weightBytes)),
      }
    : {
        constant: bytesOfValue * parameters.constant,
        candidates: parameters.candidates.map((candidates) => candidates.map((values) => bytesOfValue * values)),
      }),
});

/** The limit on a cost, however the config states it. */
const limitOn = (cost: Unlimited, { latencyMs, latencyShare, macs, parameters, memoryBytes, storageBytes }: Limits): number | undefined => {
  if (cost.name === 'latency') return latencyMs ?? (latencyShare === undefined ? undefined : latencyShare * uniformCost(cost));
  return { macs, parameters, memory: memoryBytes, storage: storageBytes }[cost.name];
};

/**
 * Latency, multiply-accumulates, parameters, memory and storage of every candidate, with what must not be exceeded. Throws
 * `LIMIT_INFEASIBLE` for every limit that even the cheapest network of the space exceeds, `LIMITS_CONFLICT` where no network keeps all.
 */
export const spaceCosts = (
  space: SearchSpaceArtifact,
  costModel: Pick<CostModel, 'fixed' | 'choices' | 'footprint'>,
  limits: Limits,
  ops: OpLookup,
): readonly CostTable[] => {
  const { footprint } = costModel;
  const parameters = countedCosts('parameters', space);
  const tables = [
    latencyCosts(costModel),
    countedCosts('macs', space),
    parameters,
    memoryCosts(space, footprint, ops),
    storageCosts(parameters, footprint),
  ];
  const limited = tables.map((table) => ({ ...table, limit: limitOn(table, limits) }));
  const problems = infeasibleLimits(limited);
  if (problems.length > 0) throw new DiagnosticError(problems);
  return limited;
};

/** The table of a cost by name; every space has all of them. */
export const costNamed = (costs: readonly CostTable[], name: CostTable['name']): CostTable => costs.find((cost) => cost.name === name)!;
