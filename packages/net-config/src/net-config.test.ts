import { validateSpace } from '@nasc/config';
import type { UserSpace } from '@nasc/config';
import { DiagnosticError, formatDiagnostics } from '@nasc/diagnostics';
import { expandSpace } from '@nasc/expand';
import { choicesOf, hashGraph, initialiseParameters, lookupOf, parametersOf } from '@nasc/ir';
import type { NetworkGraph } from '@nasc/ir';
import { macros, primitiveOps } from '@nasc/ops';
import { mobileSmall, proxylessImagenet, proxylessNetworks } from '@nasc/spaces';
import { instantiatePath } from '@nasc/transforms';
import { describe, expect, test } from 'vitest';
import { isNetConfig, readNetConfig, readTorchTensor, recogniseNetwork, torchParameters, torchShape, writeNetConfig } from './index.ts';

const registry = { ops: lookupOf(primitiveOps), macros: lookupOf(macros) };
const graphOf = (space: UserSpace, path: readonly number[] = []): NetworkGraph => {
  const { resolution, minimum, channels, classes } = validateSpace(space, space.name).input;
  const side = (resolution ?? minimum)!;
  return instantiatePath(
    expandSpace(validateSpace(space, space.name), { inputShape: [side, side, channels!], classes: classes! }, registry),
    path,
  );
};
const textOf = (graph: NetworkGraph): string => {
  const written = writeNetConfig(graph);
  if ('reason' in written) throw new Error(written.reason);
  return written.text;
};
const read = (text: string): NetworkGraph => graphOf(readNetConfig(JSON.parse(text), 'read', 'net.config#'));

const convLayer = (inside: number, outside: number, kernel: number, stride: number) => ({
  name: 'ConvLayer',
  kernel_size: kernel,
  stride,
  dilation: 1,
  groups: 1,
  bias: false,
  has_shuffle: false,
  in_channels: inside,
  out_channels: outside,
  use_bn: true,
  act_func: 'relu6',
  dropout_rate: 0,
  ops_order: 'weight_bn_act',
});
const shortcut = (channels: number) => ({
  name: 'IdentityLayer',
  in_channels: channels,
  out_channels: channels,
  use_bn: false,
  act_func: null,
  dropout_rate: 0,
  ops_order: 'weight_bn_act',
});
const mbConv = (inside: number, outside: number, kernel: number, stride: number, ratio: number) => ({
  name: 'MobileInvertedResidualBlock',
  mobile_inverted_conv: {
    name: 'MBInvertedConvLayer',
    in_channels: inside,
    out_channels: outside,
    kernel_size: kernel,
    stride,
    expand_ratio: ratio,
    mid_channels: null as number | null,
  },
  shortcut: stride === 1 && inside === outside ? shortcut(inside) : null,
});

/** As the released search code writes a network that it found. */
const small = {
  name: 'ProxylessNASNets',
  bn: { momentum: 0.1, eps: 0.001 },
  first_conv: convLayer(3, 8, 3, 2),
  blocks: [
    mbConv(8, 4, 3, 1, 1),
    mbConv(4, 6, 5, 2, 3),
    { name: 'MobileInvertedResidualBlock', mobile_inverted_conv: { name: 'ZeroLayer', stride: 1 }, shortcut: shortcut(6) },
    mbConv(6, 6, 3, 1, 6),
  ],
  feature_mix_layer: convLayer(6, 16, 1, 1),
  classifier: {
    name: 'LinearLayer',
    in_features: 16,
    out_features: 5,
    bias: true,
    use_bn: false,
    act_func: null,
    dropout_rate: 0.1,
    ops_order: 'weight_bn_act',
  },
};

test('a file is a space without choices: the stages begin where size or channels change', () => {
  expect(isNetConfig(small)).toBe(true);
  expect(isNetConfig(mobileSmall)).toBe(false);
  expect(readNetConfig(small, 'small', 'net.config#')).toEqual({
    name: 'small',
    input: { resolution: 224, channels: 3, classes: 5 },
    batchNorm: { momentum: 0.1, epsilon: 0.001 },
    activation: 'relu6',
    stem: [
      { name: 'stem', macro: 'convBnAct', kernel: 3, stride: 2, width: 8 },
      { name: 'first', macro: 'mbConv', kernel: 3, expansion: 1, width: 4, stride: 1 },
    ],
    candidates: [
      { name: 'k5e3', macro: 'mbConv', kernel: 5, expansion: 3 },
      { name: 'k3e6', macro: 'mbConv', kernel: 3, expansion: 6 },
    ],
    stages: [{ width: 6, stride: 2, blocks: 3 }],
    choose: ['k5e3', 'zero', 'k3e6'],
    head: [
      { name: 'mix', macro: 'convBnAct', kernel: 1, stride: 1, width: 16 },
      { name: 'head', macro: 'linearHead', dropout: 0.1 },
    ],
  });
  expect(JSON.parse(textOf(read(JSON.stringify(small))))).toEqual(small);
});

