import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { locateIn, validateSpace } from '@nasc/config';
import type { UserSpace } from '@nasc/config';
import { DiagnosticError, formatDiagnostics } from '@nasc/diagnostics';
import { choicesOf, lookupOf, printGraph, verifyGraph, unitsOf } from '@nasc/ir';
import type { CandidateSpec, MacroDefinition, MacroLookup } from '@nasc/ir';
import { macros, primitiveOps } from '@nasc/ops';
import { describe, expect, test } from 'vitest';
import { expandSpace } from './index.ts';
import type { SpaceTask } from './index.ts';
import { scaleWidth } from './scale-width.ts';

const registry = { ops: lookupOf(primitiveOps), macros: lookupOf(macros) };

const small: UserSpace = {
  name: 'small',
  stem: [{ name: 'stem', macro: 'convBnAct', kernel: 3, stride: 2, width: 8 }],
  candidates: [
    { macro: 'mbConv', kernel: 3, expansion: 3 },
    { name: 'short', macro: 'separableConv', kernel: 5 },
  ],
  stages: [
    { width: 8, blocks: 1 },
    { name: 'deep', width: 16, blocks: 1, stride: 2, candidates: [{ macro: 'mbConv', kernel: 5, expansion: 1 }] },
  ],
  head: [{ macro: 'linearHead' }],
};
const task: SpaceTask = { inputShape: [8, 8, 1], classes: 4 };
const expand = (changes: Partial<UserSpace> = {}, asked: Partial<SpaceTask> = {}, known: MacroLookup = registry.macros) =>
  expandSpace(
    validateSpace({ ...small, ...changes }, 'small.json'),
    { ...task, ...asked },
    { ...registry, macros: known },
    locateIn('small.json'),
  );
const messageOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof DiagnosticError) return formatDiagnostics(error.diagnostics);
    throw error;
  }
  return 'no error';
};
const failure = (changes: Partial<UserSpace>, asked: Partial<SpaceTask> = {}) => messageOf(() => expand(changes, asked));

