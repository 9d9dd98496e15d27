// The emitted file as a program on this machine.
import { LineProcess, compile, runProgram } from 'nasc/plugin';
import type { MeasureContext } from 'nasc/plugin';

/** Compiled once: the cache knows the content. */
export const compileFile = (name: string, text: string, optimise: string, context: Pick<MeasureContext, 'cacheFolder' | 'signal'>) =>
  compile({ kind: 'executable', sources: new Map([[name, text]]), flags: [optimise, '-DSINGLE_C_MAIN'], ...context });

/** Logits of images one after the other. */
export const runImages = async (program: string, images: Float32Array): Promise<Float32Array> => {
  const output = await runProgram(program, [], new Uint8Array(images.buffer, images.byteOffset, images.byteLength));
  return new Float32Array(output.slice().buffer);
};

/** Milliseconds of `runs` runs, altogether and in each call; `timer` is the program with an argument. */
export const timeRuns = async (timer: LineProcess, runs: number): Promise<{ readonly ms: number; readonly callsMs: readonly number[] }> => {
  const [ms = 0, ...callsMs] = (await timer.ask(String(runs))).split(' ').map(Number);
  return { ms, callsMs };
};

/** Starts the program as a timer, uses it, and ends it. */
export const withTimer = async <T>(program: string, use: (timer: LineProcess) => Promise<T>): Promise<T> => {
  const timer = new LineProcess(program, ['time']);
  try {
    return await use(timer);
  } finally {
    timer.dispose();
  }
};
