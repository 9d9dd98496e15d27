// A file of the format as a space of which every candidate is chosen: ids and stages are those that the space had in which such a
// network is found.
import type { UserSpace } from '@nasc/config';
import { DiagnosticError } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';
import { layerReader } from './layer-reader.ts';
import type { LayerReader } from './layer-reader.ts';
import { messages } from './messages.ts';
import { usualBatchNorm, usualResolution } from './net-config.ts';

/** Whether a parsed file is meant to be one of this format. */
export const isNetConfig = (value: unknown): boolean => typeof value === 'object' && value !== null && 'first_conv' in value;

interface ReadBlock {
  readonly kernel: number;
  readonly stride: number;
  readonly expansion: number;
  readonly width: number;
  readonly isZero: boolean;
  readonly shortcut: boolean;
}

const convDefaults = { dilation: 1, groups: 1, bias: false, has_shuffle: false, use_bn: true, act_func: 'relu6', dropout_rate: 0 } as const;
const order = { ops_order: 'weight_bn_act' } as const;

const checkChannels = (layer: LayerReader, key: string, reaching: number): void => {
  const found = layer.count(key);
  if (found !== reaching) layer.tell(messages.channels(key, found, reaching, `${layer.at}/${key}`));
};

const readConvLayer = (layer: LayerReader) => {
  layer.className(['ConvLayer']);
  layer.only({ ...convDefaults, ...order });
  return { kernel: layer.count('kernel_size'), stride: layer.count('stride'), width: layer.count('out_channels') };
};

const readShortcut = (block: LayerReader): boolean => {
  const layer = block.layer('shortcut');
  if (!layer) return false;
  layer.className(['IdentityLayer']);
  layer.only({ use_bn: false, act_func: null, dropout_rate: 0, ...order });
  return true;
};

/** As Python rounds. */
const roundHalfToEven = (value: number): number => (value % 1 === 0.5 ? 2 * Math.round(value / 2) : Math.round(value));

const readMbConv = (layer: LayerReader, reaching: number) => {
  checkChannels(layer, 'in_channels', reaching);
  layer.only({ act_func: 'relu6', use_se: false });
  const ratio = layer.number('expand_ratio', Number.MIN_VALUE, Infinity, 6);
  const inside = layer.optionalCount('mid_channels');
  // Without expansion the channels inside are those that reach the block, whatever else is said.
  const expansion = ratio === 1 ? 1 : (inside ?? roundHalfToEven(reaching * ratio)) / reaching;
  return { kernel: layer.count('kernel_size'), stride: layer.count('stride'), expansion, width: layer.count('out_channels') };
};

const readBlock = (block: LayerReader, reaching: number, index: number): ReadBlock => {
  block.className(['MobileInvertedResidualBlock']);
  const layer = block.requiredLayer('mobile_inverted_conv');
  const isZero = layer.className(['MBInvertedConvLayer', 'ZeroLayer']) === 'ZeroLayer';
  const shortcut = readShortcut(block);
  const size = isZero ? { kernel: 1, stride: layer.count('stride'), expansion: 1, width: reaching } : readMbConv(layer, reaching);
  layer.finish();
  block.finish();
  const keeps = size.stride === 1 && size.width === reaching;
  if (keeps && !shortcut && index > 0) block.tell(messages.shortcutMissing(block.at));
  if (!keeps && shortcut) block.tell(messages.shortcutImpossible(block.at));
  if (isZero && size.stride !== 1) layer.tell(messages.unsupported('stride', size.stride, 1, `${layer.at}/stride`));
  return { ...size, isZero, shortcut };
};

/** Names are parts of ids: no dots. */
const nameOf = ({ isZero, kernel, expansion }: ReadBlock): string =>
  isZero ? 'zero' : `k${kernel}e${expansion}`.replaceAll(/[^\w-]/g, '_');

