// What bench/ops.js measures: single ops at the sizes of mobile networks, chains and blocks that the engine fuses, and a network
// that uses them all. A case builds on `x`, an image or vector of the given shape.

const op = (name, shape, attributes = {}, of = (x) => [x]) => ({
  name: `${name} ${Object.entries(attributes)
    .map(([key, value]) => `${key} ${value}`)
    .join(' ')}`.trim(),
  shape,
  build: (builder, x) => builder.op('op', name, of(x), attributes),
});

const chain = (name, shape, ops) => ({
  name,
  shape,
  build: (builder, x) => ops.reduce((value, [kind, attributes = {}], index) => builder.op(`op${index}`, kind, [value], attributes), x),
});

const mbConv = (name, shape, attributes) => ({
  name,
  shape,
  build: (builder, x) => builder.macro('block', 'mbConv', [x], attributes),
});

/** The gate of a squeeze-and-excitation, without the activations around it. */
const squeezeExcite = (shape) => ({
  name: 'squeeze-excite',
  shape,
  build(builder, x) {
    const channels = shape.at(-1);
    const mean = builder.op('squeeze', 'globalAvgPool', [x]);
    const reduced = builder.op('reduced', 'relu', [builder.op('reduce', 'linear', [mean], { width: channels / 4 })]);
    const gate = builder.op('gate', 'hSigmoid', [builder.op('expand', 'linear', [reduced], { width: channels })]);
    return builder.op('scale', 'mul', [x, gate]);
  },
});

const channelShuffle = ([height, width, channels], groups) => ({
  name: `channel shuffle ${groups}`,
  shape: [height, width, channels],
  build(builder, x) {
    const apart = builder.op('apart', 'reshape', [x], { shape: [height, width, groups, channels / groups] });
    const turned = builder.op('turned', 'transpose', [apart], { permutation: [0, 1, 3, 2] });
    return builder.op('together', 'reshape', [turned], { shape: [height, width, channels] });
  },
});

const splitConcat = (shape) => ({
  name: 'split, concat',
  shape,
  build(builder, x) {
    const channels = shape.at(-1);
    const first = builder.op('first', 'slice', [x], { axis: 2, start: 0, end: channels / 2 });
    const second = builder.op('second', 'slice', [x], { axis: 2, start: channels / 2, end: channels });
    return builder.op('joined', 'concat', [second, first], { axis: 2 });
  },
});

const [large, middle, small, smallest] = [
  [56, 56, 72],
  [28, 28, 120],
  [14, 14, 480],
  [7, 7, 960],
];

/** kernel, channels inside, channels out, squeeze-excite, activation, stride (Howard et al., 2019, table 1). */
const mobileNetV3Large = [
  [3, 16, 16, false, 'relu', 1],
  [3, 64, 24, false, 'relu', 2],
  [3, 72, 24, false, 'relu', 1],
  [5, 72, 40, true, 'relu', 2],
  [5, 120, 40, true, 'relu', 1],
  [5, 120, 40, true, 'relu', 1],
  [3, 240, 80, false, 'hSwish', 2],
  [3, 200, 80, false, 'hSwish', 1],
  [3, 184, 80, false, 'hSwish', 1],
  [3, 184, 80, false, 'hSwish', 1],
  [3, 480, 112, true, 'hSwish', 1],
  [3, 672, 112, true, 'hSwish', 1],
  [5, 672, 160, true, 'hSwish', 2],
  [5, 960, 160, true, 'hSwish', 1],
  [5, 960, 160, true, 'hSwish', 1],
];

const network = {
  name: 'MobileNetV3-large',
  shape: [224, 224, 3],
  build(builder, image) {
    let value = builder.macro('stem', 'convBnAct', [image], { kernel: 3, width: 16, stride: 2, activation: 'hSwish' });
    mobileNetV3Large.forEach(([kernel, inside, width, squeezed, activation, stride], index) => {
      const channels = builder.typeOf(value).shape[2];
      const attributes = { kernel, expansion: inside / channels, width, squeezeExcite: squeezed, activation, stride };
      const block = builder.macro(`block${index}`, 'mbConv', [value], attributes);
      value = stride === 1 && channels === width ? builder.op(`add${index}`, 'add', [block, value]) : block;
    });
    value = builder.macro('mix', 'convBnAct', [value], { kernel: 1, width: 960, activation: 'hSwish' });
    value = builder.op('mean', 'globalAvgPool', [value]);
    value = builder.op('act', 'hSwish', [builder.op('features', 'linear', [value], { width: 1280 })]);
    return builder.op('logits', 'linear', [builder.op('dropout', 'dropout', [value], { rate: 0.2 })], { width: 1000 });
  },
};

