// Every macro on every one of its examples: what it expands to is well-typed, differentiable, and the same in ONNX.
import { createPlainRunner } from '@nasc/c-emit';
import type { PlainRunner } from '@nasc/c-emit';
import { buildNetwork, verifyGraph } from '@nasc/ir';
import { createOnnxSession, writeOnnx } from '@nasc/onnx';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dataOf, networkValues } from './random-network.ts';
import { macroLookup, macros, opLookup, ops } from './registered-ops.ts';
import { disagreements, relativeError } from './run-case.ts';

let double: PlainRunner;
let float: PlainRunner;
beforeAll(async () => {
  [double, float] = await Promise.all([createPlainRunner(ops, 'double'), createPlainRunner(ops, 'float')]);
});
afterAll(() => {
  double.dispose();
  float.dispose();
});

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

test.each(rows)('$name: float32 agrees with float64 in values and gradients', ({ name, graph }) => {
  const { batch, inputs, parameters, directions } = networkValues(graph, opLookup, name, 4);
  const compute = (runner: PlainRunner) => {
    const forward = runner.runForward(graph, dataOf(parameters), inputs, { batch, mode: 'training' });
    const gradients = runner.runBackward(forward, directions);
    const named = (prefix: string, table: ReadonlyMap<string, ArrayLike<number>>) =>
      [...table].map(([id, values]) => [prefix + id, values] as const);
    return new Map([
      ...named('value ', forward.values),
      ...named('gradient ', gradients.values),
      ...named('gradient ', gradients.parameters),
    ]);
  };
  expect(disagreements(compute(float), compute(double), 1e-4)).toEqual({});
});

test.each(rows)('$name: ONNX Runtime agrees with the plain kernels', async ({ name, graph }) => {
  const { batch, inputs, parameters } = networkValues(graph, opLookup, name);
  const expected = double.runForward(graph, dataOf(parameters), inputs, { batch, mode: 'inference' }).values.get(graph.outputs[0]!)!;
  const session = await createOnnxSession(writeOnnx(graph, parameters, opLookup, { name: 'macro' }));
  const [output] = await session.runAll([...inputs.values()], batch);
  await session.dispose();
  expect(relativeError(output!, expected)).toBeLessThan(1e-5);
});
