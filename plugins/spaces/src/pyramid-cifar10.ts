// The paper's CIFAR-10 space: a PyramidNet whose blocks are trees of learnable edges, 648 choices, 7^648 networks. Of each edge the
// published search code has these candidates in this order.
import type { UserSpace } from '@nasc/config';

/** Width of the k-th of 54 blocks: 4 w, w = 16 + 84 k / 54 rounded, and down to even (PyramidNet, alpha 84). */
const widths = (group: number): number[] =>
  Array.from({ length: 18 }, (_, index) => 4 * 2 * Math.floor(Math.round(16 + (84 * (18 * group + index + 1)) / 54) / 2));

export const pyramidCifar10 = {
  name: 'pyramid-cifar10',
  description: 'The CIFAR-10 space of ProxylessNAS (Cai et al., ICLR 2019): PyramidNet with 54 blocks, each a tree of 12 learnable edges.',
  input: { resolution: 32, channels: 3, classes: 10 },
  activation: 'relu',
  stem: [{ name: 'stem', macro: 'convBnAct', kernel: 3, width: 16, activation: null }],
  candidates: [
    { macro: 'separableConv', kernel: 3, dilation: 2 },
    { macro: 'identity' },
    { macro: 'separableConv', kernel: 3 },
    { macro: 'separableConv', kernel: 5 },
    { macro: 'separableConv', kernel: 7 },
    { macro: 'avgPool', kernel: 3 },
    { macro: 'maxPool', kernel: 3 },
  ],
  stages: [0, 1, 2].map((group) => ({
    block: { macro: 'treeBlock' },
    width: widths(group),
    blocks: 18,
    stride: group === 0 ? 1 : 2,
  })),
  head: [
    { name: 'last', macro: 'bnAct' },
    { name: 'head', macro: 'linearHead' },
  ],
} satisfies UserSpace;