/** A stage begins where size or channels change. */
const stagesOf = (blocks: readonly ReadBlock[]): UserSpace['stages'] => {
  const stages: { readonly width: number; readonly stride: number; blocks: number }[] = [];
  for (const block of blocks) {
    if (stages.length === 0 || !block.shortcut) stages.push({ width: block.width, stride: block.stride, blocks: 0 });
    stages.at(-1)!.blocks++;
  }
  return stages;
};

const candidatesOf = (blocks: readonly ReadBlock[]): NonNullable<UserSpace['candidates']> => {
  const byName = new Map(
    blocks
      .filter(({ isZero }) => !isZero)
      .map((block) => [nameOf(block), { name: nameOf(block), macro: 'mbConv', kernel: block.kernel, expansion: block.expansion }]),
  );
  return [...byName.values()];
};

const readClassifier = (layer: LayerReader, reaching: number) => {
  layer.className(['LinearLayer']);
  checkChannels(layer, 'in_features', reaching);
  layer.only({ bias: true, use_bn: false, act_func: null, ...order });
  const classes = layer.count('out_features');
  return { classes, dropout: layer.number('dropout_rate', 0, 1, 0) };
};

const readBatchNorm = (file: LayerReader) => {
  const bn = file.layer('bn');
  const momentum = bn?.number('momentum', Number.MIN_VALUE, 1, usualBatchNorm.momentum) ?? usualBatchNorm.momentum;
  const epsilon = bn?.number('eps', Number.MIN_VALUE, Infinity, usualBatchNorm.eps) ?? usualBatchNorm.eps;
  bn?.finish();
  return { momentum, epsilon };
};

/**
 * `name` becomes the space's; `place` ends in a JSON pointer (`net.config#`). Image size and number of classes are what the network is
 * inspected with; a run takes classes and channels of its data set. Throws every NET_CONFIG_... problem at once.
 */
export const readNetConfig = (value: unknown, name: string, place: string): UserSpace => {
  const problems: Diagnostic[] = [];
  const file = layerReader(value, place, problems);
  file.className(['ProxylessNASNets']);
  const batchNorm = readBatchNorm(file);

  const first = file.requiredLayer('first_conv');
  const channels = first.count('in_channels');
  const stem = readConvLayer(first);
  first.finish();
  let reaching = stem.width;
  const blocks = file.layers('blocks').map((block, index) => {
    const read = readBlock(block, reaching, index);
    reaching = read.width;
    return read;
  });
  const mixLayer = file.layer('feature_mix_layer');
  const mix = mixLayer && readConvLayer(mixLayer);
  if (mix) {
    checkChannels(mixLayer, 'in_channels', reaching);
    mixLayer.finish();
    reaching = mix.width;
  }
  const last = file.requiredLayer('classifier');
  const { classes, dropout } = readClassifier(last, reaching);
  last.finish();
  const resolution = file.optionalCount('resolution') ?? usualResolution;
  file.finish();
  if (problems.length > 0) throw new DiagnosticError(problems);

  const [leading] = blocks;
  const inStem = blocks.length > 1 && leading && !leading.shortcut && !leading.isZero ? leading : undefined;
  const others = inStem ? blocks.slice(1) : blocks;
  const candidates = candidatesOf(others);
  return {
    name,
    input: { resolution, channels, classes },
    batchNorm,
    activation: 'relu6',
    stem: [
      { name: 'stem', macro: 'convBnAct', ...stem },
      ...(inStem
        ? [
            {
              name: 'first',
              macro: 'mbConv',
              kernel: inStem.kernel,
              expansion: inStem.expansion,
              width: inStem.width,
              stride: inStem.stride,
            },
          ]
        : []),
    ],
    candidates,
    stages: stagesOf(others),
    // A block is a choice where there is more than one candidate, Zero beside a shortcut included.
    choose: others.filter(({ shortcut }) => shortcut || candidates.length > 1).map(nameOf),
    head: [...(mix ? [{ name: 'mix', macro: 'convBnAct', ...mix }] : []), { name: 'head', macro: 'linearHead', dropout }],
  };
};
