// The example's op as a built-in one is checked: kernels, gradients, ONNX and TensorFlow.js against the formula.
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { createPlainRunner } from '@nasc/c-emit';
import type { PlainInputs, PlainRunner } from '@nasc/c-emit';
import { lookupOf, parameterId } from '@nasc/ir';
import { createOnnxSession, opsets, readOnnx, writeOnnx } from '@nasc/onnx';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { learnedSwish } from '../../examples/plugin/src/learned-swish.ts';
import { exampleCase, inputId, nodeId, parameterTensors } from '../conformance/example-case.ts';
import { centralDifferences } from '../conformance/finite-differences.ts';
import { backward, disagreements, forward, relativeError } from '../conformance/run-case.ts';

let plain: PlainRunner;
beforeAll(async () => {
  tf.enableProdMode(); // no advertisement on the console
  await tf.setBackend('cpu');
  plain = await createPlainRunner([learnedSwish], 'double');
});
afterAll(() => plain.dispose());

const rows = learnedSwish.examples.map((example) => ({ name: example.name, row: exampleCase(learnedSwish, example) }));
const [input, beta] = [inputId(0), parameterId(nodeId, 'beta')];

/** x / (1 + exp(-beta x)), element by element. */
const formula = (x: ArrayLike<number>, slope: ArrayLike<number>) =>
  Float64Array.from(x, (value, at) => value / (1 + Math.exp(-slope[at % slope.length]! * value)));

test.each(rows)(
  '$name: every lowering gives the formula, gradients are its differences, and its ONNX file is read back',
  async ({ row }) => {
    const expected = formula(row.inputs.get(input)!, row.parameters.get(beta)!);
    const run = forward(plain, row);
    expect(relativeError(run.values.get(nodeId)!, expected)).toBeLessThan(1e-12);

    const project = (x: ArrayLike<number>, slope: ArrayLike<number>) =>
      formula(x, slope).reduce((sum, value, at) => sum + row.direction[at]! * value, 0);
    const differences = new Map([
      [input, centralDifferences(row.inputs.get(input)!, (x) => project(x, row.parameters.get(beta)!))],
      [beta, centralDifferences(row.parameters.get(beta)!, (slope) => project(row.inputs.get(input)!, slope))],
    ]);
    const gradients = backward(plain, row, run);
    const found: PlainInputs = new Map([...gradients.values, ...gradients.parameters]);
    expect(disagreements(found, differences, 1e-6)).toEqual({});

    for (const opset of [opsets.oldest, opsets.newest]) {
      const ops = lookupOf([learnedSwish]);
      const bytes = writeOnnx(row.graph, parameterTensors(row), ops, { name: 'op', opset });
      const read = readOnnx(bytes, ops);
      expect(read.weights).toEqual(parameterTensors(row));
      expect(writeOnnx(read.graph, read.weights, ops, read)).toEqual(bytes);
      const session = await createOnnxSession(bytes);
      const [output] = await session.runAll([row.inputs.get(input)!], row.batch);
      await session.dispose();
      expect(relativeError(output!, expected)).toBeLessThan(1e-5);
    }

    const shape = [row.batch, ...row.outputType.shape];
    const output = learnedSwish.lower.tfjs!({
      tf,
      attributes: row.attributes as never,
      inputs: [tf.tensor(row.inputs.get(input)!, shape)],
      parameters: { beta: tf.tensor(row.parameters.get(beta)!) },
      shape,
      statistics: 'running',
    });
    expect(relativeError(output.dataSync(), expected)).toBeLessThan(1e-5);
  },
);
