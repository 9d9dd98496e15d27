// Search: the configured strategy on a copy of the warm-up's weights.
import { validateOptions } from '@nasc/config';
import { definePass, noCheckpoint, taskDataset, withProgram } from '@nasc/core';
import type { ConsumedArtifacts, PassContext, SearchResult, Supernet } from '@nasc/core';
import { choicesOf } from '@nasc/ir';
import { spaceCosts } from '@nasc/search';
import { batchSource, scoreCost, scorePath, splitTask, taskAugmentation } from '@nasc/training';

/** An option `batchSize` of the strategy sets the images of a step; else they are the warm-up's. */
const batchSizeOf = (options: Readonly<Record<string, unknown>>, preset: number): number =>
  typeof options['batchSize'] === 'number' ? options['batchSize'] : preset;

/** Of a space that is one network. */
const nothingToSearch = (strategy: string, { weights }: Supernet): SearchResult => ({
  kind: 'distribution',
  strategy,
  logProbabilities: [],
  weights,
  history: { columns: {} },
  cost: { imagesForwardBackward: 0 },
});

export const searchPass = definePass({
  name: 'search',
  async run(
    { searchSpace, supernet, costModel }: ConsumedArtifacts<'searchSpace' | 'supernet' | 'costModel'>,
    context: PassContext,
  ): Promise<SearchResult> {
    const { config, registry } = context;
    const { task, seed } = config;
    const named = config.derive.strategy;
    const { name, ...given } = typeof named === 'string' ? { name: named } : named;
    const strategy = registry.strategies.require(name, '/derive/strategy');
    const options = validateOptions(strategy.optionsSchema, given, '/derive/strategy');
    const costs = spaceCosts(searchSpace, costModel, context.limits, registry.ops);
    if (choicesOf(searchSpace.graph).length === 0) return nothingToSearch(name, supernet);

    const dataset = await taskDataset(context, searchSpace.task);
    const subsets = splitTask(dataset, task, seed);
    const shared = {
      classes: dataset.classes.length,
      batchSize: batchSizeOf(options, config.train.batchSize),
      normalisation: searchSpace.task.normalisation,
      seed,
    };
    const { activePaths } = strategy.requirements;
    const { batchSize } = shared;
    const calibration = batchSource({ ...shared, subset: subsets.train, stream: 'search.calibration' });
    return withProgram(context, { graph: searchSpace.graph, parameters: supernet.weights, activePaths, batchSize }, (program) =>
      strategy.search(
        {
          ...context,
          space: searchSpace,
          supernet,
          costs,
          program,
          trainBatches: batchSource({
            ...shared,
            subset: subsets.train,
            augmentation: taskAugmentation(dataset, task.augmentation),
            labelSmoothing: config.train.labelSmoothing,
            stream: 'search.train',
          }),
          validationBatches: batchSource({ ...shared, subset: subsets.archValidation, stream: 'search.validation' }),
          score: async (path) => {
            const options = { ...shared, subset: subsets.archValidation, path, calibration, checkpoint: noCheckpoint(context.signal) };
            return { accuracy: await scorePath(program, options), imagesForwardBackward: scoreCost(subsets.archValidation, calibration) };
          },
        },
        options,
      ),
    );
  },
});
