// Target `exec`: a command that takes an ONNX file and prints how long an image takes, whatever device it runs that on.
import type { DeployableNetwork, DeviceDescription, Executable, Target, TargetDefinition } from '@nasc/core';
import { describeDevice, hostProcessor, median, medianAbsoluteDeviation } from '@nasc/measure';
import { emitModel, hasOnnxLowering, modelFile } from '@nasc/onnx';
import { argumentsOf, commandFor, shown } from './command-line.ts';
import { createNetworkTimer } from './network-timer.ts';
import { optionsSchema } from './options.ts';
import type { ExecOptions } from './options.ts';
import { checkPattern } from './read-times.ts';
import { modelOf, timeModel } from './time-model.ts';

/** What is called, and what is read of what it prints, changes the numbers: it is another device then. */
const deviceOf = ({ command, env, pattern, unit, opset, device }: ExecOptions): DeviceDescription => {
  const { model, architecture } = hostProcessor();
  const description = `${device ?? `${model} (${architecture})`}, command ${shown(argumentsOf(command))}`;
  const details = [...Object.entries(env).flat(), pattern ?? '', unit, String(opset)];
  return describeDevice(
    device ?? model,
    description,
    details.map((detail) => `\n${detail}`),
  );
};

const load = (network: DeployableNetwork, options: ExecOptions, folder: string): Executable => {
  const { id, description } = deviceOf(options);
  return {
    description,
    async measure(context) {
      const raw = await timeModel(modelOf(network.graph, network.weights, { options, context }), { options, folder, context });
      return { ms: median(raw), source: 'measured', samples: raw.length, spread: medianAbsoluteDeviation(raw), deviceId: id, raw };
    },
    dispose: async () => {},
  };
};

const createTarget = (options: ExecOptions, folder: string): Target => {
  if (options.pattern !== undefined) checkPattern(options.pattern);
  const { description } = deviceOf(options);
  const calls = shown(commandFor(argumentsOf(options.command), modelFile));
  return {
    name: 'exec',
    options: { ...options },
    capabilities: { dtypes: ['float32'], opset: options.opset },
    device: () => Promise.resolve(deviceOf(options)),
    supports: (node, { ops }) => hasOnnxLowering(node, ops),
    legalize: [],
    kernels: [],
    emit: async (network, onnx, { registry: { ops } }) =>
      emitModel(network, onnx, ops, { latency: `Latency is what \`${calls}\` prints, on ${description}.` }),
    build: (_emitted, network) => Promise.resolve(load(network, options, folder)),
    timer: (space, context) => Promise.resolve(createNetworkTimer(space, context, options, folder)),
  };
};

export const execTarget: TargetDefinition = {
  name: 'exec',
  description: 'A command of yours that takes an ONNX file and prints milliseconds; emits the ONNX model.',
  optionsSchema,
  create: (options, { folder }) => createTarget(options as unknown as ExecOptions, folder), // checked against the schema
};
