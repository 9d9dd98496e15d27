import { DiagnosticError, formatDiagnostics } from '@nasc/diagnostics';
import { describe, expect, test } from 'vitest';
import { exampleSpace } from '../example-space.test-helper.ts';
import { choicesOf } from '../graph.ts';
import { float32 } from '../tensor-type.ts';
import { verifyGraph } from '../check/verify-graph.ts';
import { tiny } from '../tiny-ops.test-helper.ts';
import { buildGraph, buildNetwork } from './build-graph.ts';
import type { RootBuilder } from './build-graph.ts';
import { inferTypes } from './infer-types.ts';

const messageOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof DiagnosticError) return formatDiagnostics(error.diagnostics);
    throw error;
  }
  return 'no error';
};
const failure = (build: (builder: RootBuilder) => string) => messageOf(() => buildGraph(tiny, build));

describe('ids', () => {
  test('are structural: a candidate’s nodes are called after block and candidate', () => {
    const [choice] = choicesOf(exampleSpace());
    expect(choice!.id).toBe('block1.choice');
    expect(choice!.candidates[0]!.graph.inputs.map(({ id }) => id)).toEqual(['block1.b2.input']);
    expect(choice!.candidates[0]!.graph.nodes.map(({ id }) => id)).toEqual(['block1.b2.narrow', 'block1.b2.act', 'block1.b2.wide']);
  });

  test('of everything else stay when a sibling is added', () => {
    const ids = (space: ReturnType<typeof exampleSpace>) =>
      choicesOf(space)[0]!.candidates.flatMap(({ graph }) => graph.nodes.map(({ id }) => id));
    const before = ids(exampleSpace());
    const after = ids(exampleSpace(['b2', 'b4', 'b8', 'skip']));
    expect(after.filter((id) => !id.startsWith('block1.b4.'))).toEqual(before);
  });
});

test('attributes get their defaults, macros’ too; groups and origins are marked', () => {
  const space = exampleSpace();
  const [choice] = choicesOf(space);
  expect(space.nodes[0]).toEqual({
    kind: 'op',
    id: 'stem.dense',
    op: 'dense',
    attributes: { width: 4, bias: false },
    inputs: ['input'],
    type: float32(4),
    group: 'stem',
    origin: '#/stem/0',
  });
  expect(choice!.candidates[1]!.attributes).toEqual({ inside: 8, width: 4 });
  expect(space.groups.map(({ id, position }) => [id, position])).toEqual([
    ['stem', 0],
    ['block1', 1],
  ]);
});

describe('parts and edges of a block', () => {
  const skip = { name: 'skip', macro: 'skip', attributes: {} };
  const b2 = { name: 'b2', macro: 'bottleneck', attributes: { inside: 2 } };
  const build = (unit?: string) =>
    buildGraph(tiny, (builder) => {
      const block = builder.group({ id: 'block', macro: 'tree', attributes: {}, shortcut: false, ...(unit && { unit }) }, '#/stages/0');
      const start = block.part('start').op('dense', 'dense', [builder.input('input', float32(4))], { width: 6 });
      const left = block.edge('left', [start], [skip, b2], { width: 6 });
      return block.part('end').op('add', 'add', [left, block.edge('right', [start], [b2], { width: 6 })]);
    });

  test('are groups of their own, and a block without other nodes is none', () => {
    const graph = build();
    expect(graph.groups.map(({ id, macro, position }) => `${position} ${id} ${macro}`)).toEqual([
      '0 block.start tree',
      '1 block.left choice',
      '2 block.right bottleneck',
      '3 block.end tree',
    ]);
    expect(graph.nodes.every(({ group, origin }) => group !== 'block' && origin === '#/stages/0')).toBe(true);
    expect(verifyGraph(graph, tiny.ops)).toEqual([]);
  });

  test('an edge gives its sizes to the candidates that take them; an only candidate is no choice', () => {
    const graph = build();
    expect(choicesOf(graph).map(({ id, candidates }) => [id, candidates.map(({ attributes }) => attributes)])).toEqual([
      ['block.left.choice', [{}, { inside: 2, width: 6 }]],
    ]);
    expect(graph.nodes.map(({ id }) => id)).toContain('block.right.b2.narrow');
  });

  test('belong to the unit of several blocks that theirs belongs to', () => {
    expect(build('stem').groups.map(({ unit }) => unit)).toEqual(['stem', 'stem', 'stem', 'stem']);
  });
});

