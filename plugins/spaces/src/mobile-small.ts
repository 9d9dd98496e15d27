// A mobile space for small images, in which architecture matters: the largest network has some 35 times the MACs of the
// smallest.
import type { UserSpace } from '@nasc/config';

export const mobileSmall = {
  name: 'mobile-small',
  description: 'MBConv k{3,5,7} e{3,6} and k3 e1, depth by Zero, for images of 28 to 64 pixels.',
  input: { minimum: 28, maximum: 64, channels: 1, classes: 10 },
  stem: [{ name: 'stem', macro: 'convBnAct', kernel: 3, stride: 2, width: 16 }],
  candidates: [
    { macro: 'mbConv', kernel: 3, expansion: 1 },
    { macro: 'mbConv', kernel: 3, expansion: 3 },
    { macro: 'mbConv', kernel: 3, expansion: 6 },
    { macro: 'mbConv', kernel: 5, expansion: 3 },
    { macro: 'mbConv', kernel: 5, expansion: 6 },
    { macro: 'mbConv', kernel: 7, expansion: 3 },
    { macro: 'mbConv', kernel: 7, expansion: 6 },
  ],
  stages: [
    { width: 16, blocks: 2, stride: 1 },
    { width: 32, blocks: 3, stride: 2 },
    { width: 64, blocks: 3, stride: 2 },
  ],
  head: [
    { name: 'mix', macro: 'convBnAct', kernel: 1, width: 160 },
    { name: 'head', macro: 'linearHead' },
  ],
} satisfies UserSpace;
