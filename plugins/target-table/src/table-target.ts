// Targets that this machine cannot run and that are known by a table: what is emitted is the ONNX model, what it will take is the
// sum of its blocks.
import { sha256 } from '@nasc/core';
import type { Target, TargetDefinition } from '@nasc/core';
import { canonicalJson } from '@nasc/ir';
import { emitModel, hasOnnxLowering, opsets } from '@nasc/onnx';
import type { LatencyTable } from './latency-table.ts';
import { lookUp } from './look-up.ts';
import { pixel1 } from './pixel1.ts';
import { readTable } from './read-table.ts';

const createTarget = (name: string, table: LatencyTable, options: Readonly<Record<string, unknown>>): Target => {
  const { device: deviceName, entries } = table;
  const device = {
    id: `${name}-${sha256(canonicalJson({ device: deviceName, entries: Object.fromEntries(entries) })).slice(0, 10)}`,
    description: `${deviceName}: a table of ${entries.size} blocks, nothing is measured`,
  };
  return {
    name,
    options,
    capabilities: { dtypes: ['float32'], opset: opsets.newest, latenciesKnown: true },
    device: () => Promise.resolve(device),
    supports: (node, { ops }) => hasOnnxLowering(node, ops),
    legalize: [],
    kernels: [],
    emit: async (network, onnx, { registry }) =>
      emitModel(network, onnx, registry.ops, {
        latency: `Its latency was not measured: it is the sum of what its blocks take by a table (${deviceName}).`,
      }),
    measureBlocks: (space) => Promise.resolve().then(() => lookUp(space, name, table, device)),
  };
};

export const pixel1Target: TargetDefinition = {
  name: 'pixel1',
  description: 'The Pixel 1 phone, by the published table of the blocks of proxyless-imagenet; emits the ONNX model.',
  optionsSchema: { type: 'object', properties: {}, additionalProperties: false },
  create: (options) => createTarget('pixel1', pixel1, options),
};

export const tableTarget: TargetDefinition = {
  name: 'table',
  description: 'A device that is known by a table of block latencies, in a file; emits the ONNX model.',
  optionsSchema: {
    type: 'object',
    properties: {
      file: {
        type: 'string',
        minLength: 1,
        description: 'The table, in the format of docs/formats.md; starts from the folder of the config.',
      },
    },
    required: ['file'],
    additionalProperties: false,
  },
  create: ({ file }, { folder }) => createTarget('table', readTable(file as string, folder), { file }),
};
