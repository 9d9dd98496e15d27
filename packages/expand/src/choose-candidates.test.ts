import { locateIn, validateSpace } from '@nasc/config';
import type { UserSpace } from '@nasc/config';
import { DiagnosticError, formatDiagnostics } from '@nasc/diagnostics';
import { choicesOf, hashGraph, lookupOf, verifyGraph } from '@nasc/ir';
import { macros, primitiveOps } from '@nasc/ops';
import { instantiatePath } from '@nasc/transforms';
import { describe, expect, test } from 'vitest';
import { expandSpace } from './index.ts';

const registry = { ops: lookupOf(primitiveOps), macros: lookupOf(macros) };
const space: UserSpace = {
  name: 'small',
  stem: [{ name: 'stem', macro: 'convBnAct', kernel: 3, width: 8 }],
  candidates: [
    { macro: 'mbConv', kernel: 3, expansion: 2 },
    { macro: 'mbConv', kernel: 5, expansion: 2 },
  ],
  stages: [{ width: 8, blocks: 3 }],
  head: [{ macro: 'linearHead' }],
};
const expand = (choose?: UserSpace['choose']) =>
  expandSpace(
    validateSpace({ ...space, ...(choose && { choose }) }, 'small.json'),
    { inputShape: [8, 8, 1], classes: 4 },
    registry,
    locateIn('small.json'),
  );
const openAfter = (choose: UserSpace['choose']) => choicesOf(expand(choose)).map(({ id }) => id);
const failure = (choose: UserSpace['choose']): string => {
  try {
    expand(choose);
  } catch (error) {
    if (error instanceof DiagnosticError) return formatDiagnostics(error.diagnostics);
    throw error;
  }
  return 'no error';
};

describe('chosen candidates', () => {
  test('of all choices make the network of that path', () => {
    const network = expand(['k5e2', 'zero', 'k3e2']);
    expect(hashGraph(network)).toBe(hashGraph(instantiatePath(expand(), [1, 2, 0])));
    expect(verifyGraph(network, registry.ops)).toEqual([]);
    expect(network.groups.find(({ id }) => id === 'stage1.block1')).toMatchObject({ macro: 'mbConv', attributes: { kernel: 5 } });
  });

  test('of some choices leave the others open: by order, by block, or by the choice itself', () => {
    expect(openAfter([null, 'k3e2'])).toEqual(['stage1.block1.choice', 'stage1.block3.choice']);
    expect(openAfter({ 'stage1.block2': 'k3e2', 'stage1.block3.choice': 'zero' })).toEqual(['stage1.block1.choice']);
    expect(openAfter([])).toHaveLength(3);
    expect(verifyGraph(expand([null, 'zero']), registry.ops)).toEqual([]);
  });
});

test('messages: names that do not exist, all at once, and too many of them', () => {
  expect(failure({ 'stage1.blok1': 'k3e2', 'stage1.block2': 'k3e3', 'stage1.block3': 'zero', 'stage1.block3.choice': 'zero' })).toBe(
    `error SPACE_CHOOSE: There is no choice "stage1.blok1".
  at small.json#/choose/stage1.blok1
  hint: Did you mean "stage1.block1"?
error SPACE_CHOOSE: "stage1.block3.choice" is chosen twice: by its block and by itself.
  at small.json#/choose/stage1.block3.choice
  hint: Keep one of the two.
error SPACE_CHOOSE: "stage1.block2.choice" has no candidate "k3e3".
  at small.json#/choose/stage1.block2
  hint: Did you mean "k3e2"?`,
  );
  expect(failure({ head: 'zero' })).toBe(`error SPACE_CHOOSE: There is no choice "head".
  at small.json#/choose/head
  hint: \`nasc inspect\` shows the blocks of the space; one with a single candidate is no choice.`);
  expect(failure(['maxPool'])).toBe(`error SPACE_CHOOSE: "stage1.block1.choice" has no candidate "maxPool".
  at small.json#/choose/0
  hint: Known: k3e2, k5e2, zero.`);
  expect(failure(['zero', null, null, 'zero'])).toBe(`error SPACE_CHOOSE: "choose" has 4 names, and the space 3 choices.
  at small.json#/choose
  hint: Give at most one name for each choice.`);
});
