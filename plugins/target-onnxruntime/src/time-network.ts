// One whole network timed in ONNX Runtime: a call as an application sees it, and how the runtime's own profile shares it
// out among the blocks.
import { readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { noCheckpoint } from '@nasc/core';
import { ensureFolder, explainingWriteErrors, temporaryPath } from '@nasc/files';
import type { NetworkGraph } from '@nasc/ir';
import { elementCount } from '@nasc/ir';
import { interquartileMean, measure } from '@nasc/measure';
import { createOnnxSession } from '@nasc/onnx';
import type { BlockKey, KeyOfNode } from '@nasc/measure';
import { attributeNodes, parseProfile } from './profile.ts';
import type { ProfiledRun } from './profile.ts';
import { timeCalls } from './run-model.ts';

export interface TimingOptions {
  readonly threads: number;
  readonly signal: AbortSignal;
  /** For profiles, which are deleted once they are read. */
  readonly folder: string;
}

/** Runs of a network with the profiler on, of one image and of a small batch each, after some that do not count. */
export const profiledRuns = 50;
const profiledWarmUp = 15;
const profiledBatch = 4;

const imageElements = (graph: NetworkGraph): number => elementCount(graph.inputs[0]!.type.shape);

/** Median ms of a call with one image. Shorter than the protocol of a final measurement: there are many networks. */
export const timeWhole = async (bytes: Uint8Array, graph: NetworkGraph, { threads, signal }: TimingOptions): Promise<number> => {
  const session = await createOnnxSession(bytes, { threads });
  try {
    const options = { checkpoint: noCheckpoint(signal), samples: 12, sampleMs: 8, warmUpMs: 200, agreeing: 2, agreement: 0.03 };
    return (await measure(timeCalls(session, imageElements(graph)), options)).median;
  } finally {
    await session.dispose();
  }
};

/** What the profiler says of one block: how long its kernels work on one image, ms, and how many kernels there are. */
export interface ProfiledBlock {
  readonly ms: number;
  readonly kernels: number;
}

/**
 * One image's run of a network, shared out among its blocks. The profiler has microseconds for a resolution and adds its
 * own cost to every kernel, up to several microseconds where reading the clock is slow: as much as a kernel of a small
 * network takes. Both are the same for a batch, so the time of an image is the slope between one image and several.
 */
export const profileBlocks = async (
  bytes: Uint8Array,
  graph: NetworkGraph,
  keyOf: KeyOfNode,
  { threads, signal, folder }: TimingOptions,
): Promise<ReadonlyMap<BlockKey, ProfiledBlock>> => {
  const own = temporaryPath(join(folder, 'onnxruntime-profile'));
  await explainingWriteErrors({ what: 'a profile', path: own }, () => ensureFolder(own));
  try {
    const session = await createOnnxSession(bytes, { threads, profileTo: join(own, 'profile') });
    try {
      const callers = [1, profiledBatch].map((batch) => timeCalls(session, imageElements(graph), batch));
      for (let run = 0; run < profiledWarmUp + profiledRuns; run++) {
        signal.throwIfAborted();
        for (const time of callers) await time(1);
      }
    } finally {
      await session.dispose();
    }
    const [file] = await readdir(own);
    const runs = parseProfile(await readFile(join(own, file!), 'utf8')).slice(2 * profiledWarmUp);
    const [single, several] = [0, 1].map((odd) =>
      shareOut(
        runs.filter((_, index) => index % 2 === odd),
        graph,
        keyOf,
      ),
    );
    return new Map(
      [...single!].map(([key, { ms, kernels }]) => [key, { ms: Math.max(0, (several!.get(key)!.ms - ms) / (profiledBatch - 1)), kernels }]),
    );
  } finally {
    await rm(own, { recursive: true, force: true });
  }
};

/** Time per block of runs that are alike, interquartile means. */
const shareOut = (runs: readonly ProfiledRun[], graph: NetworkGraph, keyOf: KeyOfNode): ReadonlyMap<BlockKey, ProfiledBlock> => {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  // The runtime runs the same kernels in the same order every time.
  const keys = attributeNodes(runs[0]!.nodes, [...nodes.keys()]).map((id) => keyOf(nodes.get(id)!));
  const blocks = new Map<BlockKey, ProfiledBlock>();
  for (const key of new Set(keys)) {
    const positions = keys.flatMap((other, position) => (other === key ? [position] : []));
    const times = runs.map((run) => positions.reduce((sum, position) => sum + run.nodes[position]!.microseconds / 1000, 0));
    blocks.set(key, { ms: interquartileMean(times), kernels: positions.length });
  }
  return blocks;
};
