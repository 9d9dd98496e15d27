// Latency of each target's ONNX file in ONNX Runtime on this machine, for comparison with the generated code.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { noCheckpoint, sha256 } from '@nasc/core';
import type { LatencyValue, TargetArtifacts } from '@nasc/core';
import { writeFileAtomically } from '@nasc/files';
import { canonicalJson, elementCount } from '@nasc/ir';

export type TimedFile = Pick<LatencyValue, 'ms' | 'spread' | 'samples'>;

export interface TimingOptions {
  /** Measurements are kept here, by file and device. */
  readonly cacheFolder: string;
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly progress?: (target: string, done: number, total: number) => void;
}

/** One image a call on one thread, by the protocol of whole networks. */
const timeFile = async (bytes: Uint8Array, inputElements: number, options: TimingOptions, target: string): Promise<TimedFile> => {
  const { createOnnxSession } = await import('@nasc/onnx');
  const { measure } = await import('@nasc/measure');
  const session = await createOnnxSession(bytes, { threads: 1 });
  try {
    const call = session.prepare(new Float32Array(inputElements).fill(0.5), 1);
    const time = async (runs: number) => {
      const start = performance.now();
      for (let run = 0; run < runs; run++) await call();
      return performance.now() - start;
    };
    const progress = (done: number, total: number) => options.progress?.(target, done, total);
    const { median, medianAbsoluteDeviation, samples } = await measure(time, {
      checkpoint: noCheckpoint(options.signal),
      seed: options.seed,
      progress,
    });
    return { ms: median, spread: medianAbsoluteDeviation, samples };
  } finally {
    await session.dispose();
  }
};

const stored = async (file: string): Promise<TimedFile | undefined> => {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as TimedFile;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT' || cause instanceof SyntaxError) return undefined; // measured anew
    throw cause;
  }
};

/** By target. A target that is ONNX Runtime itself was measured already; a file is measured once a device. */
export const timeOnnxFiles = async (
  targets: Readonly<Record<string, TargetArtifacts>>,
  options: TimingOptions,
): Promise<Readonly<Record<string, TimedFile>>> => {
  const { hostDevice } = await import('@nasc/measure');
  const { loadOnnxRuntime } = await import('@nasc/onnx');
  const { env } = await loadOnnxRuntime();
  const device = hostDevice({ 'ONNX Runtime': env.versions.node ?? env.versions.common, threads: 1 });
  const folder = join(options.cacheFolder, 'onnxruntime-latency');
  const times: Record<string, TimedFile> = {};
  for (const [target, { onnx, files, folded }] of Object.entries(targets)) {
    if (files.latency?.deviceId === device.id) {
      times[target] = files.latency;
      continue;
    }
    const file = join(folder, `${sha256(canonicalJson({ device: device.id }), onnx.bytes).slice(0, 32)}.json`);
    let timed = await stored(file);
    if (!timed) {
      timed = await timeFile(onnx.bytes, elementCount(folded.graph.inputs[0]!.type.shape), options, target);
      await writeFileAtomically(file, JSON.stringify(timed), 'a measurement');
    }
    times[target] = timed;
  }
  return times;
};
