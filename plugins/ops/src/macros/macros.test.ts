import { buildNetwork, costSummary, costTable, float32, lookupOf, printGraph } from '@nasc/ir';
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
  expect(nodesOf('zero', { stride: 2, width: 6 })).toEqual(['zero zero 4x4x6']);
  expect(nodesOf('identity', { stride: 1, width: 4 })).toEqual(['identity identity 8x8x4']);
});
