// The tables that limits on memory and storage use during the search, against whole networks planned by the target.
import type { MeasureContext, PassContext, SearchSpaceArtifact } from '@nasc/core';
import { buildGraph, choicesOf, float32, lookupOf } from '@nasc/ir';
import { macros, primitiveOps, rewritingPatterns } from '@nasc/ops';
import { cpuTarget } from '@nasc/target-cpu';
import { deployedGraph } from '@nasc/transforms';
import { expect, test } from 'vitest';
import { planFootprint } from './plan-footprint.ts';

const ops = lookupOf(primitiveOps);
const patterns = { ...lookupOf(rewritingPatterns), all: () => rewritingPatterns };

/** Two blocks with a shortcut, which may be left out, between two that are not. */
const space = buildGraph({ ops, macros: lookupOf(macros) }, (builder) => {
  const block = (id: string, macro: string, shortcut = false) => builder.group({ id, macro, attributes: {}, shortcut });
  let value = block('stem', 'convBnAct').macro('', 'convBnAct', [builder.input('image', float32(16, 16, 3))], {
    kernel: 3,
    width: 16,
    stride: 2,
  });
  const mbConv = (expansion: number, kernel: number, width: number, stride: number) => ({
    name: `k${kernel}e${expansion}`,
    macro: 'mbConv',
    attributes: { kernel, expansion, width, stride },
  });
  const halve = block('halve', 'choice');
  value = halve.choice('choice', [value], [mbConv(3, 3, 24, 2), mbConv(6, 5, 24, 2)]);
  for (const id of ['first', 'second']) {
    const group = block(id, 'choice', true);
    const chosen = group.choice(
      'choice',
      [value],
      [mbConv(3, 3, 24, 1), mbConv(6, 7, 24, 1), { name: 'zero', macro: 'zero', attributes: {} }],
    );
    value = group.op('add', 'add', [chosen, value]);
  }
  return block('head', 'linearHead').macro('', 'linearHead', [value], { classes: 5 });
});
const task = { classes: ['0', '1', '2', '3', '4'], normalisation: { mean: [0, 0, 0], std: [1, 1, 1] } };
const searchSpace = { name: 'small', graph: space, task } as unknown as SearchSpaceArtifact;

const everyPath = choicesOf(space).reduce<number[][]>(
  (paths, { candidates }) => paths.flatMap((path) => candidates.map((_, candidate) => [...path, candidate])),
  [[]],
);

test.each([{ vectorWidth: 'portable' }, { vectorWidth: 'avx512' }])(
  'of every network the weights are the sum of the table, and its largest value is the least memory of any plan: %j',
  async (options) => {
    const target = cpuTarget.create(options, { folder: '.' });
    // What planning reads of the context of a pass.
    const context = { target, registry: { ops, patterns }, config: { seed: 0 } } as unknown as PassContext;
    const planned = await planFootprint.run({ searchSpace, space: {} as never, costModel: {} as never }, context);
    const { choices, fixed } = planned.costModel.footprint!;
    for (const path of everyPath) {
      const graph = deployedGraph(space, path, patterns);
      const wanted = { code: false };
      const whole = await target.footprint!({ name: 'small', graph, ...task }, context as unknown as MeasureContext, wanted);
      const parts = [...path.map((candidate, choice) => choices[choice]![candidate]!), ...Object.values(fixed)];
      expect(parts.reduce((sum, { weightBytes }) => sum + weightBytes, 0)).toBe(whole.weightBytes);
      const least = Math.max(...parts.map(({ memoryBytes }) => memoryBytes));
      expect(least).toBe(Math.max(...Object.values(whole.blocks).map(({ memoryBytes }) => memoryBytes)));
      expect(least).toBeLessThanOrEqual(whole.arenaBytes);
    }
  },
);

test('a target that plans nothing leaves the cost model as it is', async () => {
  const input = { searchSpace, space: {} as never, costModel: {} as never };
  expect(await planFootprint.run(input, { target: {} } as unknown as PassContext)).toEqual(input);
});
