import { describe, expect, test } from 'vitest';
import { exampleSpace } from '../example-space.test-helper.ts';
import { tiny } from '../tiny-ops.test-helper.ts';
import { costSummary, costTable } from './cost.ts';
import { viewOf } from './op-view.ts';
import { initialiseParameters, parametersOf } from './parameters.ts';
import { allNodes, allOpNodes, consumersOf, findNode, readCounts } from './walk.ts';

const space = exampleSpace();

describe('cost', () => {
  const costs = costTable(space, tiny.ops);

  test('of one op: inputs and all parameters are read, the output is written, statistics are no parameters', () => {
    expect(costs['block1.b2.wide']).toEqual({ macs: 2 * 4, parameters: 2 * 4 + 4, bytesRead: 4 * (2 + 8 + 4 + 1), bytesWritten: 16 });
    expect(costs['block1.add']).toEqual({ macs: 0, parameters: 0, bytesRead: 32, bytesWritten: 16 });
  });

  test('of the space: fixed part and the least, most, mean and sum of each choice', () => {
    const { networks, minimum, maximum, uniform, shared } = costSummary(space, costs);
    const fixed = 3 * 4 + 4 * 2;
    expect(networks).toBe(3n);
    expect(minimum.macs).toBe(fixed);
    expect(maximum.macs).toBe(fixed + 64);
    expect(uniform.macs).toBe(fixed + (16 + 64) / 3);
    expect(shared.parameters).toBe(fixed + (8 + 8 + 4) + (32 + 32 + 4));
  });
});

describe('parameters', () => {
  test('are listed with those of all candidates, in the order of the nodes', () => {
    const ofBlock = (name: string) =>
      ['narrow.weight', 'narrow.seen', 'wide.weight', 'wide.bias', 'wide.seen'].map((parameter) => `block1.${name}.${parameter}`);
    expect(parametersOf(space, tiny.ops).map(({ id }) => id)).toEqual(
      ['stem.dense.weight', 'stem.dense.seen', ofBlock('b2'), ofBlock('b8'), 'logits.weight', 'logits.seen'].flat(),
    );
  });

  test('start the same whatever stands beside them, and otherwise for another seed', () => {
    const few = initialiseParameters(space, tiny.ops, 7);
    const more = initialiseParameters(exampleSpace(['b4', 'b8', 'b2']), tiny.ops, 7);
    for (const id of ['stem.dense.weight', 'block1.b8.wide.weight', 'logits.weight']) expect(more.get(id)).toEqual(few.get(id));
    expect(initialiseParameters(space, tiny.ops, 8).get('logits.weight')).not.toEqual(few.get('logits.weight'));
    expect(few.get('logits.weight')!.data).not.toEqual(few.get('block1.b2.narrow.weight')!.data);
  });

  test('follow their distributions', () => {
    const samples = Array.from({ length: 300 }, (_, seed) => initialiseParameters(space, tiny.ops, seed));
    const all = (id: string) => samples.flatMap((table) => [...table.get(id)!.data]);
    const weights = all('block1.b8.wide.weight');
    const mean = weights.reduce((sum, value) => sum + value, 0) / weights.length;
    const std = Math.sqrt(weights.reduce((sum, value) => sum + (value - mean) ** 2, 0) / weights.length);
    expect(Math.abs(mean)).toBeLessThan(4 * (0.5 / Math.sqrt(weights.length)));
    expect(Math.abs(std - 0.5)).toBeLessThan(4 * (0.5 / Math.sqrt(2 * weights.length)));
    expect(Math.max(...all('logits.seen'))).toBeLessThan(2);
    expect(Math.min(...all('logits.seen'))).toBeLessThan(-1.8);
    expect(new Set(all('block1.b8.wide.bias'))).toEqual(new Set([0.25]));
  });
});

test('walks', () => {
  const ofBlock = (name: string) => ['narrow', 'act', 'wide'].map((node) => `block1.${name}.${node}`);
  expect(allNodes(space).map(({ id }) => id)).toEqual(
    ['stem.dense', 'block1.choice', ofBlock('b2'), ofBlock('b8'), 'block1.skip.relu', 'block1.add', 'logits'].flat(),
  );
  expect(findNode(space, 'block1.b8.act')!.inputs).toEqual(['block1.b8.narrow']);
  expect(
    consumersOf(space)
      .get('stem.dense')!
      .map(({ id }) => id),
  ).toEqual(['block1.choice', 'block1.add']);
  expect(readCounts(space).get('logits')).toBe(1);
  const inner = allOpNodes(space).find(({ id }) => id === 'block1.b2.narrow')!;
  expect(viewOf(inner, space).inputs).toEqual([{ shape: [4], dtype: 'float32' }]);
});
