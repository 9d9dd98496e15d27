// Every macro on every one of its examples expands to a well-typed graph; lowerings.test.ts computes with it.
import { buildNetwork, verifyGraph } from '@nasc/ir';
import { expect, test } from 'vitest';
import { macroLookup, macros, opLookup } from './registered-ops.ts';

const rows = macros.flatMap((macro) =>
  macro.examples.map((example) => {
    const graph = buildNetwork({ ops: opLookup, macros: macroLookup }, (builder) => {
      const inputs = example.inputs.map((type, index) => builder.input(`input${index}`, type));
      return builder.macro('block', macro.name, inputs, example.attributes);
    });
    return { name: `${macro.name}: ${example.name}`, graph };
  }),
);

test('macros without examples', () => {
  expect(macros.filter(({ examples }) => examples.length === 0).map(({ name }) => name)).toEqual([]);
});

test.each(rows)('$name: expands to a graph without faults', ({ graph }) => {
  expect(verifyGraph(graph, opLookup)).toEqual([]);
});
