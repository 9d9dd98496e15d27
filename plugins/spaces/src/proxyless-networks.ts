// The ImageNet networks that the authors of ProxylessNAS published, layer by layer, as spaces in which nothing is left to choose.
// Accuracy and latency are theirs: top-1 on the validation images; one image on a Pixel 1 or on a Xeon E5-2640 v4, eight on a V100.
import type { UserSpace } from '@nasc/config';
import { proxylessImagenet } from './proxyless-imagenet.ts';

/** Width, stride and blocks; k5e3 is MBConv with kernel 5 and expansion 3, zero a block that the search left out. */
type StageRow = readonly [width: number, stride: number, blocks: string];

interface Network {
  readonly name: string;
  readonly description: string;
  /** Channels of the stem, and of the block without expansion behind it. */
  readonly stem: readonly [number, number];
  readonly stages: readonly StageRow[];
  /** Channels of the last convolution. */
  readonly mix: number;
  /** Before the classifier, in training. */
  readonly dropout: number;
}

const networks: readonly Network[] = [
  {
    name: 'proxyless-gpu',
    description: 'Found for a GPU (V100): 75.1 % top-1, 5.1 ms there.',
    stem: [40, 24],
    stages: [
      [32, 2, 'k5e3 zero zero zero'],
      [56, 2, 'k7e3 zero zero k3e3'],
      [112, 2, 'k7e6 zero zero k5e3'],
      [128, 1, 'k5e6 zero k3e3 k5e3'],
      [256, 2, 'k7e6 k7e6 k7e6 k5e6'],
      [432, 1, 'k7e6'],
    ],
    mix: 1728,
    dropout: 0.3,
  },
  {
    name: 'proxyless-cpu',
    description: 'Found for a CPU (Xeon E5-2640 v4): 75.3 % top-1, 138.7 ms there.',
    stem: [40, 24],
    stages: [
      [32, 2, 'k3e6 k3e3 k3e3 k3e3'],
      [48, 2, 'k3e6 k3e3 k3e3 k5e3'],
      [88, 2, 'k3e6 zero zero k3e3'],
      [104, 1, 'k5e6 k3e3 k3e3 k3e3'],
      [216, 2, 'k5e6 k5e3 k5e3 k3e3'],
      [360, 1, 'k5e6'],
    ],
    mix: 1432,
    dropout: 0.2,
  },
  {
    name: 'proxyless-mobile',
    description: 'Found for a phone (Pixel 1): 74.6 % top-1, 78 ms there.',
    stem: [32, 16],
    stages: [
      [32, 2, 'k5e3 k3e3 zero zero'],
      [40, 2, 'k7e3 k3e3 k5e3 k5e3'],
      [80, 2, 'k7e6 k5e3 k5e3 k5e3'],
      [96, 1, 'k5e6 k5e3 k5e3 k5e3'],
      [192, 2, 'k7e6 k7e6 k7e3 k7e3'],
      [320, 1, 'k7e6'],
    ],
    mix: 1280,
    dropout: 0.1,
  },
  {
    name: 'proxyless-mobile14',
    description: 'Proxyless-Mobile with 1.4 times the channels: 76.7 % top-1, 147 ms on a Pixel 1.',
    stem: [48, 24],
    stages: [
      [40, 2, 'k5e3 k3e3 zero zero'],
      [56, 2, 'k7e3 k3e3 k5e3 k5e3'],
      [112, 2, 'k7e6 k5e3 k5e3 k5e3'],
      [136, 1, 'k5e6 k5e3 k5e3 k5e3'],
      [256, 2, 'k7e6 k7e6 k7e3 k7e3'],
      [448, 1, 'k7e6'],
    ],
    mix: 1792,
    dropout: 0.3,
  },
];

/** In place of the choices of the paper's space the blocks that were chosen. */
const spaceOf = ({ name, description, stem: [stem, first], stages, mix, dropout }: Network) =>
  ({
    ...proxylessImagenet,
    name,
    description,
    stem: [
      { name: 'stem', macro: 'convBnAct', kernel: 3, stride: 2, width: stem },
      { name: 'first', macro: 'mbConv', kernel: 3, expansion: 1, width: first },
    ],
    stages: stages.map(([width, stride, blocks]) => ({ width, stride, blocks: blocks.split(' ').length })),
    choose: stages.flatMap(([, , blocks]) => blocks.split(' ')),
    head: [
      { name: 'mix', macro: 'convBnAct', kernel: 1, width: mix },
      { name: 'head', macro: 'linearHead', dropout },
    ],
  }) satisfies UserSpace;

export const proxylessNetworks = networks.map(spaceOf);
