// Latency of each network's ONNX file in ONNX Runtime on this machine, for comparison with the generated code.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { noCheckpoint, sha256 } from '@nasc/core';
import type { LatencyValue, NetworkArtifacts } from '@nasc/core';
import { writeFileAtomically } from '@nasc/files';
import { canonicalJson, elementCount } from '@nasc/ir';

export type TimedFile = Pick<LatencyValue, 'ms' | 'spread' | 'samples'>;

export interface TimingOptions {
  /** Measurements are kept here, by file and device. */
  readonly cacheFolder: string;
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly progress?: (network: string, done: number, total: number) => void;
}

/** One image a call on one thread, by the protocol of whole networks. */
const timeFile = async (bytes: Uint8Array, inputElements: number, options: TimingOptions, network: string): Promise<TimedFile> => {
  const { createOnnxSession } = await import('@nasc/onnx');
  const { measure } = await import('@nasc/measure');
  const session = await createOnnxSession(bytes, { threads: 1 });
  try {
    const call = session.prepare([new Float32Array(inputElements).fill(0.5)], 1);
    const time = async (runs: number) => {
      const start = performance.now();
      for (let run = 0; run < runs; run++) await call();
      return performance.now() - start;
    };
    const progress = (done: number, total: number) => options.progress?.(network, done, total);
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

/** By network. A target that is ONNX Runtime itself was measured already; a file is measured once a device. */
export const timeOnnxFiles = async (
  networks: Readonly<Record<string, NetworkArtifacts>>,
  options: TimingOptions,
): Promise<Readonly<Record<string, TimedFile>>> => {
  const { hostDevice } = await import('@nasc/measure');
  const { loadOnnxRuntime } = await import('@nasc/onnx');
  const { env } = await loadOnnxRuntime();
  const device = hostDevice({ 'ONNX Runtime': env.versions.node ?? env.versions.common, threads: 1 });
  const folder = join(options.cacheFolder, 'onnxruntime-latency');
  const times: Record<string, TimedFile> = {};
  for (const [network, { onnx, files, folded }] of Object.entries(networks)) {
    if (files.latency?.deviceId === device.id) {
      times[network] = files.latency;
      continue;
    }
    const file = join(folder, `${sha256(canonicalJson({ device: device.id }), onnx.bytes).slice(0, 32)}.json`);
    let timed = await stored(file);
    if (!timed) {
      timed = await timeFile(onnx.bytes, elementCount(folded.graph.inputs[0]!.type.shape), options, network);
      await writeFileAtomically(file, JSON.stringify(timed), 'a measurement');
    }
    times[network] = timed;
  }
  return times;
};
