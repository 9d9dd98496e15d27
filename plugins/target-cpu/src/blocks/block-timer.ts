// Drives the measuring binary, one network at a time.
import { LineProcess } from '@nasc/c-emit';
import type { BlockProgram } from './block-program.ts';
import { memoryBound } from './network-calls.ts';
import type { NetworkCalls } from './network-calls.ts';

/** Runs of a network for one median of each block: as many as fit the time, within limits. */
const mostRuns = 50;
const leastRuns = 5;
const medianMs = 500;

/** Runs of networks of about so many milliseconds. */
export const runsFor = (networkMs: number): number => Math.min(mostRuns, Math.max(leastRuns, Math.round(medianMs / networkMs)));

const numbers = (line: string): readonly number[] => line.trim().split(' ').map(Number);

export class BlockTimer {
  readonly #process: LineProcess;

  constructor({ path, positions, weightElements, layout }: BlockProgram) {
    const sizes = [memoryBound(positions, layout), weightElements, layout.inputElements];
    this.#process = new LineProcess(path, sizes.map(String));
  }

  /** Median milliseconds of every call of the network, the timer's own cost subtracted. */
  async blocksMs({ text }: NetworkCalls, runs: number): Promise<readonly number[]> {
    return numbers(await this.#process.ask(`blocks ${runs} ${text}`)).map((ns) => ns / 1e6);
  }

  /** Median milliseconds of the network, without a timer between its blocks. */
  async wholeMs({ text }: NetworkCalls, runs: number): Promise<number> {
    return Number(await this.#process.ask(`whole ${runs} ${text}`)) / 1e6;
  }

  /** Runs a network until three medians in a row agree within 2 %, at most 60 times. */
  async warmUp(network: NetworkCalls, signal: AbortSignal): Promise<number> {
    const runs = runsFor(await this.wholeMs(network, leastRuns));
    const medians: number[] = [];
    for (let round = 0; round < 60; round++) {
      signal.throwIfAborted();
      medians.push(await this.wholeMs(network, runs));
      const last = medians.slice(-3);
      if (last.length === 3 && Math.max(...last) / Math.min(...last) < 1.02) break;
    }
    return medians.at(-1)!;
  }

  dispose(): void {
    this.#process.dispose();
  }
}
