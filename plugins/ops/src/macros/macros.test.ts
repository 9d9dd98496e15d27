import { buildGraph, buildNetwork, costSummary, costTable, float32, lookupOf, printGraph, verifyGraph } from '@nasc/ir';
import type { Attributes } from '@nasc/ir';
import { describe, expect, test } from 'vitest';
import { primitiveOps } from '../primitive-ops.ts';
import { macros } from './macros.ts';

const registry = { ops: lookupOf(primitiveOps), macros: lookupOf(macros) };
const expand = (macro: string, attributes: Attributes, shape: readonly [number, number, number] = [8, 8, 4]) =>
  buildNetwork(registry, (builder) => builder.macro('block', macro, [builder.input('x', float32(...shape))], attributes));
const nodesOf = (macro: string, attributes: Attributes) =>
  expand(macro, attributes).nodes.map(({ id, op, type }) => `${id.slice('block.'.length)} ${op} ${type.shape.join('x')}`);

describe('mbConv', () => {
  test('expands, filters and projects, each normalised, the last one linear', () => {
    expect(printGraph(expand('mbConv', { kernel: 5, expansion: 6, width: 8, stride: 2 }), { ops: registry.ops }))
      .toBe(`%x                                                                      8x8x4 f32
%block.expand = conv2d(%x) kernel 1, width 24                           8x8x24 f32
%block.expandBn = batchNorm(%block.expand)                              8x8x24 f32
%block.expandAct = relu6(%block.expandBn)                               8x8x24 f32
%block.depthwise = depthwiseConv2d(%block.expandAct) kernel 5, stride 2  4x4x24 f32
%block.depthwiseBn = batchNorm(%block.depthwise)                        4x4x24 f32
%block.depthwiseAct = relu6(%block.depthwiseBn)                         4x4x24 f32
%block.project = conv2d(%block.depthwiseAct) kernel 1, width 8          4x4x8 f32
%block.projectBn = batchNorm(%block.project)                            4x4x8 f32
return %block.projectBn`);
  });

  test('without expansion has no expanding convolution', () => {
    expect(nodesOf('mbConv', { kernel: 3, expansion: 1, width: 4 })[0]).toBe('depthwise depthwiseConv2d 8x8x4');
  });

  test('rounds the channels inside to the nearest whole number', () => {
    const graph = expand('mbConv', { kernel: 3, expansion: 2.3, width: 4 });
    expect(graph.nodes[0]!.type.shape).toEqual([8, 8, 9]);
  });

  test('gates the filtered channels where asked, before the projection', () => {
    const nodes = nodesOf('mbConv', { kernel: 3, expansion: 2, width: 4, squeezeExcite: true });
    expect(nodes.slice(5)).toEqual([
      'depthwiseAct relu6 8x8x8',
      'squeeze globalAvgPool 8',
      'squeezeReduce linear 2',
      'squeezeAct relu 2',
      'squeezeExpand linear 8',
      'squeezeGate hSigmoid 8',
      'squeezeScale mul 8x8x8',
      'project conv2d 8x8x4',
      'projectBn batchNorm 8x8x4',
    ]);
  });

  test('parameters and MACs by hand', () => {
    const graph = expand('mbConv', { kernel: 5, expansion: 6, width: 8, stride: 2 });
    const { shared } = costSummary(graph, costTable(graph, registry.ops));
    expect(shared.parameters).toBe(4 * 24 + 2 * 24 + 25 * 24 + 2 * 24 + 24 * 8 + 2 * 8);
    expect(shared.macs).toBe(64 * 4 * 24 + 16 * 25 * 24 + 16 * 24 * 8);
  });
});

