// Targets that this machine cannot run and that are known by a profile: what is emitted is the ONNX model, what it will take is
// predicted.
import { sha256 } from '@nasc/core';
import type { Profile, Target, TargetDefinition } from '@nasc/core';
import { canonicalJson } from '@nasc/ir';
import { emitModel, hasOnnxLowering, opsets } from '@nasc/onnx';
import { readProfile } from '@nasc/profile';
import { pixel1 } from './pixel1.ts';

const createTarget = (name: string, profile: Profile, options: Readonly<Record<string, unknown>>): Target => {
  const { id, description } = profile.device;
  // Other measurements of the same device are another answer.
  const device = { id: `${id}-${sha256(canonicalJson(profile as never)).slice(0, 10)}`, description };
  return {
    name,
    options,
    capabilities: { dtypes: ['float32'], opset: opsets.newest },
    device: () => Promise.resolve(device),
    supports: (node, { ops }) => hasOnnxLowering(node, ops),
    legalize: [],
    kernels: [],
    emit: async (network, onnx, { registry }) =>
      emitModel(network, onnx, registry.ops, {
        latency: `Its latency was not measured here: it is predicted from a profile of the device (${description}).`,
      }),
    profile,
  };
};

export const pixel1Target: TargetDefinition = {
  name: 'pixel1',
  description: 'The Pixel 1 phone, by the published table of the blocks of proxyless-imagenet; emits the ONNX model.',
  optionsSchema: { type: 'object', properties: {}, additionalProperties: false },
  create: (options) => createTarget('pixel1', pixel1, options),
};

export const profileTarget: TargetDefinition = {
  name: 'profile',
  description: 'A device that is known by a profile, measured elsewhere or imported; emits the ONNX model.',
  optionsSchema: {
    type: 'object',
    properties: {
      file: {
        type: 'string',
        minLength: 1,
        description: 'What `nasc profile`, or `nasc profile import`, wrote; starts from the folder of the config.',
      },
    },
    required: ['file'],
    additionalProperties: false,
  },
  create: ({ file }, { folder }) => createTarget('profile', readProfile(file as string, folder), { file }),
};
