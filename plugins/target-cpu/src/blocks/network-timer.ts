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
const leastWholeRuns = 15;

const runsOf = (networkMs: number, least: number): number => Math.min(mostRuns, Math.max(least, Math.round(wantedMs / networkMs)));

/** A warm-up ends when three medians in a row agree, or after some time. */
const agreement = 1.02;
const warmUpRoundMs = 100;
const warmUpMs = 3000;
const roughRuns = 5;

const numbers = (line: string): readonly number[] => line.trim().split(' ').map(Number);
const toMs = (nanoseconds: number): number => nanoseconds / 1e6;

export const networkTimer = async (space: SearchSpaceGraph, context: MeasureContext, options: CpuOptions): Promise<NetworkTimer> => {
  context.progress(0, 1, 'compiling every candidate');
  const program = await buildBlockProgram(space, context, options);
  const { path, positions, layout, weightElements } = program;
  const sizes = [memoryBound(positions, layout), weightElements, layout.inputElements].map(String);
  let process: LineProcess | undefined;
  let warm = false;

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
      warm = false;
    },
    async time(choices, { blocks: wanted }) {
      const calls = networkCalls(positions, layout, choices);
      const { ms, roughMs } = await settled(calls);
      if (!wanted) return { ms };
      const times = await ask('blocks', runsOf(roughMs, leastRuns), calls);
      const blocks = new Map<BlockKey, number>();
      for (const [call, position] of calls.positions.entries()) {
        const { id, choice } = positions[position]!;
        const key = choice ?? id;
        // Pieces of one group that other groups lie between count together.
        blocks.set(key, (blocks.get(key) ?? 0) + times[call]!);
      }
      return { ms, blocks };
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
