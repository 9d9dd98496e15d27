// Every op against an independent framework, in output and gradients.
import { createPlainRunner } from '@nasc/c-emit';
import type { PlainRunner } from '@nasc/c-emit';
import { parameterId } from '@nasc/ir';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inputId, nodeId } from './example-case.ts';
import { ops, rows } from './registered-ops.ts';
import { backward, disagreements, forward, relativeError } from './run-case.ts';
import { judges, notJudged, runJudge, useCpuBackend } from './tfjs-judges.ts';

let double: PlainRunner;
beforeAll(async () => {
  [double] = await Promise.all([createPlainRunner(ops, 'double'), useCpuBackend()]);
});
afterAll(() => double.dispose());

test('ops that TensorFlow.js neither judges nor is said not to', () => {
  expect(ops.filter(({ name }) => !(name in judges) && !(name in notJudged)).map(({ name }) => name)).toEqual([]);
});

const judged = rows.filter(({ row }) => row.op.name in judges);

test.each(judged)('$name: TensorFlow.js agrees in output and gradients', ({ row }) => {
  const inputs = row.inputTypes.map(({ shape }, index) => ({
    id: inputId(index),
    shape: [row.batch, ...shape],
    data: row.inputs.get(inputId(index))!,
  }));
  const parameters = row.specs
    .filter((spec) => spec.trainable)
    .map(({ name, shape }) => ({ id: parameterId(nodeId, name), name, shape, data: row.parameters.get(parameterId(nodeId, name))! }));
  const { output, gradients } = runJudge(
    (tensors) => {
      const named = Object.fromEntries(parameters.map(({ name }, index) => [name, tensors[inputs.length + index]!]));
      return judges[row.op.name]!(tensors.slice(0, inputs.length), named, row.attributes, [row.batch, ...row.outputType.shape]);
    },
    [...inputs, ...parameters],
    row.direction,
  );
  const run = forward(double, row);
  const ours = backward(double, row, run);
  expect(relativeError(run.values.get(nodeId)!, output)).toBeLessThan(1e-5);
  const theirs = new Map([...inputs, ...parameters].map(({ id }, index) => [id, gradients[index]!]));
  expect(disagreements(new Map([...ours.values, ...ours.parameters]), theirs, 1e-4)).toEqual({});
});
