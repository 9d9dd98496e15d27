// The networks of `bench/codegen.js`: published ones, as spaces in which nothing is left to choose, and those of our own searches.
import { readFileSync } from 'node:fs';

const imagenet = { resolution: 224, channels: 3, classes: 1000 };

/** Sandler et al., CVPR 2018, Table 2: width, stride and number of blocks. */
const mobilenetV2 = {
  name: 'mobilenet-v2',
  stem: [
    { name: 'stem', macro: 'convBnAct', kernel: 3, stride: 2, width: 32 },
    { name: 'first', macro: 'mbConv', kernel: 3, expansion: 1, width: 16 },
  ],
  candidates: [{ macro: 'mbConv', kernel: 3, expansion: 6 }],
  stages: [
    [24, 2, 2],
    [32, 2, 3],
    [64, 2, 4],
    [96, 1, 3],
    [160, 2, 3],
    [320, 1, 1],
  ].map(([width, stride, blocks]) => ({ width, stride, blocks, zero: 'never' })),
  head: [
    { name: 'mix', macro: 'convBnAct', kernel: 1, width: 1280 },
    { name: 'head', macro: 'linearHead' },
  ],
};

const published = [
  { name: 'mobilenet-v2', size: 'large', input: imagenet, space: mobilenetV2 },
  { name: 'proxyless-mobile', size: 'large', input: imagenet, space: 'proxyless-mobile' },
];

/** What `bench/codegen/search.js` found: the candidates of a built-in space, choice by choice. */
const searched = JSON.parse(readFileSync(new URL('searched.json', import.meta.url), 'utf8')).map(({ name, space, input, blocks }) => ({
  name,
  size: input.resolution === 224 ? 'large' : 'small',
  input,
  space,
  blocks,
}));

/** `size`: "large" at 224x224, "small" at 28x28 to 64x64. `space`: a space, or the name of a built-in one and `blocks` of it. */
export const networks = [...published, ...searched];
