import { DiagnosticError, formatDiagnostics } from '@nasc/diagnostics';
import { describe, expect, test } from 'vitest';
import { exampleSpace } from '../example-space.test-helper.ts';
import type { ChoiceNode, Graph, OpNode } from '../graph.ts';
import { float32 } from '../tensor-type.ts';
import { tiny } from '../tiny-ops.test-helper.ts';
import { readGraph } from './read-graph.ts';
import { verifyGraph } from './verify-graph.ts';

const space = exampleSpace();
const problems = (graph: Graph) => formatDiagnostics(verifyGraph(graph, tiny.ops));
const edit = (id: string, change: (node: OpNode) => Partial<OpNode>): Graph => ({
  ...space,
  nodes: space.nodes.map((node) => (node.id === id ? ({ ...node, ...change(node as OpNode) } as OpNode) : node)),
});
const editChoice = (change: (choice: ChoiceNode) => Partial<ChoiceNode>): Graph => ({
  ...space,
  nodes: space.nodes.map((node) => (node.kind === 'choice' ? { ...node, ...change(node) } : node)),
});

describe('the verifier', () => {
  test('finds nothing wrong with what the builder makes', () => {
    expect(verifyGraph(space, tiny.ops)).toEqual([]);
  });

  test('unknown op', () => {
    expect(problems(edit('logits', () => ({ op: 'densse' })))).toBe(`error IR_UNKNOWN_OP: There is no op "densse".
  at logits
  hint: Did you mean "dense"?`);
  });

  test('duplicate id, in a region too', () => {
    const renamed = editChoice(({ candidates }) => ({
      candidates: candidates.map((candidate) => ({
        ...candidate,
        graph: {
          ...candidate.graph,
          inputs: candidate.graph.inputs.map((input) => (candidate.name === 'skip' ? { ...input, id: 'input' } : input)),
        },
      })),
    }));
    expect(problems(renamed)).toContain(`error IR_DUPLICATE_ID: There are two values with the id "input".
  at input
  hint: Give one of them another name.`);
  });

  test('an input that comes later, or not at all', () => {
    expect(problems(edit('stem.dense', () => ({ inputs: ['logits'] })))).toBe(
      `error IR_INPUT_UNDEFINED: "stem.dense" reads "logits", which is only defined after it.
  at stem.dense`,
    );
    expect(problems(edit('logits', () => ({ inputs: ['block1.b2.wide'] })))).toBe(
      `error IR_INPUT_UNDEFINED: "logits" reads "block1.b2.wide", which does not exist.
  at logits`,
    );
  });

  test('wrong arity and wrong attributes', () => {
    expect(problems(edit('logits', ({ inputs }) => ({ inputs: [...inputs, 'input'], attributes: { width: 0 } }))))
      .toBe(`error IR_WRONG_ARITY: dense takes 1 input, not 2.
  at logits
error IR_ATTRIBUTE_INVALID: dense: "width" must be >= 1, not 0.
  at logits`);
  });

  test('a stored type that is not the inferred one, and inputs that do not fit', () => {
    expect(problems(edit('logits', () => ({ type: float32(3) })))).toBe(`error IR_WRONG_TYPE: "logits" is stored as 3 f32, but gives 2 f32.
  at logits`);
    expect(problems(edit('block1.add', () => ({ inputs: ['input', 'stem.dense'] })))).toBe(`error IR_SHAPES_DO_NOT_FIT: Add: shapes differ.
  at block1.add`);
  });

  test('candidates: output, region inputs, names', () => {
    const changed = editChoice(({ candidates: [first, second, third] }) => ({
      candidates: [
        first!,
        { ...second!, name: 'b2', graph: { ...second!.graph, outputs: ['block1.b8.narrow'] } },
        { ...third!, graph: { ...third!.graph, inputs: [] } },
      ],
    }));
    expect(problems(changed)).toBe(`error IR_DUPLICATE_CANDIDATE: Two candidates of one choice are called "b2".
  at block1.choice
  hint: Give one of them a "name" of its own.
error IR_CANDIDATE_TYPE: Candidate "b2" gives 8 f32; the choice gives 4 f32.
  at block1.choice
  hint: All candidates of a choice have the same output.
error IR_REGION_INPUTS: Candidate "skip" takes (); the choice is given (4 f32).
  at block1.choice
error IR_INPUT_UNDEFINED: "block1.skip.relu" reads "block1.skip.input", which does not exist.
  at block1.skip.relu`);
    expect(problems(editChoice(() => ({ candidates: [] })))).toBe(`error IR_NO_CANDIDATES: A choice needs at least one candidate.
  at block1.choice`);
  });

  test('a choice in a candidate, and a candidate with two outputs', () => {
    const nested = editChoice(({ candidates: [first, ...others], ...choice }) => ({
      candidates: [
        { ...first!, graph: { ...first!.graph, outputs: ['block1.b2.wide', 'block1.b2.act'] } },
        {
          ...others[1]!,
          graph: {
            ...others[1]!.graph,
            nodes: [{ ...choice, id: 'inner', inputs: ['block1.skip.input'], candidates: others.slice(0, 1) } as never],
            outputs: ['inner'],
          },
        },
      ],
    }));
    expect(problems(nested)).toBe(`error IR_REGION_OUTPUTS: Candidate "b2" has 2 outputs; a candidate has one.
  at block1.choice
error IR_NESTED_CHOICE: A candidate cannot contain a choice.
  at inner
  hint: Use the macro as a block of its own, not as a candidate.`);
  });

  test('group, dtype, outputs: all at once', () => {
    const node = edit('logits', ({ type }) => ({ group: 'head', type: { ...type, dtype: 'int8' } }));
    expect(problems({ ...node, outputs: ['scores'] })).toBe(`error IR_WRONG_TYPE: "logits" is stored as 2 int8, but gives 2 f32.
  at logits
error IR_GROUP_MISSING: "logits" belongs to the group "head", which the graph does not have.
  at logits
error IR_DTYPE: "logits" has the type int8; only float32 is supported.
  at logits
error IR_OUTPUT_MISSING: The output "scores" is no value of the graph.
  at scores`);
    expect(problems({ ...space, outputs: [] })).toBe('error IR_NO_OUTPUT: The graph has no output.');
  });
});

describe('a graph from JSON', () => {
  const json = () => JSON.parse(JSON.stringify(space)) as { nodes: Record<string, unknown>[]; outputs?: unknown };

  test('is the same graph', () => {
    expect(readGraph(json(), 'space.json')).toEqual(space);
  });

  test('has its form checked, each problem at its place', () => {
    const wrong = json();
    delete wrong.outputs;
    wrong.nodes[0]!['atributes'] = {};
    wrong.nodes[2]!['type'] = { shape: [0], dtype: 'float64' };
    wrong.nodes[3]!['kind'] = 'operation';
    const read = () => {
      try {
        readGraph(wrong, 'space.json');
      } catch (error) {
        return formatDiagnostics((error as DiagnosticError).diagnostics);
      }
      return 'no error';
    };
    expect(read()).toBe(`error IR_JSON_INVALID: Not a graph: the property "outputs" is missing.
  at space.json#
error IR_JSON_INVALID: Not a graph: there is no property "atributes".
  at space.json#/nodes/0
error IR_JSON_INVALID: Not a graph: it must be >= 1.
  at space.json#/nodes/2/type/shape/0
error IR_JSON_INVALID: Not a graph: it must be one of float32, int8.
  at space.json#/nodes/2/type/dtype
error IR_JSON_INVALID: Not a graph: "kind" must be op or choice.
  at space.json#/nodes/3`);
  });
});
