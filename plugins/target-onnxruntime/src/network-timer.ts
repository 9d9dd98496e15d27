// Times networks of a space in ONNX Runtime, written with arbitrary weights: whole calls in a plain session, blocks in a profiled one.
import type { MeasureContext, NetworkTimer } from '@nasc/core';
import { initialiseParameters } from '@nasc/ir';
import type { NetworkGraph, SearchSpaceGraph } from '@nasc/ir';
import { blockKeys, protocolVersion } from '@nasc/measure';
import { createOnnxSession, writeOnnx } from '@nasc/onnx';
import type { OnnxSession } from '@nasc/onnx';
import { blockNetworks, deployedGraph } from '@nasc/transforms';
import { profileAlone, profileBlocks, profiledRuns, timeWhole, wholeSamples } from './time-network.ts';

interface LoadedNetwork {
  readonly graph: NetworkGraph;
  readonly bytes: Uint8Array;
  readonly session: OnnxSession;
}

export const createNetworkTimer = (
  space: SearchSpaceGraph,
  { registry, seed, signal, cacheFolder }: MeasureContext,
  threads: number,
): NetworkTimer => {
  const keyOf = blockKeys(space);
  const options = { threads, signal, folder: cacheFolder };
  const write = (graph: NetworkGraph) => writeOnnx(graph, initialiseParameters(graph, registry.ops, seed), registry.ops, { name: 'timed' });
  const loaded = new Map<string, LoadedNetwork>();

  const load = async (choices: readonly number[]): Promise<LoadedNetwork> => {
    const name = choices.join(' ');
    const known = loaded.get(name);
    if (known) return known;
    const graph = deployedGraph(space, choices, registry.patterns);
    const bytes = write(graph);
    const network = { graph, bytes, session: await createOnnxSession(bytes, { threads }) };
    loaded.set(name, network);
    return network;
  };

  const restart = async (): Promise<void> => {
    const sessions = [...loaded.values()].map(({ session }) => session);
    loaded.clear();
    for (const session of sessions) await session.dispose();
  };

  return {
    protocol: {
      method: "whole calls in ONNX Runtime, blocks by the runtime's own profile",
      version: protocolVersion,
      samplesPerNetwork: wholeSamples,
      profiledRunsPerNetwork: profiledRuns,
      alone: 'kernels of the block as a model of its own, without conversions of layout at its ends',
    },
    seesBlocks: true,
    restart,
    async time(choices, { blocks }) {
      signal.throwIfAborted();
      const { graph, bytes, session } = await load(choices);
      const ms = await timeWhole(session, graph, options);
      return blocks ? { ms, blocks: await profileBlocks(bytes, graph, keyOf, options) } : { ms };
    },
    async timeAlone(block, candidate) {
      let ms = 0;
      for (const graph of blockNetworks(space, block, candidate, registry.patterns)) ms += await profileAlone(write(graph), graph, options);
      return ms;
    },
    dispose: restart,
  };
};
