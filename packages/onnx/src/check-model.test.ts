import { expect, test } from 'vitest';
import { checkModel } from './check-model.ts';

const relu = (name: string, input: string, output: string) => ({ opType: 'Relu', name, input: [input], output: [output] });
const graph = {
  name: 'network',
  input: [{ name: 'input' }],
  output: [{ name: 'logits' }],
  node: [relu('a', 'input', 'x'), relu('b', 'x', 'logits')],
};

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
  expect(checkModel({ graph: { ...graph, valueInfo: [{ name: 'gone' }] } })).toEqual(['value "gone" is described, but made by nothing']);
});

test('what is there twice, and a graph without a name', () => {
  expect(checkModel({ graph: { ...graph, name: '' } })).toEqual(['the graph has no name']);
  const twice = [
    { key: 'space', value: 'a' },
    { key: 'space', value: 'b' },
  ];
  expect(checkModel({ graph, metadataProps: twice })).toEqual(['metadata "space" is there twice']);
  expect(checkModel({ graph: { ...graph, valueInfo: [{ name: 'x' }, { name: 'x' }] } })).toEqual(['value "x" is described twice']);
  const node = [{ ...relu('a', 'input', 'x'), attribute: [{ name: 'axis' }, { name: 'axis' }] }, relu('b', 'x', 'logits')];
  expect(checkModel({ graph: { ...graph, node } })).toEqual(['node "a" has the attribute "axis" twice']);
});
