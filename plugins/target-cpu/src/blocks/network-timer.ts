// Times networks of a space by the measuring binary: one program for all of them, a network is a line of calls.
import type { BlockKey, MeasureContext, NetworkTimer } from '@nasc/core';
import { LineProcess } from '@nasc/c-emit';
import type { SearchSpaceGraph } from '@nasc/ir';
import type { CpuOptions } from '../options.ts';
import { buildBlockProgram } from './block-program.ts';
import { blockCalls, memoryBound, networkCalls } from './network-calls.ts';
import type { NetworkCalls } from './network-calls.ts';

/** Runs of a network whose median counts: as many as fill the time, within limits. */
const wantedMs = 200;
const leastRuns = 50;
const mostRuns = 400;
/** Of a network that is timed as a whole: fewer are enough where they are long. */
const leastWholeRuns = 21;

const runsOf = (networkMs: number, least: number): number => Math.min(mostRuns, Math.max(least, Math.round(wantedMs / networkMs)));

/** A warm-up ends when three medians in a row agree, or after some time. */
const agreement = 1.02;
const warmUpRoundMs = 100;
const warmUpMs = 3000;
const roughRuns = 5;

const numbers = (line: string): number[] => line.trim().split(' ').map(Number);
const toMs = (nanoseconds: number): number => nanoseconds / 1e6;

export const networkTimer = async (space: SearchSpaceGraph, context: MeasureContext, options: CpuOptions): Promise<NetworkTimer> => {
  context.progress(0, 1, 'compiling every candidate');
  const program = await buildBlockProgram(space, context, options);
  const { path, positions, layout, weightElements } = program;
  const sizes = [memoryBound(positions, layout), weightElements, layout.inputElements].map(String);
  let process: LineProcess | undefined;
  let warm = false;

  /** What the process runs between the runs of `time-paired`. */
  let pairedWith: readonly number[] | undefined;

  const ask = async (command: string, runs: number, { text }: NetworkCalls) =>
    numbers(await process!.ask(`${command} ${runs} ${text}`)).map(toMs);
  const whole = async (calls: NetworkCalls, runs: number): Promise<number> => (await ask('whole', runs, calls))[0]!;

  /** Milliseconds of the network once the speed has settled. */
  const warmUp = async (calls: NetworkCalls): Promise<void> => {
    const roughMs = await whole(calls, roughRuns);
    const runs = Math.min(mostRuns, Math.max(roughRuns, Math.round(warmUpRoundMs / roughMs)));
    const medians: number[] = [];
    for (let elapsedMs = 0; elapsedMs < warmUpMs; elapsedMs += runs * medians.at(-1)!) {
      context.signal.throwIfAborted();
      medians.push(await whole(calls, runs));
      const last = medians.slice(-3);
      if (last.length === 3 && Math.max(...last) / Math.min(...last) < agreement) break;
    }
    warm = true;
  };
  /** Median ms of a line of calls, in as many runs as its length asks for. */
  const settled = async (calls: NetworkCalls): Promise<{ readonly ms: number; readonly roughMs: number }> => {
    if (!warm) await warmUp(calls);
    const roughMs = await whole(calls, roughRuns);
    return { ms: await whole(calls, runsOf(roughMs, leastWholeRuns)), roughMs };
  };

  const byBlock = (calls: NetworkCalls, times: readonly number[]): ReadonlyMap<BlockKey, number> => {
    const blocks = new Map<BlockKey, number>();
    for (const [call, position] of calls.positions.entries()) {
      const { id, choice } = positions[position]!;
      const key = choice ?? id;
      // Pieces of one group that other groups lie between count together.
      blocks.set(key, (blocks.get(key) ?? 0) + times[call]!);
    }
    return blocks;
  };

  return {
    protocol: {
      functions: program.functions,
      timer: 'subtracted',
      pinned: options.threads === 1 ? 'to one core, where the system lets it' : 'no',
    },
    seesBlocks: true,
    async restart() {
      process?.dispose();
      process = new LineProcess(path, sizes, { pin: options.threads === 1 });
      pairedWith = undefined;
      warm = false;
    },
    async time(choices, { blocks: wanted }) {
      const calls = networkCalls(positions, layout, choices);
      const { ms, roughMs } = await settled(calls);
      if (!wanted) return { ms };
      return { ms, blocks: byBlock(calls, await ask('blocks', runsOf(roughMs, leastRuns), calls)) };
    },
    async timePaired(choices, reference, { blocks: wanted }) {
      const calls = networkCalls(positions, layout, choices);
      if (!warm) await warmUp(calls);
      if (pairedWith !== reference) await ask('reference', 0, networkCalls(positions, layout, reference));
      pairedWith = reference;
      const roughMs = await whole(calls, roughRuns);
      const [ms, referenceMs] = await ask('whole-paired', runsOf(roughMs, leastWholeRuns), calls);
      const time = { ms: ms!, referenceMs: referenceMs! };
      if (!wanted) return time;
      const times = await ask('blocks-paired', runsOf(roughMs, leastRuns), calls);
      // At the speed of the whole network's runs.
      const scale = referenceMs! / times.pop()!;
      const blocks = byBlock(
        calls,
        times.map((blockMs) => blockMs * scale),
      );
      return { ...time, blocks };
    },
    async timeAlone(block, candidate) {
      const pieces = positions.filter(({ id, choice }) => (choice ?? id) === block);
      let ms = 0;
      for (const piece of pieces) {
        const calls = blockCalls(piece, layout, candidate);
        if (calls) ms += (await settled(calls)).ms;
      }
      return ms;
    },
    dispose: async () => process?.dispose(),
  };
};
