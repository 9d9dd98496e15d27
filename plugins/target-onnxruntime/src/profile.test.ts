import { expect, test } from 'vitest';
import { attributeNodes, parseProfile } from './profile.ts';

// Shortened from a profile that ONNX Runtime 1.30 wrote.
const text = `[
{"cat" : "Session","pid" :1,"tid" :1,"dur" :1786,"ts" :14,"ph" : "X","name" :"model_loading_array","args" : {}},
{"cat" : "Node","pid" :1,"tid" :1,"dur" :7,"ts" :170,"ph" : "X","name" :"stem.relu_nchwc_kernel_time","args" : {"op_name" : "Conv"}},
{"cat" : "Node","pid" :1,"tid" :1,"dur" :5,"ts" :226,"ph" : "X","name" :"head.linear_kernel_time","args" : {"op_name" : "Gemm"}},
{"cat" : "Session","pid" :1,"tid" :1,"dur" :117,"ts" :169,"ph" : "X","name" :"SequentialExecutor::Execute","args" : {}},
{"cat" : "Session","pid" :1,"tid" :1,"dur" :124,"ts" :167,"ph" : "X","name" :"model_run","args" : {}},
{"cat" : "Node","pid" :1,"tid" :1,"dur" :8,"ts" :300,"ph" : "X","name" :"stem.relu_nchwc_kernel_time","args" : {"op_name" : "Conv"}},
{"cat" : "Session","pid" :1,"tid" :1,"dur" :20,"ts" :299,"ph" : "X","name" :"model_run","args" : {}}
]`;

test('a profile is a list of runs, each with the time of its nodes', () => {
  expect(parseProfile(text)).toEqual([
    {
      microseconds: 124,
      nodes: [
        { name: 'stem.relu_nchwc', opType: 'Conv', microseconds: 7 },
        { name: 'head.linear', opType: 'Gemm', microseconds: 5 },
      ],
    },
    { microseconds: 20, nodes: [{ name: 'stem.relu_nchwc', opType: 'Conv', microseconds: 8 }] },
  ]);
});

const node = (name: string, opType = 'Conv') => ({ name, opType, microseconds: 1 });

test('names that the runtime changed lead back to the node', () => {
  const ids = ['stem', 'stem.conv', 'stage1.block1.expand', 'stage1.block10.expand'];
  const names = ['stem.conv_nchwc', 'fused stage1.block1.expand', 'stage1.block10.expand', 'stem/Transpose2'];
  expect(
    attributeNodes(
      names.map((name) => node(name)),
      ids,
    ),
  ).toEqual(['stem.conv', 'stage1.block1.expand', 'stage1.block10.expand', 'stem']);
});

test('a layout conversion counts for the node that needs it, or else for the one before', () => {
  const nodes = [
    node('ReorderInput', 'ReorderInput'),
    node('a'),
    node('ReorderInput_1', 'ReorderInput'),
    node('b'),
    node('ReorderOutput', 'ReorderOutput'),
    node('c'),
  ];
  expect(attributeNodes(nodes, ['a', 'b', 'c'])).toEqual(['a', 'a', 'b', 'b', 'b', 'c']);
});

test('a profile of another network is not attributed at all', () => {
  expect(() => attributeNodes([node('x'), node('y')], ['a'])).toThrow('The profile names no node of the network: x, y');
});
