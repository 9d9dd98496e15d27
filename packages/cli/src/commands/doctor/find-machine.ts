// What the machine itself offers: processor, vectors, threads, compiler, GPU.
import { availableParallelism } from 'node:os';
import { detectVectorWidth, findCompiler, hostVectorWidths, vectorFlags } from '@nasc/c-emit';
import { findNvidiaGpu } from '@nasc/engine-tfjs';
import { hostProcessor } from '@nasc/measure';
import { loadOnnxRuntime } from '@nasc/onnx';
import { find, optional } from './finding.ts';
import type { Finding } from './finding.ts';

const vectors = (): string => {
  const used = detectVectorWidth();
  const widths = hostVectorWidths();
  const asked = used === widths[0] ? '' : ', as $NASC_VECTOR_WIDTH asks';
  return `${used}, ${vectorFlags[used].lanes} numbers at a time${asked}; this machine runs ${widths.join(', ')}`;
};

export const findMachine = async (env: Readonly<Record<string, string | undefined>>): Promise<readonly Finding[]> => {
  const { model, architecture, memoryGiB } = hostProcessor();
  return [
    optional('node', `${process.versions.node}, ${process.platform} ${process.arch}`, ''),
    optional('processor', `${model} (${architecture}), ${memoryGiB} GiB`, ''),
    optional('threads', `${availableParallelism()}; --threads N takes fewer`, ''),
    await find('vectors', vectors),
    optional('GPU', await findNvidiaGpu(env), 'none seen', 'Not needed. Engine "tfjs" trains on an NVIDIA GPU with its driver.'),
    // For engine "native", target "cpu" and every measurement on this machine.
    await find('C compiler', async () => {
      const { command, version } = await findCompiler();
      return `${command}: ${version}`;
    }),
    await find('ONNX Runtime', async () => {
      const { env: runtime } = await loadOnnxRuntime();
      return runtime.versions.node ?? runtime.versions.common;
    }),
  ];
};
