// The networks of `bench/codegen.js`: published ones and those of our own searches, as spaces in which nothing is left to choose.

const candidate = (name) => {
  const [, kernel, expansion] = /^k(\d)e(\d)$/.exec(name);
  return { macro: 'mbConv', kernel: Number(kernel), expansion: Number(expansion) };
};

/** A stage of one candidate a block; Zero is left out. */
const stage = (width, stride, names) =>
  names
    .map((name, index) => ({ name, stride: index === 0 ? stride : 1 }))
    .filter(({ name }) => name !== 'zero')
    .map((block) => ({ width, stride: block.stride, blocks: 1, zero: 'never', candidates: [candidate(block.name)] }));

const repeat = (name, blocks) => Array(blocks).fill(name);

/** MobileNetV2 and the networks of the paper's ImageNet space: stem, one MBConv e1, stages, 1x1 convolution, classifier. */
const imagenet = (name, stages, { stem = 32, first = 16, mix = 1280 } = {}) => ({
  name,
  input: { resolution: 224, channels: 3, classes: 1000 },
  stem: [
    { name: 'stem', macro: 'convBnAct', kernel: 3, stride: 2, width: stem },
    { name: 'first', macro: 'mbConv', kernel: 3, expansion: 1, width: first },
  ],
  stages: stages.flatMap(([width, stride, names]) => stage(width, stride, names)),
  head: [
    { name: 'mix', macro: 'convBnAct', kernel: 1, width: mix },
    { name: 'head', macro: 'linearHead' },
  ],
});

/** Networks of `mobile-small`: Zero where a block is skipped. */
const small = (name, [resolution, channels], stages) => ({
  name,
  input: { resolution, channels, classes: 10 },
  stem: [{ name: 'stem', macro: 'convBnAct', kernel: 3, stride: 2, width: 16 }],
  stages: [16, 32, 64].flatMap((width, index) => stage(width, index === 0 ? 1 : 2, stages[index])),
  head: [
    { name: 'mix', macro: 'convBnAct', kernel: 1, width: 160 },
    { name: 'head', macro: 'linearHead' },
  ],
});

export const networks = [
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
  small(
    'small-28',
    [28, 1],
    [
      ['zero', 'k3e3'],
      ['k7e3', 'k3e6', 'k5e3'],
      ['k7e3', 'k5e3', 'k5e6'],
    ],
  ),
  small(
    'small-64',
    [64, 3],
    [
      ['k3e3', 'k5e6'],
      ['k5e6', 'k3e6', 'k5e3'],
      ['k7e6', 'k5e3', 'k3e6'],
    ],
  ),
];
