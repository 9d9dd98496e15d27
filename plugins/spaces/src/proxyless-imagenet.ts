// The paper's ImageNet space, as its released search code has it: 21 choices, 6^6 * 7^15 networks.
import type { UserSpace } from '@nasc/config';

export const proxylessImagenet = {
  name: 'proxyless-imagenet',
  description: 'The ImageNet space of ProxylessNAS (Cai et al., ICLR 2019): MBConv k{3,5,7} e{3,6}, depth by Zero.',
  input: { resolution: 224, channels: 3, classes: 1000 },
  batchNorm: { momentum: 0.1, epsilon: 0.001 },
  activation: 'relu6',
  stem: [
    { name: 'stem', macro: 'convBnAct', kernel: 3, stride: 2, width: 32 },
    { name: 'first', macro: 'mbConv', kernel: 3, expansion: 1, width: 16 },
  ],
  candidates: [
    { macro: 'mbConv', kernel: 3, expansion: 3 },
    { macro: 'mbConv', kernel: 3, expansion: 6 },
    { macro: 'mbConv', kernel: 5, expansion: 3 },
    { macro: 'mbConv', kernel: 5, expansion: 6 },
    { macro: 'mbConv', kernel: 7, expansion: 3 },
    { macro: 'mbConv', kernel: 7, expansion: 6 },
  ],
  stages: [
    { width: 24, blocks: 4, stride: 2 },
    { width: 40, blocks: 4, stride: 2 },
    { width: 80, blocks: 4, stride: 2 },
    { width: 96, blocks: 4, stride: 1 },
    { width: 192, blocks: 4, stride: 2 },
    { width: 320, blocks: 1, stride: 1 },
  ],
  head: [
    { name: 'mix', macro: 'convBnAct', kernel: 1, width: 1280, scaleDown: false },
    { name: 'head', macro: 'linearHead' },
  ],
} satisfies UserSpace;
