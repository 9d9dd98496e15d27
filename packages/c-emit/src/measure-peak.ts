// What the processor's arithmetic can do at best: the number that speeds are compared with.
import { compile } from './compiler.ts';
import { kernelHeader } from './kernel-headers.ts';
import { LineProcess, runProgram } from './run-program.ts';
import { commonFlags, detectVectorWidth, vectorFlags } from './vector-width.ts';
import type { VectorWidth } from './vector-width.ts';

export interface PeakOptions {
  /** That compute at the same time. */
  readonly threads: number;
  /** Default: as `detectVectorWidth`. */
  readonly width?: VectorWidth;
  readonly cacheFolder: string;
}

const compilePeak = ({ width = detectVectorWidth(), cacheFolder }: PeakOptions): Promise<string> =>
  compile({
    kind: 'executable',
    sources: new Map([['measure-peak.c', [kernelHeader('inference-vector.h'), kernelHeader('measure-peak.c')].join('\n')]]),
    flags: [...commonFlags, ...vectorFlags[width].flags],
    cacheFolder,
  });

/**
 * Multiply-adds in registers, on all threads at the same time, in 10^9 operations a second (a multiply-add is two). Takes
 * about a sixth of a second. Throws COMPILER_NOT_FOUND, COMPILE_FAILED, PROGRAM_FAILED.
 */
export const measurePeak = async (options: PeakOptions): Promise<{ readonly gigaflops: number }> => {
  const output = await runProgram(await compilePeak(options), [String(options.threads)], new Uint8Array());
  return { gigaflops: Number(new TextDecoder().decode(output)) };
};

export interface PeakMeter {
  /** As `measurePeak`, of the fastest of `rounds` rounds, each of a few milliseconds. */
  gigaflops(rounds: number): Promise<number>;
  dispose(): void;
}

/** Keeps the program of `measurePeak` running, for speeds that are compared with the peak of the same moment. */
export const startPeakMeter = async (options: PeakOptions): Promise<PeakMeter> => {
  const process = new LineProcess(await compilePeak(options), [String(options.threads), '--serve']);
  return {
    gigaflops: async (rounds) => Number(await process.ask(String(rounds))),
    dispose: () => process.dispose(),
  };
};
