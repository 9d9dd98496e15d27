// Target `onnxruntime`: the ONNX file itself, run by ONNX Runtime's CPU provider.
import type { Target, TargetDefinition } from '@nasc/core';
import { hostDevice } from '@nasc/measure';
import { emitModel, hasOnnxLowering, loadOnnxRuntime, opsets } from '@nasc/onnx';
import { createNetworkTimer } from './network-timer.ts';
import { loadModel } from './run-model.ts';

interface OnnxRuntimeOptions {
  readonly threads: number;
  readonly sampleMs: number;
}

const describeLatency = (threads: number): string =>
  `Latency was measured for one image a call and ${threads === 1 ? 'one thread' : `${threads} threads`} inside an operator; set the same to get it.`;

const createTarget = (options: OnnxRuntimeOptions): Target => {
  const device = async () => {
    const { env } = await loadOnnxRuntime();
    return hostDevice({ 'ONNX Runtime': env.versions.node ?? env.versions.common, dtype: 'float32', threads: options.threads });
  };
  return {
    name: 'onnxruntime',
    options: { ...options },
    capabilities: { dtypes: ['float32'], opset: opsets.newest },
    device,
    supports: (node, { ops }) => hasOnnxLowering(node, ops),
    legalize: [],
    kernels: [],
    emit: async (network, onnx, { registry }) =>
      emitModel(network, onnx, registry.ops, { latency: describeLatency(options.threads), threads: options.threads }),
    build: async (emitted, network) => loadModel(emitted, network, await device(), options),
    timer: (space, context) => Promise.resolve(createNetworkTimer(space, context, options.threads)),
  };
};

export const onnxRuntimeTarget: TargetDefinition = {
  name: 'onnxruntime',
  description: 'The ONNX file, run by ONNX Runtime on the processor.',
  optionsSchema: {
    type: 'object',
    properties: {
      threads: { type: 'integer', minimum: 1, default: 1, description: 'Threads inside an operator.' },
      sampleMs: {
        type: 'number',
        exclusiveMinimum: 0,
        default: 100,
        description: 'Length of one sample when a whole network is measured, ms.',
      },
    },
    additionalProperties: false,
  },
  create: ({ threads = 1, sampleMs = 100 }) => createTarget({ threads, sampleMs } as OnnxRuntimeOptions),
};
