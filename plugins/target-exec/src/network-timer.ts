// Times networks of a space by the command: each is a file with arbitrary weights, as weights do not change latency.
import { noCheckpoint } from '@nasc/core';
import type { MeasureContext, NetworkTimer } from '@nasc/core';
import { initialiseParameters } from '@nasc/ir';
import type { NetworkGraph, SearchSpaceGraph } from '@nasc/ir';
import { median } from '@nasc/measure';
import { blockNetworks, deployedGraph } from '@nasc/transforms';
import { argumentsOf, shown } from './command-line.ts';
import type { ExecOptions } from './options.ts';
import { modelOf, timeModel } from './time-model.ts';

export const createNetworkTimer = (
  space: SearchSpaceGraph,
  context: MeasureContext,
  options: ExecOptions,
  folder: string,
): NetworkTimer => {
  const { registry, seed, signal } = context;
  // What is timed here is kept network by network by whoever asks, and so is the progress.
  const timed = { options, folder, context: { ...context, checkpoint: noCheckpoint(signal), progress: () => {} } };
  const time = async (graph: NetworkGraph): Promise<number> =>
    median(await timeModel(modelOf(graph, initialiseParameters(graph, registry.ops, seed), timed), timed));
  return {
    protocol: { command: shown(argumentsOf(options.command)), callsPerNetwork: options.repeats },
    seesBlocks: false,
    // Every call is a new process.
    restart: async () => {},
    time: async (choices) => ({ ms: await time(deployedGraph(space, choices, registry.patterns)) }),
    async timeAlone(block, candidate) {
      let ms = 0;
      for (const graph of blockNetworks(space, block, candidate, registry.patterns)) ms += await time(graph);
      return ms;
    },
    dispose: async () => {},
  };
};
