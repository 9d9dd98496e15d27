// The networks of `bench/codegen.js`: published ones, as spaces in which nothing is left to choose, and those of our own searches.
import { readFileSync } from 'node:fs';

const candidate = (name) => {
  const [, kernel, expansion] = /^k(\d)e(\d)$/.exec(name);
  return { macro: 'mbConv', kernel: Number(kernel), expansion: Number(expansion) };
};

/** A stage of one candidate a block; Zero is left out. */
const stage = ([width, stride, names]) =>
  names
    .map((name, index) => ({ name, stride: index === 0 ? stride : 1 }))
    .filter(({ name }) => name !== 'zero')
    .map((block) => ({ width, stride: block.stride, blocks: 1, zero: 'never', candidates: [candidate(block.name)] }));

const repeat = (name, blocks) => Array(blocks).fill(name);

/** MobileNetV2 and what the paper found in its ImageNet space: stem, one MBConv e1, stages, 1x1 convolution, classifier. */
const imagenet = (name, stages) => ({
  name,
  size: 'large',
  input: { resolution: 224, channels: 3, classes: 1000 },
  space: {
    name,
    stem: [
      { name: 'stem', macro: 'convBnAct', kernel: 3, stride: 2, width: 32 },
      { name: 'first', macro: 'mbConv', kernel: 3, expansion: 1, width: 16 },
    ],
    stages: stages.flatMap(stage),
    head: [
      { name: 'mix', macro: 'convBnAct', kernel: 1, width: 1280 },
      { name: 'head', macro: 'linearHead' },
    ],
  },
});

const published = [
  // Sandler et al., CVPR 2018, Table 2.
  imagenet('mobilenet-v2', [
    [24, 2, repeat('k3e6', 2)],
    [32, 2, repeat('k3e6', 3)],
    [64, 2, repeat('k3e6', 4)],
    [96, 1, repeat('k3e6', 3)],
    [160, 2, repeat('k3e6', 3)],
    [320, 1, ['k3e6']],
  ]),
  // Cai, Zhu, Han, ICLR 2019, as released.
  imagenet('proxyless-mobile', [
    [32, 2, ['k5e3', 'k3e3', 'zero', 'zero']],
    [40, 2, ['k7e3', 'k3e3', 'k5e3', 'k5e3']],
    [80, 2, ['k7e6', 'k5e3', 'k5e3', 'k5e3']],
    [96, 1, ['k5e6', 'k5e3', 'k5e3', 'k5e3']],
    [192, 2, ['k7e6', 'k7e6', 'k7e3', 'k7e3']],
    [320, 1, ['k7e6']],
  ]),
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
