// The network as the authors' code would read it.
import type { NetworkGraph } from '@nasc/ir';
import { usualResolution } from './net-config.ts';
import type { ConvLayer, IdentityLayer, MBInvertedConvLayer, NetConfig } from './net-config.ts';
import { recogniseNetwork } from './recognise-network.ts';
import type { BlockLayers, NormalisedConvolution, RecognisedNetwork } from './recognise-network.ts';

const convLayer = ({ kernel, stride, channelsIn, channelsOut }: NormalisedConvolution): ConvLayer => ({
  name: 'ConvLayer',
  kernel_size: kernel,
  stride,
  dilation: 1,
  groups: 1,
  bias: false,
  has_shuffle: false,
  in_channels: channelsIn,
  out_channels: channelsOut,
  use_bn: true,
  act_func: 'relu6',
  dropout_rate: 0,
  ops_order: 'weight_bn_act',
});

const identityLayer = (channels: number): IdentityLayer => ({
  name: 'IdentityLayer',
  in_channels: channels,
  out_channels: channels,
  use_bn: false,
  act_func: null,
  dropout_rate: 0,
  ops_order: 'weight_bn_act',
});

const mbConvLayer = ({ expand, depthwise, project }: BlockLayers & { readonly kind: 'mbConv' }): MBInvertedConvLayer => {
  const channelsIn = (expand ?? depthwise).channelsIn;
  const ratio = depthwise.channelsIn / channelsIn;
  return {
    name: 'MBInvertedConvLayer',
    in_channels: channelsIn,
    out_channels: project.channelsOut,
    kernel_size: depthwise.kernel,
    stride: depthwise.stride,
    expand_ratio: ratio,
    mid_channels: Number.isInteger(ratio) ? null : depthwise.channelsIn,
  };
};

const blockOf = (block: BlockLayers): NetConfig['blocks'][number] => {
  const isZero = block.kind === 'zero';
  const shortcut = isZero || block.shortcut;
  const channels = isZero ? block.channels : block.project.channelsOut;
  return {
    name: 'MobileInvertedResidualBlock',
    mobile_inverted_conv: isZero ? { name: 'ZeroLayer', stride: 1 } : mbConvLayer(block),
    shortcut: shortcut ? identityLayer(channels) : null,
  };
};

const netConfigOf = (network: RecognisedNetwork): NetConfig => {
  const { batchNorm, firstConv, blocks, featureMix, classifier, inputShape } = network;
  const [side] = inputShape;
  return {
    name: 'ProxylessNASNets',
    bn: { momentum: batchNorm.momentum, eps: batchNorm.epsilon },
    first_conv: convLayer(firstConv),
    blocks: blocks.map(blockOf),
    feature_mix_layer: featureMix ? convLayer(featureMix) : null,
    classifier: {
      name: 'LinearLayer',
      in_features: classifier.features,
      out_features: classifier.classes,
      bias: true,
      use_bn: false,
      act_func: null,
      dropout_rate: classifier.dropout,
      ops_order: 'weight_bn_act',
    },
    ...(side !== usualResolution && { resolution: side! }),
  };
};

/** The file's text, or why the format cannot say this network. It is the trained network: batch normalisation not folded, Zero still there. */
export const writeNetConfig = (graph: NetworkGraph): { readonly text: string } | { readonly reason: string } => {
  const recognised = recogniseNetwork(graph);
  if ('reason' in recognised) return recognised;
  const { inputShape, blocks } = recognised.network;
  if (inputShape[0] !== inputShape[1]) return { reason: 'its images are not square' };
  const halves = blocks.findIndex(
    (block) => block.kind === 'mbConv' && block.expand && block.depthwise.channelsIn === block.expand.channelsIn,
  );
  if (halves >= 0) return { reason: `block ${halves + 1} expands to as many channels as it gets` };
  return { text: `${JSON.stringify(netConfigOf(recognised.network), undefined, 4)}\n` };
};
