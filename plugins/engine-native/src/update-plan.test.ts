// Which parameters a step updates when, on a trunk of three elements whose calls are given.
import { float32 } from '@nasc/ir';
import type { ChoiceNode, ParameterSpec } from '@nasc/ir';
import { expect, test } from 'vitest';
import { backwardFlow } from './backward-flow.ts';
import type { Element, LoweredRegion } from './lower-region.ts';
import type { PlacedParameter } from './parameter-layout.ts';
import type { CutGraph, Region } from './region.ts';
import type { Unit } from './unit.ts';
import { planUpdates } from './update-plan.ts';

const spec: ParameterSpec = { name: 'weight', shape: [1], role: 'weight', trainable: true, init: { kind: 'constant', value: 0 } };
const placed = (id: string, line: number): PlacedParameter => ({ id, spec, floats: 1, line });

/** A unit whose backward calls mention these buffers. */
const unit = (output: string, input: string, tensors: readonly string[]): Element => {
  const made: Unit = {
    id: output,
    inputs: [input],
    output,
    differentiable: [0],
    identities: [],
    trainable: true,
    forward: () => [],
    backward: () => [{ kernel: 'any', tensors, dims: [1], scalars: [], items: 1 }],
    buffers: new Map(),
    statistics: [],
  };
  return { kind: 'unit', unit: made };
};

const region = (id: string): Region => ({ id, inputs: [{ id: 'x', type: float32(1) }], nodes: [], output: 'c', types: new Map() });

const plan = (elements: readonly Element[], candidates: readonly Region[] = []) => {
  const trunk: LoweredRegion = { region: region(''), batch: 1, elements, output: 'c', floats: new Map() };
  const layout = {
    parameters: new Map(),
    trainable: new Map([
      ['', [placed('a', 0), placed('b', 1), placed('c', 2)]],
      ...candidates.map((candidate): [string, PlacedParameter[]] => [candidate.id, [placed('inner', 3)]]),
    ]),
    trainableLines: 4,
    statisticLines: 0,
  };
  const cut: CutGraph = {
    trunk: trunk.region,
    choices: candidates.map((candidate) => ({ node: {} as ChoiceNode, candidates: [candidate] })),
  };
  return planUpdates(cut, trunk, backwardFlow(trunk, true, new Set(), new Set()), layout);
};

const idsAfter = ({ afterElement }: ReturnType<typeof plan>) =>
  Object.fromEntries([...afterElement].map(([index, parameters]) => [index, parameters.map(({ id }) => id)]));

test('a parameter is updated after its own element, and gradients share their lines', () => {
  const updates = plan([unit('a', 'x', ['p:a', 'd:a']), unit('b', 'a', ['p:b', 'd:b']), unit('c', 'b', ['p:c', 'd:c'])]);
  expect(idsAfter(updates)).toEqual({ 0: ['a'], 1: ['b'], 2: ['c'] });
  expect([...updates.lines.values()]).toEqual([0, 0, 0]);
  expect(updates).toMatchObject({ atEnd: [], size: 1 });
});

test('not before an element that comes later has read it; meanwhile its gradient has lines of its own', () => {
  const updates = plan([unit('a', 'x', ['p:a', 'd:a']), unit('b', 'a', ['p:b', 'd:b', 'p:c']), unit('c', 'b', ['p:c', 'd:c'])]);
  expect(idsAfter(updates)).toEqual({ 0: ['a'], 1: ['b', 'c'] });
  expect(updates.lines.get('b')).not.toBe(updates.lines.get('c'));
  expect(updates.size).toBe(2);
});

test('gradients of a candidate stay clear of those that wait for an element before its choice', () => {
  const node: ChoiceNode = { kind: 'choice', id: 'b', inputs: ['a'], type: float32(1), candidates: [] };
  const choice: Element = { kind: 'choice', choice: 0, node };
  const updates = plan([unit('a', 'x', ['p:a', 'd:a', 'p:c']), choice, unit('c', 'b', ['p:c', 'd:c'])], [region('b/only')]);
  expect(idsAfter(updates)).toEqual({ 0: ['a', 'c'] });
  expect(updates.atEnd.map(({ id }) => id)).toEqual(['b']);
  expect(updates.lines.get('inner')).toBe(2);
});
