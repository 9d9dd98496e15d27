// One network timed in ONNX Runtime: a call as an application sees it, and what the runtime's own profile says of its kernels.
import { readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { noCheckpoint } from '@nasc/core';
import type { BlockKey } from '@nasc/core';
import { ensureFolder, explainingWriteErrors, temporaryPath } from '@nasc/files';
import type { NetworkGraph } from '@nasc/ir';
import { interquartileMean, measure } from '@nasc/measure';
import type { KeyOfNode } from '@nasc/measure';
import { createOnnxSession } from '@nasc/onnx';
import type { OnnxSession } from '@nasc/onnx';
import { attributeNodes, isLayoutConversion, parseProfile } from './profile.ts';
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

/** Samples of a network, each of as many calls as fit. */
export const wholeSamples = 12;
const wholeSampleMs = 8;

/** Median ms of a call with one image. Shorter than the protocol of a final measurement: there are many networks. */
export const timeWhole = async (session: OnnxSession, graph: NetworkGraph, { signal }: TimingOptions): Promise<number> => {
  const options = { samples: wholeSamples, sampleMs: wholeSampleMs, warmUpMs: 200, agreeing: 2, agreement: 0.03 };
  return (await measure(timeCalls(session, graph), { ...options, checkpoint: noCheckpoint(signal) })).median;
};

/** Profiled runs of one image, and of a batch. */
interface Profile {
  readonly single: readonly ProfiledRun[];
  readonly several: readonly ProfiledRun[];
}

const profileRuns = async (bytes: Uint8Array, graph: NetworkGraph, { threads, signal, folder }: TimingOptions): Promise<Profile> => {
  const own = temporaryPath(join(folder, 'onnxruntime-profile'));
  await explainingWriteErrors({ what: 'a profile', path: own }, () => ensureFolder(own));
  try {
    const session = await createOnnxSession(bytes, { threads, profileTo: join(own, 'profile') });
    try {
      const callers = [1, profiledBatch].map((batch) => timeCalls(session, graph, batch));
      for (let run = 0; run < profiledWarmUp + profiledRuns; run++) {
        signal.throwIfAborted();
        for (const time of callers) await time(1);
      }
    } finally {
      await session.dispose();
    }
    const [file] = await readdir(own);
    const runs = parseProfile(await readFile(join(own, file!), 'utf8')).slice(2 * profiledWarmUp);
    return { single: runs.filter((_, index) => index % 2 === 0), several: runs.filter((_, index) => index % 2 === 1) };
  } finally {
    await rm(own, { recursive: true, force: true });
  }
};

/**
 * Milliseconds that one image takes in the nodes at `positions`. The profiler has microseconds for a resolution and adds its
 * own cost to every kernel, up to several microseconds where reading the clock is slow: as much as a kernel of a small
 * network takes. Both are the same for a batch, so the time of an image is the slope between one image and several.
 */
const imageMs = ({ single, several }: Profile, positions: readonly number[]): number => {
  const [one, batch] = [single, several].map((runs) =>
    interquartileMean(runs.map(({ nodes }) => positions.reduce((sum, position) => sum + nodes[position]!.microseconds / 1000, 0))),
  );
  return Math.max(0, (batch! - one!) / (profiledBatch - 1));
};

/** One image's run of a network, shared out among its blocks: how long their kernels work, ms. */
export const profileBlocks = async (
  bytes: Uint8Array,
  graph: NetworkGraph,
  keyOf: KeyOfNode,
  options: TimingOptions,
): Promise<ReadonlyMap<BlockKey, number>> => {
  const profile = await profileRuns(bytes, graph, options);
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  // The runtime runs the same kernels in the same order every time.
  const keys = attributeNodes(profile.single[0]!.nodes, [...nodes.keys()]).map((id) => keyOf(nodes.get(id)!));
  const positionsOf = (key: BlockKey) => keys.flatMap((other, position) => (other === key ? [position] : []));
  return new Map([...new Set(keys)].map((key) => [key, imageMs(profile, positionsOf(key))]));
};

/**
 * How long the kernels of a block that is a network of its own work on one image, ms. Conversions of layout at its ends do not count: inside
 * a network its neighbours have the same layout.
 */
export const profileAlone = async (bytes: Uint8Array, graph: NetworkGraph, options: TimingOptions): Promise<number> => {
  const profile = await profileRuns(bytes, graph, options);
  const { nodes } = profile.single[0]!;
  const first = nodes.findIndex((node) => !isLayoutConversion(node));
  const last = nodes.findLastIndex((node) => !isLayoutConversion(node));
  const inside = [...nodes.keys()].filter((position) => position >= first && position <= last);
  return imageMs(profile, inside);
};