describe('treeBlock', () => {
  const candidates = [
    { name: 'sep3', macro: 'separableConv', attributes: { kernel: 3 } },
    { name: 'identity', macro: 'identity', attributes: {} },
  ];
  const tree = (attributes: Attributes, channels = 12) =>
    buildGraph(registry, (builder) =>
      builder
        .group({ id: 'block', macro: 'treeBlock', attributes: {}, shortcut: false })
        .macro('', 'treeBlock', [builder.input('x', float32(8, 8, channels))], {
          width: 16,
          candidates,
          activation: 'relu',
          ...attributes,
        }),
    );

  test('a grouped convolution, two branches, two levels of edges, a residual each, and a widened shortcut', () => {
    const graph = tree({ stride: 2 });
    const lines = printGraph(graph, { ops: registry.ops })
      .split('\n')
      .filter((line) => !line.startsWith('    '))
      .map((line) => line.replace(/ {2,}\S+ f32$/, ''));
    const [first, second] = [lines.indexOf('block.branch0  treeBlock'), lines.indexOf('block.branch1  treeBlock')];
    const inBranch1 = lines.slice(second, 2 * second - first);
    expect(inBranch1.map((line) => line.replaceAll('branch1', 'branch0').replaceAll('edge1', 'edge0').replaceAll('sum1', 'sum0'))).toEqual(
      lines.slice(first, second).map((line) => line.replace('end 4, start 0', 'end 8, start 4')),
    );
    expect(lines.filter((line) => !inBranch1.includes(line)).join('\n')).toBe(`%x
block.root  treeBlock
  .narrowBn = batchNorm(%x)
  .narrow = conv2d(.narrowBn) kernel 1, width 4
  .bn = batchNorm(.narrow)
  .act = relu(.bn)
  .conv = conv2d(.act) groups 2, kernel 3, stride 2, width 8
block.branch0  treeBlock
  .split = slice(%block.root.conv) axis 2, end 4, start 0
block.edge00  choice
  .choice = choice(%block.branch0.split)
block.edge000  choice
  .choice = choice(%block.edge00.choice)
block.edge001  choice
  .choice = choice(%block.edge00.choice)
block.edge01  choice
  .choice = choice(%block.branch0.split)
block.edge010  choice
  .choice = choice(%block.edge01.choice)
block.edge011  choice
  .choice = choice(%block.edge01.choice)
block.sum0  treeBlock
  .sum = add(%block.edge000.choice, %block.edge001.choice, %block.edge010.choice, %block.edge011.choice)
  .residual = add(.bn, %block.branch0.split)
block.out  treeBlock
  .merge = add(%block.sum0.residual, %block.sum1.residual)
  .bn = batchNorm(.merge)
  .act = relu(.bn)
  .wide = conv2d(.act) kernel 1, width 16
  .wideBn = batchNorm(.wide)
  .pool = avgPool(%x) kernel 2, padding 0, stride 2
  .widen = pad(.pool) after [0, 0, 4], before [0, 0, 0]
  .add = add(.wideBn, .widen)
return %block.out.add`);
    expect(verifyGraph(graph, registry.ops)).toEqual([]);
    // Per choice, a separable convolution over 4 channels: 2 * 4 + 9 * 4 + 4 * 4.
    const { minimum, maximum } = costSummary(graph, costTable(graph, registry.ops));
    expect(maximum.parameters - minimum.parameters).toBe(12 * 60);
    expect(minimum.parameters).toBe(2 * 12 + 12 * 4 + 2 * 4 + 9 * 2 * 8 + 2 * 2 * 4 + 2 * 4 + 4 * 16 + 2 * 16);
  });

  test('says what width it needs', () => {
    expect(() => tree({ width: 12 })).toThrow('TreeBlock: a width of 12 is no multiple of 4 times 2');
    expect(() => tree({}, 24)).toThrow('TreeBlock adds channels; it cannot make 16 of 24');
  });
});

test('the other macros', () => {
  expect(nodesOf('convBnAct', { kernel: 3, width: 6, activation: null })).toEqual(['conv conv2d 8x8x6', 'bn batchNorm 8x8x6']);
  expect(nodesOf('separableConv', { kernel: 3, width: 6, dilation: 2 })).toEqual([
    'bn batchNorm 8x8x4',
    'act relu 8x8x4',
    'depthwise depthwiseConv2d 8x8x4',
    'pointwise conv2d 8x8x6',
  ]);
  expect(nodesOf('linearHead', { classes: 10, dropout: 0.1 })).toEqual(['pool globalAvgPool 4', 'dropout dropout 4', 'logits linear 10']);
  expect(nodesOf('linearHead', { classes: 10 })).toEqual(['pool globalAvgPool 4', 'logits linear 10']);
  expect(nodesOf('maxPool', { kernel: 3, stride: 2 })).toEqual(['pool maxPool 4x4x4']);
  expect(nodesOf('bnAct', { activation: 'relu' })).toEqual(['bn batchNorm 8x8x4', 'act relu 8x8x4']);
  expect(nodesOf('zero', { stride: 2, width: 6 })).toEqual(['zero zero 4x4x6']);
  expect(nodesOf('identity', { stride: 1, width: 4 })).toEqual(['identity identity 8x8x4']);
});
