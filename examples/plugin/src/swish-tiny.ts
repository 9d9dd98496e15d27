// A search space that names the macro.
import type { SpaceDefinition } from 'nasc/plugin';

export const swishTiny: SpaceDefinition = {
  name: 'swish-tiny',
  description: 'Two stages for images of 12 to 32 pixels: inverted bottlenecks or convolutions with learned swish.',
  space: {
    name: 'swish-tiny',
    input: { minimum: 12, maximum: 32 },
    activation: 'hSwish',
    stem: [{ name: 'stem', macro: 'convBnAct', kernel: 3, stride: 2, width: 8 }],
    candidates: [
      { macro: 'mbConv', kernel: 3, expansion: 2 },
      { macro: 'swishBlock', kernel: 3 },
      { macro: 'swishBlock', kernel: 1, initialBeta: 1.5, name: 'swishMix' },
    ],
    stages: [
      { width: 8, blocks: 1 },
      { width: 16, blocks: 2, stride: 2 },
    ],
    head: [
      { name: 'mix', macro: 'swishBlock', kernel: 1, width: 24 },
      { name: 'head', macro: 'linearHead' },
    ],
  },
};