export const cases = [
  ...['relu', 'relu6', 'hSwish', 'hSigmoid', 'sigmoid'].map((name) => op(name, large)),
  op('hSwish', smallest),
  op('identity', large),
  op('add', large, {}, (x) => [x, x]),
  op('add', middle, {}, (x) => [x, x, x]),
  op('mul', large, {}, (x) => [x, x]),
  op('dropout', [960], { rate: 0.2 }),
  op('dropout', middle, { rate: 0.2 }),
  op('dropPath', middle, { rate: 0.2 }),
  op('softmax', [1000]),
  op('globalAvgPool', middle),
  op('globalAvgPool', smallest),
  squeezeExcite(middle),
  squeezeExcite([14, 14, 672]),
  op('linear', [960], { width: 1280 }),
  ...['maxPool', 'avgPool'].flatMap((name) => [
    op(name, large, { kernel: 3 }),
    op(name, large, { kernel: 3, stride: 2 }),
    op(name, small, { kernel: 3 }),
  ]),
  op('conv2d', middle, { kernel: 1, width: 120, groups: 2 }),
  op('conv2d', middle, { kernel: 1, width: 120, groups: 4 }),
  op('conv2d', small, { kernel: 1, width: 480, groups: 4 }),
  op('conv2d', middle, { kernel: 3, width: 120, groups: 2 }),
  op('conv2d', middle, { kernel: 3, width: 120, groups: 4 }),
  op('conv2d', [14, 14, 256], { kernel: 3, width: 256, groups: 32 }),
  op('conv2d', middle, { kernel: 3, width: 120, dilation: 2 }),
  op('depthwiseConv2d', middle, { kernel: 3, dilation: 2 }),
  op('depthwiseConv2d', small, { kernel: 5, dilation: 2 }),
  op('depthwiseConv2d', large, { kernel: 3, padding: 0 }),
  op('pad', large, { before: [0, 0, 0], after: [0, 0, 24] }),
  op('reshape', large, { shape: [56 * 56, 72] }),
  op('transpose', large, { permutation: [1, 0, 2] }),
  op('slice', large, { axis: 2, start: 0, end: 36 }),
  op('concat', middle, { axis: 2 }, (x) => [x, x]),
  splitConcat(middle),
  channelShuffle(middle, 4),
  op('zero', large, { width: 72 }),
  chain('conv2d 1x1, batchNorm, hSwish', [14, 14, 80], [['conv2d', { kernel: 1, width: 480 }], ['batchNorm'], ['hSwish']]),
  chain('depthwise 3x3, batchNorm, hSwish', small, [['depthwiseConv2d', { kernel: 3 }], ['batchNorm'], ['hSwish']]),
  chain('separable 3x3 d2', middle, [
    ['batchNorm'],
    ['relu'],
    ['depthwiseConv2d', { kernel: 3, dilation: 2 }],
    ['conv2d', { kernel: 1, width: 120 }],
  ]),
  mbConv('mbConv k3 e6 relu6', [14, 14, 80], { kernel: 3, expansion: 6, width: 80 }),
  mbConv('mbConv k3 e6 hSwish', [14, 14, 80], { kernel: 3, expansion: 6, width: 80, activation: 'hSwish' }),
  mbConv('mbConv k5 e3 relu, squeeze-excite', [28, 28, 40], {
    kernel: 5,
    expansion: 3,
    width: 40,
    activation: 'relu',
    squeezeExcite: true,
  }),
  mbConv('mbConv k3 e6 hSwish, squeeze-excite', [14, 14, 112], {
    kernel: 3,
    expansion: 6,
    width: 112,
    activation: 'hSwish',
    squeezeExcite: true,
  }),
  mbConv('mbConv k5 e6 hSwish, squeeze-excite', [7, 7, 160], {
    kernel: 5,
    expansion: 6,
    width: 160,
    activation: 'hSwish',
    squeezeExcite: true,
  }),
  network,
];
