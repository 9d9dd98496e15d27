// The older way: a cell is searched on a proxy task, then stacked and transferred to the real one (NASNet, Zoph et al., 2018; DARTS, Liu et
// al., 2019). Neither the real images nor the hardware take part in the search, and all blocks of a kind are alike: what the title of
// ProxylessNAS speaks of. The gates are the same here as there, so that a comparison shows the proxy and the cell and nothing else.
import type { Program, SearchContext, SearchResult, StrategyDefinition } from '@nasc/core';
import { withProgram } from '@nasc/core';
import { choicesOf, initialiseParameters } from '@nasc/ir';
import type { ChoiceNode, SearchSpaceGraph } from '@nasc/ir';
import { Random } from '@nasc/random';
import { adamStep, alphaGradient, logSoftmax, publishedAdam, searchLoop } from '@nasc/search';
import { cosineSchedule, stepKey, stepsOf, trainNetwork, uniformMixtures } from '@nasc/training';
import { stackCells } from './best-cells.ts';
import type { CellDistributions } from './best-cells.ts';
import { findCells } from './find-cells.ts';
import { optionsSchema } from './options.ts';
import type { CellProxyOptions } from './options.ts';
import { proxyGraph } from './proxy-graph.ts';
import { proxyTask } from './proxy-task.ts';
import type { ProxyTask } from './proxy-task.ts';
import { tiedGates } from './tied-gates.ts';

interface Proxy {
  readonly graph: SearchSpaceGraph;
  /** Of each choice of the proxy. */
  readonly cells: readonly string[];
  readonly task: ProxyTask;
  readonly program: Program;
}

/** As the warm-up of the whole space: one uniformly sampled path a step. Returns the images seen. */
const warmUp = async (context: SearchContext, options: CellProxyOptions, { graph, task, program }: Proxy): Promise<number> => {
  const { warmUpEpochs, weightLearningRate: learningRate, momentum, weightDecay, decayRoles } = options;
  const seed = options.seed ?? context.config.seed;
  const batches = task.warmUpBatches;
  const steps = stepsOf(warmUpEpochs, batches);
  const { images } = await trainNetwork({
    program,
    batches,
    steps,
    schedule: cosineSchedule({ learningRate, warmUpSteps: 0, steps }),
    optimizer: { momentum, nesterov: true, weightDecay, decayRoles },
    path: uniformMixtures({ choices: choicesOf(graph), seed, stream: 'search.proxyPath' }),
    seed,
    stream: 'search.proxyWarmUp',
    at: '/derive/strategy',
    checkpoint: context.checkpoint.part('warm-up'),
    progress: context.progress,
  });
  return images;
};

/** One image of a gate step in images through one path: each further candidate is a forward pass, a third of that. */
const gateStepCost = (choices: readonly ChoiceNode[]): number =>
  1 + choices.reduce((sum, { candidates }) => sum + candidates.length - 1, 0) / Math.max(1, choices.length) / 3;

/** Gates as in ProxylessNAS (equation 4), cross-entropy alone, the gradients of all choices that are one decision added up. */
const searchProxy = (context: SearchContext, options: CellProxyOptions, { graph, cells, task, program }: Proxy): Promise<SearchResult> => {
  const choices = choicesOf(graph);
  const cost = gateStepCost(choices);
  const gates = tiedGates(choices, cells, options.seed ?? context.config.seed);
  const proxy = { ...context, ...task, program, space: { ...context.space, graph }, checkpoint: context.checkpoint.part('search') };
  return searchLoop<null>(proxy, options, {
    name: 'cell-proxy',
    costs: [],
    columns: [],
    initialMemory: null,
    architecture: gates.initial,
    async step({ step, seed, architecture, probabilities, batch, diverged }) {
      const images = await batch(0);
      const active = gates.samplePath(architecture.alphas, new Random({ seed, stream: 'search.gates', step }));
      const sample = { mode: 'full_v2', active } as const;
      const { loss, correct, gradients } = await program.candidateGradients(images, sample, {
        randomKey: stepKey(seed, 'search.gateStep', step),
      });
      if (!Number.isFinite(loss)) throw diverged('the cross-entropy is not a number');
      const tied = gates.tie(probabilities.map((p, choice) => alphaGradient(p, gradients[choice]!)));
      for (const [choice, alpha] of architecture.alphas.entries()) {
        if (!tied[choice]!.every(Number.isFinite)) throw diverged(`a gate's gradient at ${choices[choice]!.id} is not a number`);
        adamStep(alpha, tied[choice]!, architecture.states[choice]!, { ...publishedAdam, learningRate: options.learningRate });
      }
      return { loss, accuracy: correct / images.count, expected: [], columns: {}, images: images.count * cost, memory: null };
    },
  });
};

/** Of each cell the shared parameters of all its candidates, wherever one of its choices has them, normalised. */
const distributionsOf = (
  choices: readonly ChoiceNode[],
  cells: readonly string[],
  logProbabilities: readonly (readonly number[])[],
): CellDistributions => {
  const rows = new Map<string, Map<string, number>>();
  // Largest list first: a shorter one is the same up to a constant.
  const order = [...choices.keys()].toSorted((a, b) => choices[b]!.candidates.length - choices[a]!.candidates.length);
  for (const choice of order) {
    const cell = cells[choice]!;
    if (rows.has(cell)) continue;
    const names = choices[choice]!.candidates.map(({ name }) => name);
    const logP = logSoftmax(logProbabilities[choice]!);
    rows.set(cell, new Map(names.map((name, index) => [name, logP[index]!])));
  }
  return rows;
};

const search = async (context: SearchContext, options: CellProxyOptions): Promise<SearchResult> => {
  const { space, registry, config } = context;
  const seed = options.seed ?? config.seed;
  const places = findCells(space.graph, options.cellBlocks);
  const graph = proxyGraph(
    space.graph,
    places,
    { resolution: options.resolution, normalBlocks: options.cells * options.cellBlocks },
    registry.ops,
  );
  const cellOf = new Map(choicesOf(space.graph).map(({ id }, choice) => [id, places[choice]!.cell]));
  const proxyChoices = choicesOf(graph);
  const cells = proxyChoices.map(({ id }) => cellOf.get(id)!);
  const task = await proxyTask(context, options);
  const parameters = initialiseParameters(graph, registry.ops, seed);
  const { batchSize } = context.trainBatches;

  return withProgram(context, { graph, parameters, activePaths: 1, batchSize }, async (program) => {
    const proxy: Proxy = { graph, cells, task, program };
    const images = await warmUp(context, options, proxy);
    const found = await searchProxy(context, options, proxy);
    if (found.kind !== 'distribution') throw new Error('The search loop gives a distribution.');
    const distributions = distributionsOf(proxyChoices, cells, found.logProbabilities);
    return {
      kind: 'ranked',
      strategy: 'cell-proxy',
      architectures: stackCells(
        choicesOf(space.graph),
        places.map(({ cell }) => cell),
        distributions,
        options.networks,
      ),
      history: { columns: found.history.columns },
      cost: { ...found.cost, imagesForwardBackward: images + found.cost.imagesForwardBackward },
    };
  });
};

export const cellProxy: StrategyDefinition = {
  name: 'cell-proxy',
  description: 'A repeated cell, searched on fewer and smaller images without regard to the hardware, then stacked.',
  optionsSchema,
  requirements: { activePaths: 1, warmUp: false },
  search: (context, options) => search(context, options as unknown as CellProxyOptions),
};