test('inferTypes follows a changed input through regions', () => {
  const space = exampleSpace();
  const stem = { ...space.nodes[0]!, attributes: { width: 4 } };
  const changed = inferTypes(
    { ...space, inputs: [{ id: 'input', type: float32(9) }], nodes: [stem, ...space.nodes.slice(1)] } as typeof space,
    tiny.ops,
  );
  expect(changed.nodes.map(({ type }) => type.shape)).toEqual([[4], [4], [4], [2]]);
  expect(inferTypes(space, tiny.ops)).toEqual(space);
});

describe('messages', () => {
  test('unknown op and macro', () => {
    expect(failure((builder) => builder.op('a', 'rellu', [builder.input('input', float32(1))]))).toBe(
      `error IR_UNKNOWN_OP: There is no op "rellu".
  at a
  hint: Did you mean "relu"?`,
    );
    expect(failure((builder) => builder.macro('a', 'mbConv', [builder.input('input', float32(1))], {}))).toBe(
      `error IR_UNKNOWN_MACRO: There is no macro "mbConv".
  at a
  hint: Known: bottleneck, skip.`,
    );
  });

  test('attributes: every problem at once', () => {
    expect(
      failure((builder) => builder.op('a', 'dense', [builder.input('input', float32(1))], { widt: 3, bias: 'yes', mode: 'fas' })),
    ).toBe(
      `error IR_ATTRIBUTE_MISSING: dense needs the attribute "width".
  at a
  hint: Values out.
error IR_ATTRIBUTE_UNKNOWN: dense has no attribute "widt".
  at a
  hint: Did you mean "width"?
error IR_ATTRIBUTE_INVALID: dense: "bias" must be true or false, not "yes".
  at a
error IR_ATTRIBUTE_INVALID: dense: "mode" must be one of "plain", "fast", not "fas".
  at a
  hint: Did you mean "fast"?`,
    );
  });

  test('shapes, arity, ids, outputs', () => {
    expect(failure((builder) => builder.op('a', 'dense', [builder.input('input', float32(2, 2, 1))], { width: 1 }))).toBe(
      `error IR_SHAPES_DO_NOT_FIT: Dense takes a vector.
  at a`,
    );
    expect(failure((builder) => builder.op('a', 'add', [builder.input('input', float32(1))]))).toBe(
      `error IR_WRONG_ARITY: add takes at least 2 inputs, not 1.
  at a`,
    );
    expect(failure((builder) => builder.op('a', 'relu', ['nothing']))).toBe(
      `error IR_INPUT_UNDEFINED: "a" reads "nothing", which does not exist.
  at a`,
    );
    expect(failure((builder) => builder.op('input', 'relu', [builder.input('input', float32(1))]))).toBe(
      `error IR_DUPLICATE_ID: There are two values with the id "input".
  at input
  hint: Give one of them another name.`,
    );
    expect(failure(() => 'nothing')).toBe(
      `error IR_OUTPUT_MISSING: The output "nothing" is no value of the graph.
  at nothing`,
    );
  });

  test('problems of several candidates are told together, each at its place', () => {
    const spec = (name: string, macro: string, attributes: Record<string, number>) => ({
      name,
      macro,
      attributes,
      origin: `#/candidates/${name}`,
    });
    expect(
      failure((builder) =>
        builder.choice(
          'choice',
          [builder.input('input', float32(4))],
          [
            spec('a', 'bottleneck', {}),
            spec('b', 'nothing', {}),
            spec('c', 'bottleneck', { inside: 2 }),
            spec('d', 'bottleneck', { inside: 2, width: 5 }),
          ],
        ),
      ),
    ).toBe(
      `error IR_ATTRIBUTE_MISSING: bottleneck needs the attribute "inside".
  at #/candidates/a
error IR_UNKNOWN_MACRO: There is no macro "nothing".
  at #/candidates/b
  hint: Known: bottleneck, skip.
error IR_CANDIDATE_TYPE: Candidate "d" gives 5 f32; the choice gives 4 f32.
  at choice
  hint: All candidates of a choice have the same output.`,
    );
  });
});

test('a network has no choices', () => {
  expect(() =>
    buildNetwork(tiny, (builder) =>
      builder.choice('choice', [builder.input('input', float32(4))], [{ name: 'skip', macro: 'skip', attributes: {} }]),
    ),
  ).toThrow('"choice" is a choice; a network has none.');
});