describe('expansion', () => {
  test('blocks to candidates to primitive ops; one candidate alone is no choice', () => {
    const graph = expand();
    expect(printGraph(graph, { ...registry, regions: true })).toBe(
      `%input                                                                  8x8x1 f32
stem  convBnAct
  .conv = conv2d(%input) kernel 3, stride 2, width 8                    4x4x8 f32
  .bn = batchNorm(.conv)                                                4x4x8 f32
  .act = relu6(.bn)                                                     4x4x8 f32
stage1.block1  choice  shortcut
  .choice = choice(%stem.act)                                           4x4x8 f32
    k3e3   mbConv expansion 3, kernel 3
      .k3e3.expand = conv2d(.k3e3.input) kernel 1, width 24             4x4x24 f32
      .k3e3.expandBn = batchNorm(.k3e3.expand)                          4x4x24 f32
      .k3e3.expandAct = relu6(.k3e3.expandBn)                           4x4x24 f32
      .k3e3.depthwise = depthwiseConv2d(.k3e3.expandAct) kernel 3       4x4x24 f32
      .k3e3.depthwiseBn = batchNorm(.k3e3.depthwise)                    4x4x24 f32
      .k3e3.depthwiseAct = relu6(.k3e3.depthwiseBn)                     4x4x24 f32
      .k3e3.project = conv2d(.k3e3.depthwiseAct) kernel 1, width 8      4x4x8 f32
      .k3e3.projectBn = batchNorm(.k3e3.project)                        4x4x8 f32
    short  separableConv kernel 5
      .short.bn = batchNorm(.short.input)                               4x4x8 f32
      .short.act = relu(.short.bn)                                      4x4x8 f32
      .short.depthwise = depthwiseConv2d(.short.act) kernel 5           4x4x8 f32
      .short.pointwise = conv2d(.short.depthwise) kernel 1, width 8     4x4x8 f32
    zero   zero
      .zero.zero = zero(.zero.input) width 8                            4x4x8 f32
  .add = add(.choice, %stem.act)                                        4x4x8 f32
deep.block1  mbConv
  .k5e1.depthwise = depthwiseConv2d(%stage1.block1.add) kernel 5, stride 2  2x2x8 f32
  .k5e1.depthwiseBn = batchNorm(.k5e1.depthwise)                        2x2x8 f32
  .k5e1.depthwiseAct = relu6(.k5e1.depthwiseBn)                         2x2x8 f32
  .k5e1.project = conv2d(.k5e1.depthwiseAct) kernel 1, width 16         2x2x16 f32
  .k5e1.projectBn = batchNorm(.k5e1.project)                            2x2x16 f32
head1  linearHead
  .pool = globalAvgPool(%deep.block1.k5e1.projectBn)                    16 f32
  .logits = linear(.pool) width 4                                       4 f32
return %head1.logits`,
    );
    expect(verifyGraph(graph, registry.ops)).toEqual([]);
    expect(graph.nodes.map(({ origin }) => origin).at(-1)).toBe('small.json#/head/0');
    expect(choicesOf(graph)[0]!.candidates[0]!.graph.nodes[0]!.origin).toBe('small.json#/candidates/0');
  });

  test('the blocks of a stem are one unit, those of a head another, and a block of a stage is its own', () => {
    const graph = expand({
      stem: [
        { name: 'conv', macro: 'convBnAct', kernel: 3, width: 8 },
        { name: 'first', macro: 'mbConv', kernel: 3, expansion: 1, width: 8 },
      ],
    });
    const unitOf = unitsOf(graph.groups);
    const units = new Map(graph.nodes.map((node) => [node.group, unitOf(node)]));
    expect([...units].slice(0, 3)).toEqual([
      ['conv', 'stem'],
      ['first', 'stem'],
      ['stage1.block1', 'stage1.block1'],
    ]);
    expect([...units.values()].at(-1)).toBe('head');
  });

  test('Zero joins where size and width stay, unless the stage says never or lists it itself', () => {
    const namesWith = (stage: Partial<UserSpace['stages'][number]>) =>
      choicesOf(expand({ stages: [{ width: 8, blocks: 2, ...stage }] })).map(({ candidates }) =>
        candidates.map(({ name }) => name).join(' '),
      );
    expect(namesWith({})).toEqual(['k3e3 short zero', 'k3e3 short zero']);
    expect(namesWith({ stride: 2 })).toEqual(['k3e3 short', 'k3e3 short zero']);
    expect(namesWith({ width: 16 })).toEqual(['k3e3 short', 'k3e3 short zero']);
    expect(namesWith({ zero: 'never' })).toEqual(['k3e3 short', 'k3e3 short']);
    const own = [{ macro: 'zero' }, { macro: 'identity' }, { macro: 'avgPool', kernel: 3 }];
    expect(namesWith({ candidates: own })).toEqual(['zero identity avg3', 'zero identity avg3']);
  });

  test('what the space says once goes to every macro that takes it, and a block may say otherwise', () => {
    const graph = expand({
      activation: 'hSwish',
      batchNorm: { momentum: 0.2, epsilon: 1e-5 },
      stem: [{ name: 'stem', macro: 'convBnAct', kernel: 3, width: 8, activation: null }],
    });
    const ops = new Set(graph.nodes.map((node) => (node.kind === 'op' ? node.op : 'choice')));
    expect([...ops]).toEqual(['conv2d', 'batchNorm', 'choice', 'add', 'depthwiseConv2d', 'hSwish', 'globalAvgPool', 'linear']);
    expect(graph.nodes[1]).toMatchObject({ op: 'batchNorm', attributes: { momentum: 0.2, epsilon: 1e-5 } });
  });

  test('a width multiplier scales every width to a multiple of 8; a head may keep its own below 1', () => {
    expect([24, 40, 320, 32, 1280].map((width) => scaleWidth(width, 1.35))).toEqual([32, 56, 432, 40, 1728]);
    expect([16, 24, 8, 20].map((width) => scaleWidth(width, 0.35))).toEqual([8, 8, 8, 8]);
    expect(scaleWidth(20, 1)).toBe(20);
    // 90 % at least: 0.75 * 24 = 18 would round to 16.
    expect(scaleWidth(24, 0.75)).toBe(24);
    const head = [{ macro: 'convBnAct', kernel: 1, width: 64, scaleDown: false }, { macro: 'linearHead' }];
    const widths = (widthMultiplier: number) =>
      expand({ widthMultiplier, head }).nodes.flatMap(({ id, type }) => (id === 'head1.conv' ? type.shape[2] : []));
    expect([0.5, 1, 2].map(widths)).toEqual([[64], [64], [128]]);
  });

  test('a stem of several choices: a block macro may contain choices', () => {
    const fork = {
      ...macros[0]!,
      name: 'fork',
      attributesSchema: { type: 'object', properties: {}, additionalProperties: false },
      expand: ((builder, [input]) => {
        const candidates = ['maxPool', 'avgPool'].map((macro) => ({ name: macro, macro, attributes: { kernel: 3 } }));
        const edges = ['left', 'right'].map((name) => builder.choice(`${name}.choice`, [input!], candidates));
        return builder.op('sum', 'add', edges);
      }) satisfies (typeof macros)[number]['expand'],
    };
    const graph = expand({ stem: [{ name: 'cell', macro: 'fork' }] }, {}, lookupOf([...macros, fork]));
    expect(
      choicesOf(graph)
        .slice(0, 2)
        .map(({ id, candidates }) => `${id}: ${candidates[0]!.graph.nodes[0]!.id}`),
    ).toEqual(['cell.left.choice: cell.left.maxPool.pool', 'cell.right.choice: cell.right.maxPool.pool']);
  });
});

