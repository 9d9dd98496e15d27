import type { DiagnosticError } from '@nasc/diagnostics';
import { expect, test } from 'vitest';
import type { StagePart } from '../part.ts';
import type { Pass } from '../pass.ts';
import type { PassPlacement } from '../plugin.ts';
import { orderPasses } from './order-passes.ts';

const pass = (name: string): Pass<never, unknown> => ({ name, run: (value) => value });
const provenance = { plugin: 'mine', digest: '' };
const part = (name: string, ...passes: string[]): { part: StagePart; provenance: typeof provenance } => ({
  part: {
    stage: 'expand',
    name,
    consumes: [],
    produces: 'searchSpace',
    per: 'run',
    dependsOn: [],
    reads: () => null,
    passes: passes.map(pass),
  },
  provenance: { plugin: 'built-in', digest: '' },
});
const place = (name: string, placement: PassPlacement) => ({ pass: pass(name), placement, provenance });
const names = (parts: ReturnType<typeof orderPasses>) => parts.map(({ passes }) => passes.map((item) => item.pass.name));
const messageOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return (error as DiagnosticError).diagnostics.map(({ code, message, plugin }) => `${code} ${plugin}: ${message}`).join('\n');
  }
  return 'no error';
};

test('passes are placed right before and right behind the named ones', () => {
  const order = orderPasses(
    [part('one', 'a', 'b', 'c')],
    [place('x', { before: 'b' }), place('y', { after: 'b' }), place('z', { after: 'y' })],
    [],
  );
  expect(names(order)).toEqual([['a', 'x', 'b', 'y', 'z', 'c']]);
});

test('a pass between two built-in ones, and one at each end', () => {
  const order = orderPasses(
    [part('one', 'a', 'b')],
    [place('between', { after: 'a', before: 'b' }), place('first', { before: 'a' }), place('last', { after: 'b' })],
    [],
  );
  expect(names(order)).toEqual([['first', 'a', 'between', 'b', 'last']]);
});

test('replaced and removed passes', () => {
  const order = orderPasses(
    [part('one', 'a', 'b', 'c')],
    [],
    [
      { kind: 'remove', name: 'a', provenance },
      { kind: 'replace', name: 'c', pass: pass('better'), provenance },
    ],
  );
  expect(names(order)).toEqual([['b', 'better']]);
});

test('an unknown anchor, a circle and anchors in two parts are diagnostics that name the plugin', () => {
  expect(messageOf(() => orderPasses([part('one', 'foldBatchNorm')], [place('x', { after: 'foldBatchNrm' })], []))).toBe(
    'PASS_ANCHOR_UNKNOWN mine: Pass "x" is placed next to "foldBatchNrm", which does not exist.',
  );
  expect(messageOf(() => orderPasses([part('one', 'a')], [place('x', { after: ['a', 'y'] }), place('y', { after: 'x' })], []))).toBe(
    'PASS_CIRCLE mine: These passes wait for each other: "x" of plugin "mine", "y" of plugin "mine".',
  );
  expect(messageOf(() => orderPasses([part('one', 'a')], [place('x', { after: 'y' }), place('y', { after: 'x' })], []))).toBe(
    'PASS_CIRCLE mine: These passes wait for each other: "x" of plugin "mine", "y" of plugin "mine".',
  );
  expect(messageOf(() => orderPasses([part('one', 'a'), part('two', 'b')], [place('x', { after: 'a', before: 'b' })], []))).toBe(
    'PASS_ANCHORS_APART mine: Pass "x" is placed next to passes of different parts: one, two.',
  );
  expect(messageOf(() => orderPasses([part('one', 'a')], [place('a', { after: 'a' })], []))).toBe(
    'PASS_DUPLICATE mine: The pass "a" of plugin "mine" has the name of a pass of plugin "built-in".',
  );
});
