// Every op on every one of its examples: attributes, types, kernels, gradients and costs have to agree. A new op is
// tested by being registered with examples; nothing here knows an op by name.
import { Ajv2020 } from 'ajv/dist/2020.js';
import { createPlainRunner } from '@nasc/c-emit';
import type { PlainInputs, PlainOptions, PlainRunner } from '@nasc/c-emit';
import { elementCount, parameterId } from '@nasc/ir';
import type { Attributes } from '@nasc/ir';
import { Random } from '@nasc/random';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exampleCase, nodeId } from './example-case.ts';
import { centralDifferences } from './finite-differences.ts';
import { ops, rows } from './registered-ops.ts';
import { backward, computeAll, disagreements, forward } from './run-case.ts';

let double: PlainRunner;
let float: PlainRunner;
beforeAll(async () => {
  [double, float] = await Promise.all([createPlainRunner(ops, 'double'), createPlainRunner(ops, 'float')]);
});
afterAll(() => {
  double.dispose();
  float.dispose();
});

describe('definitions', () => {
  test('ops without examples, C or ONNX lowering', () => {
    const without = (has: (op: (typeof ops)[number]) => unknown) => ops.filter((op) => !has(op)).map(({ name }) => name);
    expect({
      examples: without((op) => op.examples.length > 0),
      c: without((op) => op.lower.c),
      onnx: without((op) => op.lower.onnx),
    }).toEqual({ examples: [], c: [], onnx: [] });
  });

  test.each(rows)('$name: attributes fit the schema, whose defaults are those of the code', ({ row }) => {
    const { op, attributes, inputTypes } = row;
    const validate = new Ajv2020({ useDefaults: true, strict: true }).compile(op.attributesSchema);
    const filled = structuredClone(attributes) as Attributes;
    validate(filled);
    expect(validate.errors).toBeNull();
    expect(op.inferType(filled, inputTypes)).toEqual(row.outputType);
    expect(op.parameters?.(filled, inputTypes) ?? []).toEqual(row.specs);
    expect(validate({ ...attributes, 'no such attribute': 1 })).toBe(false);
  });

  test.each(rows)('$name: macs are the multiplications that a brute-force count finds', ({ row }) => {
    // With inputs and output gradients of 1, the gradient of a weight counts the products that it is in. Of a convolution's
    // weight the middle is never in the padding, and padding counts in the published convention.
    const { op, attributes, inputTypes } = row;
    const single = exampleCase(op, { name: '', attributes, inputs: inputTypes }, 1);
    const ones = (table: ReadonlyMap<string, Float32Array>) => new Map([...table].map(([id, values]) => [id, values.map(() => 1)]));
    const run = double.runForward(single.graph, ones(single.parameters), ones(single.inputs), { batch: 1, mode: 'training' });
    const { parameters } = double.runBackward(run, new Map([[nodeId, single.direction.map(() => 1)]]));
    const counted = row.specs
      .filter(({ role }) => role === 'weight')
      .map(({ name, shape }) => elementCount(shape) * Math.max(...parameters.get(parameterId(nodeId, name))!));
    expect(op.macs?.(attributes, inputTypes, row.outputType) ?? 0).toBe(counted.reduce((a, b) => a + b, 0));
  });
});

describe('plain kernels', () => {
  test.each(rows)('$name: write all of their output and nothing else', ({ row }) => {
    // The runner reports writes outside of a buffer; what was not written is still NaN.
    const results = computeAll(float, row);
    expect([...results].filter(([, values]) => values.some(Number.isNaN)).map(([name]) => name)).toEqual([]);
    const { values } = forward(float, row);
    expect([...row.inputs.keys()].map((id) => values.get(id))).toEqual([...row.inputs.values()]);
  });

  test.each(rows)('$name: gradients equal central differences', ({ row }) => {
    const changed = (table: PlainInputs, id: string, values: ArrayLike<number>): PlainInputs => new Map(table).set(id, values);
    const project = (other: Partial<Record<'inputs' | 'parameters', PlainInputs>>) => {
      const values = forward(double, { ...row, ...other }).values.get(nodeId)!;
      return row.direction.reduce((sum, weight, at) => sum + weight * values[at]!, 0);
    };
    const gradients = backward(double, row, forward(double, row));
    const trainable = row.specs.filter((spec) => spec.trainable).map(({ name }) => parameterId(nodeId, name));
    const differences = new Map([
      ...[...row.inputs].map(([id, values]) => {
        return [id, centralDifferences(values, (at) => project({ inputs: changed(row.inputs, id, at) }))] as const;
      }),
      ...trainable.map((id) => {
        const values = row.parameters.get(id)!;
        return [id, centralDifferences(values, (at) => project({ parameters: changed(row.parameters, id, at) }))] as const;
      }),
    ]);
    expect(disagreements(new Map([...gradients.values, ...gradients.parameters]), differences, 1e-6)).toEqual({});
  });

  test.each(rows)('$name: parameter gradients are added to what is there', ({ row }) => {
    const run = forward(double, row);
    const direction = new Map([[nodeId, row.direction]]);
    const from = (start: number) => {
      const accumulated = new Map([...row.parameters].map(([id, values]) => [id, values.map(() => start)]));
      const { parameters } = double.runBackward(run, direction, accumulated);
      return new Map([...parameters].map(([id, values]) => [id, Float64Array.from(values, (value) => value - start)]));
    };
    expect(disagreements(from(1000), from(0), 1e-9)).toEqual({});
  });

  test.each(rows)('$name: float32 agrees with float64', ({ row }) => {
    expect(disagreements(computeAll(float, row), computeAll(double, row), 1e-4)).toEqual({});
  });

  test.each(rows)('$name: any division of the work gives the same bits', ({ name, row }) => {
    const random = new Random({ seed: 5, stream: `cuts.${name}` });
    const divisions: NonNullable<PlainOptions['cuts']>[] = [
      (items) => Array.from({ length: items - 1 }, (_, at) => at + 1),
      (items) => [Math.floor(items / 2)],
      (items) => [random.integer(items + 1), random.integer(items + 1)].toSorted((a, b) => a - b),
    ];
    const whole = computeAll(float, row);
    for (const cuts of divisions) expect(computeAll(float, row, { cuts })).toEqual(whole);
  });
});