/** Two learnable edges, one after the other, of a width that is half the block's. */
const chain: MacroDefinition = {
  name: 'chain',
  doc: 'For these tests.',
  attributesSchema: {
    type: 'object',
    properties: {
      width: { type: 'integer' },
      stride: { type: 'integer' },
      candidates: { type: 'array' },
      kernel: { type: 'integer', default: 1 },
    },
    additionalProperties: false,
  },
  examples: [],
  expand(builder, [input], { width, stride, candidates, kernel }) {
    const inside = Number(width) / 2;
    const first = builder.part('first').op('conv', 'conv2d', [input!], { width: inside, kernel: kernel!, stride: stride! });
    const specs = candidates as unknown as CandidateSpec[];
    const second = builder.edge('edge1', [builder.edge('edge0', [first], specs, { width: inside, stride: 1 })], specs, {
      width: inside,
      stride: 1,
    });
    return builder.part('last').op('conv', 'conv2d', [second], { width: width!, kernel: 1 });
  },
};

describe('a stage whose blocks a macro makes', () => {
  const known = lookupOf([...macros, chain]);
  const stage = { block: { macro: 'chain', kernel: 3 }, width: [8, 12], blocks: 2, stride: 2 };
  const candidates = [
    { macro: 'maxPool', kernel: 3 },
    { macro: 'separableConv', kernel: 3 },
  ];

  test('its learnable edges take the stage’s candidates; edges and parts are blocks of their own', () => {
    const graph = expand({ stages: [stage], candidates }, {}, known);
    expect(verifyGraph(graph, registry.ops)).toEqual([]);
    expect(
      choicesOf(graph).map(({ id, type, candidates: all }) => `${id} ${type.shape.join('x')} ${all.map(({ name }) => name).join(' ')}`),
    ).toEqual([
      'stage1.block1.edge0.choice 2x2x4 max3 sep3',
      'stage1.block1.edge1.choice 2x2x4 max3 sep3',
      'stage1.block2.edge0.choice 2x2x6 max3 sep3',
      'stage1.block2.edge1.choice 2x2x6 max3 sep3',
    ]);
    expect(graph.groups.slice(1, 5).map(({ id, macro }) => `${id} ${macro}`)).toEqual([
      'stage1.block1.first chain',
      'stage1.block1.edge0 choice',
      'stage1.block1.edge1 choice',
      'stage1.block1.last chain',
    ]);
    const unitOf = unitsOf(graph.groups);
    expect(graph.nodes.every((node) => unitOf(node) === node.group || node.group === 'stem' || node.group === 'head1')).toBe(true);
  });

  test('the width multiplier applies to each width of a list; with one candidate nothing is a choice', () => {
    const graph = expand({ stages: [{ ...stage, candidates: candidates.slice(1) }], widthMultiplier: 4 }, {}, known);
    expect(choicesOf(graph)).toEqual([]);
    const widths = graph.nodes.flatMap(({ id, type }) => (id.endsWith('last.conv') ? type.shape[2] : []));
    expect(widths).toEqual([32, 48]);
    expect(graph.groups.find(({ id }) => id === 'stage1.block1.edge0')).toMatchObject({
      macro: 'separableConv',
      attributes: { width: 16 },
    });
  });

  test('messages', () => {
    const told = (changes: object) => messageOf(() => expand({ stages: [{ ...stage, ...changes }], candidates }, {}, known));
    expect(told({ width: [8] })).toBe(`error SPACE_WIDTHS: The stage has 2 blocks and a list of 1 width.
  at small.json#/stages/0/width
  hint: Give one width for each block, or a number for all of them.`);
    expect(told({ block: { macro: 'chain', stride: 1 } })).toBe(
      `error SPACE_CANDIDATE_SIZE: A block cannot set "stride": it comes from the stage.
  at small.json#/stages/0/block/stride
  hint: Set it on the stage.`,
    );
    expect(told({ block: { macro: 'chian' } })).toBe(`error SPACE_UNKNOWN_MACRO: There is no macro "chian".
  at small.json#/stages/0/block/macro
  hint: Did you mean "chain"?`);
    expect(told({ block: { macro: 'chain', kernel: 'wide' } })).toBe(
      `error IR_ATTRIBUTE_INVALID: chain: "kernel" must be a whole number, not "wide".
  at small.json#/stages/0/block/kernel`,
    );
    expect(told({ candidates: [{ macro: 'mbConv', kernel: 3 }] })).toContain(
      'mbConv needs the attribute "expansion".\n  at small.json#/stages/0/candidates/0',
    );
  });
});

