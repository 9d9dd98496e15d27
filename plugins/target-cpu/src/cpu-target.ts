// The target `cpu`: self-contained C11 for one thread of a processor.
import { detectVectorWidth, findCompiler, whyNotPlain } from '@nasc/c-emit';
import type { VectorWidth } from '@nasc/c-emit';
import type { DeviceDescription, Target, TargetDefinition } from '@nasc/core';
import { hostDevice } from '@nasc/measure';
import { networkTimer } from './blocks/network-timer.ts';
import { emitNetwork } from './emit/emit-network.ts';
import { cpuFootprint } from './emit/footprint.ts';
import { cpuKernels } from './kernels/index.ts';
import { cpuOptionsSchema, readCpuOptions } from './options.ts';
import { buildExecutable } from './run/build-executable.ts';

/** Whether a machine with vectors of `host` runs code for `width`. */
const runsOn = (host: VectorWidth, width: VectorWidth): boolean =>
  width === 'portable' || width === host || (host === 'avx512' && width === 'avx2');

export const cpuTarget: TargetDefinition = {
  name: 'cpu',
  description: 'Self-contained C11: x86-64 (AVX-512, AVX2), Arm (NEON), or any processor.',
  optionsSchema: cpuOptionsSchema,
  create(given): Target {
    const options = readCpuOptions(given);
    const device = async (): Promise<DeviceDescription> => {
      const { version } = await findCompiler();
      return hostDevice({ dtype: 'float32', threads: options.threads, vectors: options.vectorWidth, compiler: version });
    };
    const compiles = runsOn(detectVectorWidth(), options.vectorWidth);
    const target: Target = {
      name: 'cpu',
      options: { ...options },
      capabilities: { dtypes: ['float32'] },
      device,
      supports: (node, { ops }) => whyNotPlain(ops, node) ?? true,
      legalize: [],
      kernels: cpuKernels,
      emit: (network, _onnx, { registry }) => Promise.resolve(emitNetwork(network, registry, options)),
      footprint: (network, context, { code }) => cpuFootprint(network, context, options, { code, compiles }),
    };
    if (!compiles) return target;
    return {
      ...target,
      build: async (emitted, network, context) => buildExecutable(emitted, network, context, options, await device()),
      timer: (space, context) => networkTimer(space, context, options),
    };
  },
};
