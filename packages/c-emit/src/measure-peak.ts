// What the processor's arithmetic can do at best: the number that speeds are compared with.
import { compile } from './compiler.ts';
import { kernelHeader } from './kernel-headers.ts';
import { runProgram } from './run-program.ts';
import { commonFlags, detectVectorWidth, vectorFlags } from './vector-width.ts';
import type { VectorWidth } from './vector-width.ts';

export interface PeakOptions {
  /** That compute at the same time. */
  readonly threads: number;
  /** Default: as `detectVectorWidth`. */
  readonly width?: VectorWidth;
  readonly cacheFolder: string;
}

/**
 * Multiply-adds in registers, on all threads at the same time, in 10^9 operations a second (a multiply-add is two). Takes
 * about a sixth of a second. Throws COMPILER_NOT_FOUND, COMPILE_FAILED, PROGRAM_FAILED.
 */
export const measurePeak = async ({
  threads,
  width = detectVectorWidth(),
  cacheFolder,
}: PeakOptions): Promise<{ readonly gigaflops: number }> => {
  const program = await compile({
    kind: 'executable',
    sources: new Map([['measure-peak.c', [kernelHeader('inference-vector.h'), kernelHeader('measure-peak.c')].join('\n')]]),
    flags: [...commonFlags, ...vectorFlags[width].flags],
    cacheFolder,
  });
  const output = await runProgram(program, [String(threads)], new Uint8Array());
  return { gigaflops: Number(new TextDecoder().decode(output)) };
};