describe('round trips', () => {
  test.each(proxylessNetworks.map((space) => [space.name, space] as const))('%s: the same graph, the same file', (_name, space) => {
    const graph = graphOf(space);
    const text = textOf(graph);
    expect(hashGraph(read(text))).toBe(hashGraph(graph));
    expect(textOf(read(text))).toBe(text);
    expect(JSON.parse(text)).not.toHaveProperty('resolution');
  });

  test('a network found in the paper’s space, and one in a space for small images: the same graph, ids included', () => {
    const paths = [
      { space: proxylessImagenet, path: [0, 6, 5, 1, 2, 3, 4, 6, 5, 0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4] },
      { space: mobileSmall, path: [7, 3, 1, 0, 7, 2, 5, 6] },
    ];
    for (const { space, path } of paths) {
      const graph = graphOf(space, path);
      expect(choicesOf(graph)).toEqual([]);
      expect(hashGraph(read(textOf(graph)))).toBe(hashGraph(graph));
    }
    expect(JSON.parse(textOf(graphOf(mobileSmall, paths[1]!.path)))).toMatchObject({ resolution: 28 });
  });

  test('channels inside that are no multiple; files of later networks of the authors', () => {
    const later = {
      ...small,
      resolution: 64,
      bn: { momentum: 0.1, eps: 1e-5, ws_eps: null },
      blocks: [
        { ...mbConv(8, 8, 3, 1, 1), shortcut: null },
        {
          ...mbConv(8, 6, 7, 2, 3),
          mobile_inverted_conv: { ...mbConv(8, 6, 7, 2, 3).mobile_inverted_conv, mid_channels: 23, use_se: false },
        },
      ],
      feature_mix_layer: null,
      classifier: { ...small.classifier, in_features: 6 },
    };
    const graph = read(JSON.stringify(later));
    expect(graph.nodes.find(({ id }) => id.endsWith('.depthwise') && !id.startsWith('first'))!.type.shape).toEqual([16, 16, 23]);
    const [, second] = (JSON.parse(textOf(graph)) as typeof later).blocks;
    expect(second!.mobile_inverted_conv).toMatchObject({ mid_channels: 23, expand_ratio: 23 / 8 });
    expect(hashGraph(read(textOf(graph)))).toBe(hashGraph(graph));
  });
});

test('what the format cannot say is not written, and why', () => {
  const reasonOf = (changes: Partial<UserSpace>, shape: readonly [number, number, number] = [32, 32, 3]) => {
    const stages = [{ width: 8, blocks: 1, candidates: [{ macro: 'mbConv', kernel: 3, expansion: 2 }], zero: 'never' }] as const;
    const { stem, head } = proxylessImagenet;
    const space = validateSpace({ name: 'own', stem, stages, head, ...changes }, 'own');
    const written = writeNetConfig(expandSpace(space, { inputShape: shape, classes: 2 }, registry) as NetworkGraph);
    return 'reason' in written ? written.reason : written.text;
  };
  const stage = (candidate: object) => ({
    stages: [{ width: 8, blocks: 1, candidates: [candidate as { macro: string }], zero: 'never' as const }],
  });
  expect(reasonOf(stage({ macro: 'mbConv', kernel: 3, expansion: 2, squeezeExcite: true }))).toBe(
    'the block "stage1.block1" is none of its layers (conv2d, batchNorm, relu6, depthwiseConv2d, globalAvgPool, linear, relu, hSigmoid, mul)',
  );
  expect(reasonOf(stage({ macro: 'mbConv', kernel: 3, expansion: 2, activation: 'hSwish' }))).toBe(
    'the block "stage1.block1" is none of its layers (conv2d, batchNorm, hSwish, depthwiseConv2d)',
  );
  expect(reasonOf({ activation: 'relu' })).toBe('its first block is not a convolution with batch normalisation and relu6');
  expect(reasonOf(stage({ name: 'wide', macro: 'mbConv', kernel: 3, expansion: 1.01 }))).toBe(
    'block 2 expands to as many channels as it gets',
  );
  expect(reasonOf({}, [32, 48, 3])).toBe('its images are not square');
  expect(reasonOf({ stem: [{ macro: 'convBnAct', kernel: 3, width: 9, groups: 3 }] })).toBe('the convolution "stem1.conv" has groups');
});

