// Target `onnxruntime`: the ONNX file itself, run by ONNX Runtime's CPU provider.
import type { Target, TargetDefinition } from '@nasc/core';
import { hostDevice } from '@nasc/measure';
import { loadOnnxRuntime, opsets } from '@nasc/onnx';
import { emitFiles } from './emit.ts';
import { measureBlocks } from './measure-blocks.ts';
import { loadModel } from './run-model.ts';

interface OnnxRuntimeOptions {
  readonly threads: number;
}

const createTarget = (options: OnnxRuntimeOptions): Target => {
  const device = async () => {
    const { env } = await loadOnnxRuntime();
    return hostDevice({ 'ONNX Runtime': env.versions.node ?? env.versions.common, threads: options.threads });
  };
  return {
    name: 'onnxruntime',
    options: { ...options },
    capabilities: { dtypes: ['float32'], opset: opsets.newest },
    device,
    supports: () => true,
    legalize: [],
    kernels: [],
    emit: async (network, onnx, context) => emitFiles(network, onnx, context.registry.ops, options.threads),
    build: async (emitted, network) => loadModel(emitted, network, await device(), options.threads),
    measureBlocks: async (space, context) => measureBlocks(space, context, await device(), options.threads),
  };
};

export const onnxRuntimeTarget: TargetDefinition = {
  name: 'onnxruntime',
  description: 'The ONNX file, run by ONNX Runtime on the processor.',
  optionsSchema: {
    type: 'object',
    properties: { threads: { type: 'integer', minimum: 1, default: 1, description: 'Threads inside an operator.' } },
    additionalProperties: false,
  },
  create: (options) => createTarget(options as unknown as OnnxRuntimeOptions),
};
