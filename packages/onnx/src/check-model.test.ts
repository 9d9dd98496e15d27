import { expect, test } from 'vitest';
import { checkModel } from './check-model.ts';

const relu = (name: string, input: string, output: string) => ({ opType: 'Relu', name, input: [input], output: [output] });
const graph = { input: [{ name: 'input' }], output: [{ name: 'logits' }], node: [relu('a', 'input', 'x'), relu('b', 'x', 'logits')] };

test('a well-formed graph has no problems', () => {
  expect(checkModel({ graph })).toEqual([]);
});

test('nodes out of order, names used twice and dangling values are named', () => {
  expect(checkModel({ graph: { ...graph, node: [relu('b', 'x', 'logits'), relu('a', 'input', 'x')] } })).toEqual([
    'node "b" reads "x", which nothing before it makes',
  ]);
  expect(checkModel({ graph: { ...graph, node: [...graph.node, relu('a', 'input', 'x')] } })).toEqual([
    'node "a" has a name that is taken',
    'the output of node "a", "x" has a name that is taken',
  ]);
  expect(checkModel({ graph: { ...graph, output: [{ name: 'scores' }] } })).toEqual(['output "scores" is made by nothing']);
  expect(checkModel({ graph: { ...graph, initializer: [{ name: 'unused' }] } })).toEqual(['constant "unused" is used by nothing']);
});
