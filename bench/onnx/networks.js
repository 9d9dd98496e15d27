// Whole networks for `bench/onnx.js`: published ones, and one with gates and hSwish.
import { buildNetwork, float32 } from '../../packages/ir/dist/index.js';

/** Blocks of one stage: [kernel, expansion] each, the first with the stage's stride. */
const stage = (width, stride, blocks) =>
  blocks.map(([kernel, expansion], index) => ({ kernel, expansion, width, stride: index === 0 ? stride : 1 }));
const repeat = (block, count) => Array(count).fill(block);

const mobileNetV2 = [
  stage(16, 1, [[3, 1]]),
  stage(24, 2, repeat([3, 6], 2)),
  stage(32, 2, repeat([3, 6], 3)),
  stage(64, 2, repeat([3, 6], 4)),
  stage(96, 1, repeat([3, 6], 3)),
  stage(160, 2, repeat([3, 6], 3)),
  stage(320, 1, [[3, 6]]),
].flat();

/** As released with the paper: the blocks that Zero left out are not there. */
const proxylessMobile = [
  stage(16, 1, [[3, 1]]),
  stage(32, 2, [
    [5, 3],
    [3, 3],
  ]),
  stage(40, 2, [
    [7, 3],
    [3, 3],
    [5, 3],
    [5, 3],
  ]),
  stage(80, 2, [
    [7, 6],
    [5, 3],
    [5, 3],
    [5, 3],
  ]),
  stage(96, 1, [
    [5, 6],
    [5, 3],
    [5, 3],
    [5, 3],
  ]),
  stage(192, 2, [
    [7, 6],
    [7, 6],
    [7, 3],
    [7, 3],
  ]),
  stage(320, 1, [[7, 6]]),
].flat();

const gated = [
  stage(16, 1, [[3, 1]]),
  stage(24, 2, [
    [5, 3],
    [3, 6],
  ]),
  stage(40, 2, [
    [7, 3],
    [5, 6],
  ]),
].flat();

const build = (lookups, { shape, blocks, classes, mix, settings = {} }) =>
  buildNetwork(lookups, (builder) => {
    const within = (id, macro, attributes, shortcut = false) => builder.group({ id, macro, attributes, shortcut });
    const stem = { kernel: 3, stride: 2, width: 32, activation: settings.activation ?? 'relu6' };
    let value = within('stem', 'convBnAct', stem).macro('', 'convBnAct', [builder.input('input', float32(...shape))], stem);
    for (const [index, block] of blocks.entries()) {
      const attributes = { ...block, ...settings };
      const shortcut = block.stride === 1 && builder.typeOf(value).shape[2] === block.width;
      const group = within(`block${index}`, 'mbConv', attributes, shortcut);
      const out = group.macro('body', 'mbConv', [value], attributes);
      value = shortcut ? group.op('add', 'add', [out, value]) : out;
    }
    const last = { kernel: 1, width: mix };
    value = within('mix', 'convBnAct', last).macro('', 'convBnAct', [value], last);
    return within('head', 'linearHead', { classes }).macro('', 'linearHead', [value], { classes });
  });

/** Graphs by name. */
export const buildNetworks = (lookups) => {
  const imagenet = { shape: [224, 224, 3], classes: 1000, mix: 1280 };
  return {
    'mobilenet-v2': build(lookups, { ...imagenet, blocks: mobileNetV2 }),
    'proxyless-mobile': build(lookups, { ...imagenet, blocks: proxylessMobile }),
    gated: build(lookups, {
      shape: [30, 27, 3],
      classes: 10,
      mix: 96,
      blocks: gated,
      settings: { squeezeExcite: true, activation: 'hSwish' },
    }),
  };
};