describe('messages', () => {
  test('macros, attributes and names: all at once, each at its place, a shared candidate once', () => {
    expect(
      failure({
        stem: [{ name: '1st', macro: 'convBnAct', width: 8 }],
        candidates: [
          { macro: 'mbConw', kernel: 3 },
          { macro: 'mbConv', kernel: 3, expansion: 3, stride: 2 },
          { macro: 'mbConv', kernel: '3', expansion: 6 },
        ],
        stages: [
          { width: 8, blocks: 2 },
          { width: 16, blocks: 1 },
        ],
      }),
    ).toBe(`error SPACE_BAD_NAME: "1st" cannot be a name: ids are made from it.
  at small.json#/stem/0/name
  hint: Letters, digits, "_" and "-"; the first is a letter.
error IR_ATTRIBUTE_MISSING: convBnAct needs the attribute "kernel".
  at small.json#/stem/0
  hint: Height and width of the window.
error SPACE_UNKNOWN_MACRO: There is no macro "mbConw".
  at small.json#/candidates/0/macro
  hint: Did you mean "mbConv"?
error SPACE_CANDIDATE_SIZE: A candidate cannot set "stride": it comes from the stage.
  at small.json#/candidates/1/stride
  hint: Set it on the stage; give the stage its own candidates where only some of them fit.
error IR_ATTRIBUTE_INVALID: mbConv: "kernel" must be a whole number, not "3".
  at small.json#/candidates/2/kernel`);
  });

  test('duplicate names of candidates and of blocks; no candidates', () => {
    const twice = { macro: 'mbConv', kernel: 3, expansion: 3 };
    expect(failure({ stages: [{ name: 'stem', width: 8, blocks: 1, candidates: [twice, { ...twice, activation: 'relu' }] }] })).toBe(
      `error SPACE_DUPLICATE_BLOCK: Two parts of the space are called "stem".
  at small.json#/stages/0
  hint: Give one of them another "name".
error SPACE_DUPLICATE_CANDIDATE: Two candidates of one choice are called "k3e3".
  at small.json#/stages/0/candidates/1
  hint: Give one of them a "name" of its own.`,
    );
    const { candidates: _, ...without } = small;
    expect(messageOf(() => expandSpace(validateSpace(without, 'small.json'), task, registry, locateIn('small.json')))).toBe(
      `error SPACE_NO_CANDIDATES: stage1 has no candidates, and the space has none of its own.
  at small.json#/stages/0
  hint: Give "candidates" to the space or to the stage.`,
    );
  });

  test('Zero that is listed under the name of the one that would join', () => {
    const own = [
      { name: 'zero', macro: 'identity' },
      { macro: 'mbConv', kernel: 3, expansion: 3 },
    ];
    expect(failure({ candidates: own })).toBe(
      `error SPACE_DUPLICATE_CANDIDATE: Two candidates of one choice are called "zero".
  at small.json#/candidates/0
  hint: Give one of them a "name" of its own.`,
    );
  });

  test('images that the space is not for', () => {
    const input = { minimum: 28, maximum: 64 };
    expect(failure({ input }, { inputShape: [32, 96, 3] })).toBe(
      `error SPACE_IMAGE_SIZE: The space is for images of 28 to 64 pixels; these have 32x96.
  at small.json#/input
  hint: Set "input.resolution" to resize them, or take another space.`,
    );
    expect(failure({ input: { minimum: 10 } })).toBe(
      `error SPACE_IMAGE_SIZE: The space is for images of 10 or more pixels; these have 8x8.
  at small.json#/input
  hint: Set "input.resolution" to resize them, or take another space.`,
    );
  });

  test('images of which nothing is left', () => {
    expect(failure({}, { inputShape: [2, 2, 1] })).toBe(
      `error SPACE_IMAGE_TOO_SMALL: Nothing is left of the image: 1x1 pixels reach "deep.block1", which has stride 2.
  at small.json#/stages/1
  hint: Use larger images ("input.resolution"), or lower the stride of a stage or of the stem.`,
    );
  });

  test('a candidate that cannot do what its stage asks', () => {
    expect(failure({ stages: [{ width: 16, blocks: 1, candidates: [{ macro: 'identity' }, { macro: 'maxPool', kernel: 3 }] }] })).toBe(
      `error IR_SHAPES_DO_NOT_FIT: Identity keeps the number of channels; it cannot make 16 of 8.
  at small.json#/stages/0/candidates/0
error IR_SHAPES_DO_NOT_FIT: MaxPool keeps the number of channels; it cannot make 16 of 8.
  at small.json#/stages/0/candidates/1`,
    );
  });

  test('a head that gives no logits, and an activation that does not exist', () => {
    expect(failure({ head: [{ macro: 'convBnAct', kernel: 1, width: 4 }] })).toBe(
      `error SPACE_HEAD_OUTPUT: The head gives 2x2x4 f32; a classifier of 4 classes gives 4 logits.
  at small.json#/head/0
  hint: End the head with { "macro": "linearHead" }.`,
    );
    expect(failure({ activation: 'rellu6' })).toBe(
      `error SPACE_UNKNOWN_ACTIVATION: There is no op "rellu6" that can be an activation.
  at small.json#/activation
  hint: Did you mean "relu6"?`,
    );
    expect(failure({ activation: 'conv2d' })).toMatch(
      /^error SPACE_UNKNOWN_ACTIVATION: There is no op "conv2d" that can be an activation\.\n {2}at small\.json#\/activation\n {2}hint: Ops of one input that need no attributes: .*relu, relu6, hSwish.*\.$/,
    );
  });

  test('Zero in a block without a shortcut: it would be all that is left', () => {
    const own = [{ macro: 'mbConv', kernel: 3, expansion: 3 }, { macro: 'zero' }];
    expect(failure({ stages: [{ width: 16, blocks: 2, stride: 2, candidates: own }] })).toBe(
      `error SPACE_ZERO_WITHOUT_SHORTCUT: Zero cannot be a candidate of "stage1.block1": without a shortcut nothing of the image would be left.
  at small.json#/stages/0/candidates/1
  hint: Leave it out: where a block keeps size and width, Zero joins the candidates by itself, unless the stage says "zero": "never".`,
    );
  });

  test('widths that groups do not divide, attributes that do not exist, a size that belongs to the stage', () => {
    expect(failure({ stem: [{ name: 'stem', macro: 'convBnAct', kernel: 3, width: 8, groups: 3 }] })).toBe(
      `error IR_SHAPES_DO_NOT_FIT: Conv2d: 3 groups do not divide 1 channels in and 8 out.
  at small.json#/stem/0`,
    );
    const candidates = [
      { macro: 'mbConv', kernel: 3, expansion: 3 },
      { macro: 'mbConv', kernle: 3, expansion: -1 },
      { macro: 'mbConv', kernel: 3, expansion: 3, width: 16 },
    ];
    expect(failure({ candidates })).toBe(
      `error IR_ATTRIBUTE_MISSING: mbConv needs the attribute "kernel".
  at small.json#/candidates/1
  hint: Height and width of the window.
error IR_ATTRIBUTE_UNKNOWN: mbConv has no attribute "kernle".
  at small.json#/candidates/1/kernle
  hint: Did you mean "kernel"?
error IR_ATTRIBUTE_INVALID: mbConv: "expansion" must be > 0, not -1.
  at small.json#/candidates/1/expansion
error SPACE_CANDIDATE_SIZE: A candidate cannot set "width": it comes from the stage.
  at small.json#/candidates/2/width
  hint: Set it on the stage; give the stage its own candidates where only some of them fit.`,
    );
  });

  test('sizes beyond reason are refused before anything is built from them', () => {
    expect(failure({ stages: [{ width: 1e9, blocks: 1e9 }], widthMultiplier: 1e9 })).toBe(
      `error CONFIG_WRONG_VALUE: "widthMultiplier" has to be a number above 0 and of at most 64, and is 1000000000.
  at small.json#/widthMultiplier
error CONFIG_WRONG_VALUE: "stages[0].width" has to be a whole number of at least 1 and at most 65536, and is 1000000000.
  at small.json#/stages/0/width
error CONFIG_WRONG_VALUE: "stages[0].blocks" has to be a whole number of at least 1 and at most 1000, and is 1000000000.
  at small.json#/stages/0/blocks`,
    );
    expect(failure({ input: { minimum: 64, maximum: 8 } })).toBe(
      `error SPACE_INPUT_REVERSED: No image fits: "input.minimum" is 64, and "input.maximum" is 8.
  at small.json#/input
  hint: Exchange the two.`,
    );
  });
});

test('the example of a user’s own space expands as its README says', () => {
  const folder = join(import.meta.dirname, '../../../examples/own-space');
  const space = validateSpace(JSON.parse(readFileSync(join(folder, 'space.json'), 'utf8')), 'space.json');
  const graph = expandSpace(space, { inputShape: [28, 28, 1], classes: 10 }, registry);
  expect(verifyGraph(graph, registry.ops)).toEqual([]);
  expect(choicesOf(graph).map(({ id, candidates }) => `${id}: ${candidates.map(({ name }) => name).join(' ')}`)).toEqual([
    'early.block1.choice: sep3 sep5 wide3 max3 zero',
    'early.block2.choice: sep3 sep5 wide3 max3 zero',
    'middle.block1.choice: k3e2 k3e4se k5e4 k5e4se',
    'middle.block2.choice: k3e2 k3e4se k5e4 k5e4se zero',
    'middle.block3.choice: k3e2 k3e4se k5e4 k5e4se zero',
    'late.block1.choice: k3e2 k3e4se k5e4 k5e4se',
    'late.block2.choice: k3e2 k3e4se k5e4 k5e4se',
  ]);
});
