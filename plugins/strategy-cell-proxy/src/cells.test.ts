import { validateSpace } from '@nasc/config';
import { expandSpace } from '@nasc/expand';
import { choicesOf, lookupOf, verifyGraph } from '@nasc/ir';
import type { SearchSpaceGraph } from '@nasc/ir';
import { macros, primitiveOps } from '@nasc/ops';
import { Random } from '@nasc/random';
import { mobileSmall } from '@nasc/spaces';
import { expect, test } from 'vitest';
import { stackCells } from './best-cells.ts';
import { findCells } from './find-cells.ts';
import { proxyGraph } from './proxy-graph.ts';
import { tiedGates } from './tied-gates.ts';

const ops = lookupOf(primitiveOps);
/** Stages of two, three and three blocks; the first blocks of the last two have stride 2. */
const space: SearchSpaceGraph = expandSpace(
  validateSpace(mobileSmall, 'mobile-small'),
  { inputShape: [32, 32, 3], classes: 10 },
  { ops, macros: lookupOf(macros) },
);
const choices = choicesOf(space);
const cellsOf = (cellBlocks: number) => findCells(space, cellBlocks).map(({ cell }) => cell.split(' ')[0]);

test('blocks that keep their size are normal, the others reductions; a longer cell has several normal blocks', () => {
  expect(cellsOf(1)).toEqual(['normal1', 'normal1', 'reduction', 'normal1', 'normal1', 'reduction', 'normal1', 'normal1']);
  expect(cellsOf(2)).toEqual(['normal1', 'normal2', 'reduction', 'normal1', 'normal2', 'reduction', 'normal1', 'normal2']);
});

test('the proxy has fewer repeated blocks and smaller images, and is a valid graph', () => {
  const proxy = proxyGraph(space, findCells(space, 1), { resolution: 0.5, normalBlocks: 1 }, ops);
  expect(verifyGraph(proxy, ops)).toEqual([]);
  expect(proxy.inputs[0]!.type.shape).toEqual([16, 16, 3]);
  expect(choicesOf(proxy).map(({ group }) => group)).toEqual([
    'stage1.block1',
    'stage2.block1',
    'stage2.block2',
    'stage3.block1',
    'stage3.block2',
  ]);
  expect(proxy.nodes.at(-1)!.type.shape).toEqual([10]);
});

test('choices of one cell begin alike, are drawn alike and learn alike', () => {
  const cells = findCells(space, 1).map(({ cell }) => cell);
  const gates = tiedGates(choices, cells, 1);
  const { alphas } = gates.initial;
  const normal = cells.flatMap((cell, choice) => (cell.startsWith('normal1') ? [choice] : []));
  for (const choice of normal) expect(alphas[choice]).toEqual(alphas[normal[0]!]);
  for (let step = 0; step < 20; step++) {
    const path = gates.samplePath(alphas, new Random({ seed: 2, stream: 'test.gates', step }));
    expect(new Set(normal.map((choice) => path[choice])).size).toBe(1);
  }
  const tied = gates.tie(alphas.map((alpha, choice) => Float64Array.from(alpha, (_, index) => 100 * choice + index)));
  const sum = normal.reduce((total, choice) => total + 100 * choice, 0);
  for (const choice of normal) expect([...tied[choice]!].slice(0, 2)).toEqual([sum, sum + normal.length]);
});

test('the most probable cells first, each the same wherever it is repeated; what a place does not have is replaced', () => {
  const cells = findCells(space, 1).map(({ cell }) => cell);
  const [normal, reduction] = [...new Set(cells)] as [string, string];
  const distribution = (named: Readonly<Record<string, number>>, rest: number) =>
    new Map(['k3e1', 'k3e3', 'k3e6', 'k5e3', 'k5e6', 'k7e3', 'k7e6', 'zero'].map((name) => [name, Math.log(named[name] ?? rest)]));
  const found = stackCells(
    choices,
    cells,
    new Map([
      [normal, distribution({ zero: 0.5, k5e3: 0.3 }, 0.02)],
      // Zero cannot be where there is no shortcut.
      [reduction, distribution({ zero: 0.6, k7e6: 0.2, k3e1: 0.1 }, 0.01)],
    ]),
    3,
  );
  const names = found.map(({ choices: path }) => path.map((chosen, choice) => choices[choice]!.candidates[chosen]!.name).join(' '));
  // The third, k7e6 as reduction, is the first again.
  expect(names).toEqual(['zero zero k7e6 zero zero k7e6 zero zero', 'k5e3 k5e3 k7e6 k5e3 k5e3 k7e6 k5e3 k5e3']);
  expect(found[0]!.score).toBeCloseTo(Math.log(0.5 * 0.6), 12);
});