describe('weights', () => {
  const graph = read(JSON.stringify({ ...small, resolution: 8 }));
  const recognised = recogniseNetwork(graph);
  const parameters = 'network' in recognised ? torchParameters(recognised.network) : [];

  test('every parameter of the network has one name in PyTorch, at its place in the file', () => {
    expect(parameters.map(({ id }) => id).toSorted()).toEqual(
      parametersOf(graph, registry.ops)
        .map(({ id }) => id)
        .toSorted(),
    );
    const names = new Map(parameters.map(({ name, id }) => [name, id]));
    expect(names.size).toBe(parameters.length);
    expect([...names.keys()].slice(0, 5)).toEqual(
      ['conv.weight', 'bn.weight', 'bn.bias', 'bn.running_mean', 'bn.running_var'].map((name) => `first_conv.${name}`),
    );
    expect(Object.fromEntries(names)).toMatchObject({
      'blocks.0.mobile_inverted_conv.depth_conv.conv.weight': 'first.depthwise.weight',
      'blocks.3.mobile_inverted_conv.inverted_bottleneck.bn.running_var': 'stage1.block3.k3e6.expandBn.runningVariance',
      'blocks.3.mobile_inverted_conv.point_linear.bn.bias': 'stage1.block3.k3e6.projectBn.shift',
      'feature_mix_layer.conv.weight': 'mix.conv.weight',
      'classifier.linear.bias': 'head.logits.bias',
    });
    expect(parameters.some(({ name }) => name.startsWith('blocks.2.'))).toBe(false);
  });

  test('axes: each value lies where its four indices say', () => {
    const shapes = new Map([...initialiseParameters(graph, registry.ops, 0)].map(([id, { shape }]) => [id, shape]));
    for (const parameter of parameters) {
      const shape = torchShape(parameter, shapes.get(parameter.id)!);
      const count = shape.reduce((product, size) => product * size, 1);
      const { shape: own, data } = readTorchTensor(parameter, { shape, data: Float32Array.from({ length: count }, (_, index) => index) });
      expect(own).toEqual(shapes.get(parameter.id));
      const at = (sizes: readonly number[], ...indices: number[]) =>
        indices.reduce((place, index, axis) => place * sizes[axis]! + index, 0);
      if (parameter.name === 'classifier.linear.weight') expect(data[at(own, 11, 3)]).toBe(at(shape, 3, 11));
      if (parameter.name === 'first_conv.conv.weight') expect(data[at(own, 2, 1, 0, 7)]).toBe(at(shape, 7, 0, 2, 1));
      if (parameter.name.endsWith('1.mobile_inverted_conv.depth_conv.conv.weight'))
        expect(data[at(own, 4, 1, 9)]).toBe(at(shape, 9, 0, 4, 1));
      if (parameter.axes.length === 1) expect(data).toEqual(Float32Array.from({ length: count }, (_, index) => index));
    }
  });
});

describe('messages', () => {
  const failure = (value: unknown): string => {
    try {
      readNetConfig(value, 'read', 'net.config#');
    } catch (error) {
      if (error instanceof DiagnosticError) return formatDiagnostics(error.diagnostics);
      throw error;
    }
    return 'no error';
  };

  test('layers that nasc does not read, at their places, all at once', () => {
    const [first, second, , last] = small.blocks;
    const found = failure({
      ...small,
      first_conv: { ...small.first_conv, act_func: 'swish' },
      blocks: [
        first,
        { ...second, mobile_inverted_conv: { ...second!.mobile_inverted_conv, use_se: true } },
        { ...last, shortcut: null },
        { ...mbConv(6, 6, 3, 2, 3), shortcut: shortcut(6) },
      ],
      attention: 'yes',
    });
    expect(found).toBe(`error NET_CONFIG_UNSUPPORTED: "act_func" is "swish": of this format only networks with "relu6" are read.
  at net.config#/first_conv/act_func
  hint: Write the network as a search space of one candidate a block: schemas/space.schema.json.
error NET_CONFIG_UNSUPPORTED: "use_se" is true: of this format only networks with false are read.
  at net.config#/blocks/1/mobile_inverted_conv/use_se
  hint: Write the network as a search space of one candidate a block: schemas/space.schema.json.
error NET_CONFIG_SHORTCUT: This block keeps size and channels, and has no shortcut.
  at net.config#/blocks/2
  hint: Only the first block may: every other one that keeps both gets a shortcut here.
error NET_CONFIG_SHORTCUT: This block has a shortcut, and changes size or channels.
  at net.config#/blocks/3
  hint: Set "shortcut" to null, or "stride" to 1 and "out_channels" to "in_channels".
error NET_CONFIG_UNSUPPORTED: "attention" is "yes": what that means is not known here.
  at net.config#/attention
  hint: Write the network as a search space of one candidate a block: schemas/space.schema.json.`);
  });

  test('values that are none, and channels that do not fit', () => {
    const [first, ...others] = small.blocks;
    expect(
      failure({
        ...small,
        blocks: [first, ...others.slice(0, 2), mbConv(7, 6, 3, 2, 3)],
        first_conv: { ...small.first_conv, kernel_size: '3' },
        classifier: { ...small.classifier, dropout_rate: 2, name: 'Linear' },
      }),
    ).toBe(`error NET_CONFIG_MALFORMED: "kernel_size" has to be a whole number of at least 1, and is "3".
  at net.config#/first_conv/kernel_size
  hint: docs/published-networks.md describes the format.
error NET_CONFIG_CHANNELS: "in_channels" is 7, but 6 channels reach this layer.
  at net.config#/blocks/3/mobile_inverted_conv/in_channels
  hint: Each layer takes what the one before it gives.
error NET_CONFIG_MALFORMED: "name" has to be "LinearLayer", and is "Linear".
  at net.config#/classifier/name
  hint: docs/published-networks.md describes the format.
error NET_CONFIG_MALFORMED: "dropout_rate" has to be a number of at least 0 and below 1, and is 2.
  at net.config#/classifier/dropout_rate
  hint: docs/published-networks.md describes the format.`);
  });
});
