// What nodes, networks and whole search spaces cost, counted exactly from types and attributes.
import { isChoice } from '../graph.ts';
import type { ChoiceNode, Graph, NodeId, OpNode } from '../graph.ts';
import type { Cost, OpDefinition, OpLookup, OpView } from '../op.ts';
import { byteLength, elementCount } from '../tensor-type.ts';
import { viewOf } from './op-view.ts';
import { allOpNodes } from './walk.ts';

const bytesPerParameter = 4;

/** Bytes read are those of the inputs and of all parameters, running statistics too: what one example makes the op touch. */
export const costOf = (view: OpView, definition: OpDefinition): Cost => {
  const specs = definition.parameters?.(view.attributes, view.inputs) ?? [];
  const elements = specs.map(({ shape }) => elementCount(shape));
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return {
    macs: definition.macs?.(view.attributes, view.inputs, view.output) ?? 0,
    parameters: sum(elements.filter((_, index) => specs[index]!.trainable)),
    bytesRead: sum(view.inputs.map(byteLength)) + bytesPerParameter * sum(elements),
    bytesWritten: byteLength(view.output),
  };
};

/** Cost of each op node by id, inside candidates too. */
export const costTable = (graph: Graph, ops: OpLookup): Readonly<Record<NodeId, Cost>> =>
  Object.fromEntries(
    allOpNodes(graph).map((node) => {
      const definition = ops.get(node.op);
      if (!definition) throw new Error(`There is no op "${node.op}".`);
      return [node.id, costOf(viewOf(node, graph), definition)];
    }),
  );

const costFields = ['macs', 'parameters', 'bytesRead', 'bytesWritten'] as const;

/** Combines costs field by field. */
const combine = (costs: readonly Cost[], merge: (values: readonly number[]) => number): Cost =>
  Object.fromEntries(costFields.map((field) => [field, merge(costs.map((cost) => cost[field]))])) as unknown as Cost;

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

export const sumCosts = (costs: readonly Cost[]): Cost => combine(costs, total);

export interface CostSummary {
  /** Number of networks in the space; 1 for a network. */
  readonly networks: bigint;
  /** The least over all networks of the space, each field on its own. */
  readonly minimum: Cost;
  readonly maximum: Cost;
  /** The mean over all networks of the space, which is that of uniform probabilities. */
  readonly uniform: Cost;
  /** Everything at once, all candidates included: what the supernet holds. */
  readonly shared: Cost;
}

/** Cost of each candidate of a choice, in order. */
export const candidateCosts = (choice: ChoiceNode, costs: Readonly<Record<NodeId, Cost>>): readonly Cost[] =>
  choice.candidates.map(({ graph }) => sumCosts(graph.nodes.map((node) => costs[node.id]!)));

/** `costs` is the graph's `costTable`. Exact: costs are additive over choices. */
export const costSummary = (graph: Graph, costs: Readonly<Record<NodeId, Cost>>): CostSummary => {
  const choices = graph.nodes.filter(isChoice);
  const fixed = sumCosts(graph.nodes.filter((node): node is OpNode => !isChoice(node)).map((node) => costs[node.id]!));
  const perChoice = choices.map((choice) => candidateCosts(choice, costs));
  const over = (merge: (values: readonly number[]) => number) =>
    sumCosts([fixed, ...perChoice.map((candidates) => combine(candidates, merge))]);
  return {
    networks: choices.reduce((product, { candidates }) => product * BigInt(candidates.length), 1n),
    minimum: over((values) => Math.min(...values)),
    maximum: over((values) => Math.max(...values)),
    uniform: over((values) => total(values) / values.length),
    shared: over(total),
  };
};
