// What stands for artifacts that an estimate did not make to their end: of the right form and size, untrained.
import type { Accuracy, Artifacts, CostTable, EstimateOptions, PassContext, SearchSpaceArtifact } from '@nasc/core';
import { choicesOf, initialiseParameters } from '@nasc/ir';
import { pathCost, spaceCosts } from '@nasc/search';
import { instantiatePath } from '@nasc/transforms';

type Inputs = Readonly<Partial<Artifacts>>;

/** Every candidate but Zero takes as long as any other: networks still differ, and limits as shares still mean something. */
const latency = (ms: number) => ({ ms, source: 'model', samples: 0, spread: 0, deviceId: 'estimate' }) as const;

/** The network in the middle of each choice's candidates. */
const middleOf = (candidates: readonly unknown[]): number => candidates.length >> 1;

const costsOf = ({ searchSpace, costModel }: Inputs, context: PassContext): readonly CostTable[] =>
  spaceCosts(searchSpace!, costModel!, {}, context.registry.ops);

const noImages: Accuracy = { correct: 0, correctTop5: 0, count: 0, crossEntropy: 0 };

const untrained = ({ graph: space }: SearchSpaceArtifact, choices: readonly number[], { registry, config }: PassContext) => {
  const graph = instantiatePath(space, choices);
  return { graph, weights: initialiseParameters(graph, registry.ops, config.seed), history: { columns: {} }, validation: noImages };
};

export const standIns: EstimateOptions['standIns'] = {
  supernet: ({ searchSpace }, { registry, config }) => ({
    weights: initialiseParameters(searchSpace!.graph, registry.ops, config.seed),
    history: { columns: {} },
    cost: { imagesForwardBackward: 0 },
  }),
  costModel({ searchSpace }, { target }) {
    const choices = choicesOf(searchSpace!.graph).map(({ candidates }) => candidates.map(({ macro }) => latency(macro === 'zero' ? 0 : 1)));
    const fixed = { network: latency(1) };
    const profile = { device: { id: 'estimate', description: 'none' }, protocol: {}, blocks: {}, spaces: [] };
    return { target: target.name, predictor: 'estimate', profile, choices, fixed, facts: {}, accuracy: undefined };
  },
  searchResult: ({ searchSpace, supernet }) => ({
    kind: 'distribution',
    strategy: 'estimate',
    logProbabilities: choicesOf(searchSpace!.graph).map(({ candidates }) => candidates.map(() => -Math.log(candidates.length))),
    weights: supernet!.weights,
    history: { columns: {} },
    cost: { imagesForwardBackward: 0 },
  }),
  architecture(inputs, context) {
    const choices = choicesOf(inputs.searchSpace!.graph).map(({ candidates }) => middleOf(candidates));
    const costs = costsOf(inputs, context).map((table) => ({
      name: table.name,
      unit: table.unit,
      predicted: pathCost(table, choices),
      limit: undefined,
    }));
    return { choices, predictedMs: costs[0]!.predicted, measuredMs: undefined, costs, rounds: [] };
  },
  teacher({ searchSpace }, context) {
    const choices = choicesOf(searchSpace!.graph).map(({ candidates }) => candidates.length - 1);
    return { network: { choices, ...untrained(searchSpace!, choices, context) } };
  },
  derived: ({ searchSpace, architecture }, context) => ({ ...untrained(searchSpace!, architecture!.choices, context), test: noImages }),
};
