import { describe, expect, test } from 'vitest';
import { exampleSpace } from '../example-space.test-helper.ts';
import { tiny } from '../tiny-ops.test-helper.ts';
import { hashGraph } from './hash-graph.ts';
import { printGraph } from './print-graph.ts';

const space = exampleSpace();

describe('the printer', () => {
  test('one line a node, ids relative to their group, candidates by what tells them apart', () => {
    expect(printGraph(space)).toBe(`%input                                                                  3 f32
stem  dense
  .dense = dense(%input) bias false, width 4                            4 f32
block1  choice  shortcut
  .choice = choice(%stem.dense)                                         4 f32
    b2    bottleneck inside 2
    b8    bottleneck inside 8
    skip  skip
  .add = add(.choice, %stem.dense)                                      4 f32
%logits = dense(%block1.add) bias false, width 2                        2 f32
return %logits`);
  });

  test('side tables are columns; with the ops defaults are left out; regions on request', () => {
    const probabilities = [[0.62, 0.31, 0.07]];
    const text = printGraph(space, {
      ops: tiny.ops,
      regions: true,
      columns: [
        ({ candidate }) => candidate && `p ${probabilities[candidate.choice]![candidate.index]!.toFixed(2)}`,
        ({ node, candidate }) => (candidate?.value.name === 'b8' || node.id === 'logits' ? '0.41 ms' : undefined),
      ],
    });
    expect(text).toBe(`%input                                                                  3 f32
stem  dense
  .dense = dense(%input) width 4                                        4 f32
block1  choice  shortcut
  .choice = choice(%stem.dense)                                         4 f32
    b2    bottleneck inside 2                                           p 0.62
      .b2.narrow = dense(.b2.input) width 2                             2 f32
      .b2.act = relu(.b2.narrow)                                        2 f32
      .b2.wide = dense(.b2.act) bias true, width 4                      4 f32
    b8    bottleneck inside 8                                           p 0.31  0.41 ms
      .b8.narrow = dense(.b8.input) width 8                             8 f32
      .b8.act = relu(.b8.narrow)                                        8 f32
      .b8.wide = dense(.b8.act) bias true, width 4                      4 f32
    skip  skip                                                          p 0.07
      .skip.relu = relu(.skip.input)                                    4 f32
  .add = add(.choice, %stem.dense)                                      4 f32
%logits = dense(%block1.add) width 2                                    2 f32  0.41 ms
return %logits`);
  });

  test('a sibling that is added is lines that are added', () => {
    const before = printGraph(space, { regions: true }).split('\n');
    const after = printGraph(exampleSpace(['b2', 'b4', 'b8', 'skip']), { regions: true }).split('\n');
    expect(after.filter((line) => !line.includes('b4'))).toEqual(before);
  });
});

describe('the hash', () => {
  const withOrigin = (origin: string) => ({ ...space, nodes: space.nodes.map((node) => ({ ...node, origin })) });

  test('does not depend on where nodes come from, nor on the order of keys', () => {
    expect(hashGraph(withOrigin('elsewhere'))).toBe(hashGraph(space));
    const { groups, ...rest } = space;
    expect(hashGraph({ groups, ...rest })).toBe(hashGraph(space));
    expect(hashGraph(space)).toMatch(/^[0-9a-f]{64}$/);
  });

  test('depends on everything else', () => {
    expect(hashGraph(exampleSpace(['b2', 'b8']))).not.toBe(hashGraph(space));
    expect(hashGraph({ ...space, outputs: ['block1.add'] })).not.toBe(hashGraph(space));
  });
});
