// What an op costs, counted from what is done instead of from its definition: the nodes of its ONNX file, and the sizes of
// what ONNX Runtime takes and gives.
import { costOf, elementCount } from '@nasc/ir';
import { createOnnxSession, summariseOnnx, writeOnnx } from '@nasc/onnx';
import type { OnnxSummary } from '@nasc/onnx';
import { expect, test } from 'vitest';
import { inputId, parameterTensors } from './example-case.ts';
import type { ExampleCase } from './example-case.ts';
import { opLookup, rows } from './registered-ops.ts';

/** For each operator of ONNX with parameters, its inputs that are trained, and those that only move with the data. */
const parameterInputs: Readonly<Record<string, { readonly trained: readonly number[]; readonly moving: readonly number[] }>> = {
  Conv: { trained: [1, 2], moving: [] },
  Gemm: { trained: [1, 2], moving: [] },
  BatchNormalization: { trained: [1, 2], moving: [3, 4] },
};

/** Products that one output of an operator sums: over its window and the channels of its group, or over its row. */
const productsPerOutput = (opType: string, weight: readonly number[]): number => {
  if (opType === 'Conv') return elementCount(weight.slice(1)); // [out, in / groups, kh, kw]
  return opType === 'Gemm' ? weight[0]! : 0; // [in, out]
};

const count = ({ nodes, constants }: OnnxSummary, inputs: number, outputs: number) => {
  const elements = (name: string | undefined) => (name !== undefined && constants.has(name) ? elementCount(constants.get(name)!) : 0);
  const sum = (kind: 'trained' | 'moving') =>
    nodes
      .flatMap(({ opType, inputs: names }) => parameterInputs[opType]?.[kind].map((at) => elements(names[at])) ?? [])
      .reduce((a, b) => a + b, 0);
  const [trained, moving] = [sum('trained'), sum('moving')];
  const macs = nodes.map(({ opType, inputs: [, weight] }) => outputs * productsPerOutput(opType, constants.get(weight ?? '') ?? [0]));
  return {
    macs: macs.reduce((a, b) => a + b, 0),
    parameters: trained,
    bytesRead: 4 * (inputs + trained + moving),
    bytesWritten: 4 * outputs,
  };
};

const countOf = async (row: ExampleCase) => {
  const bytes = writeOnnx(row.graph, parameterTensors(row), opLookup, { name: row.op.name });
  const session = await createOnnxSession(bytes);
  const given = row.inputTypes.map((_, index) => row.inputs.get(inputId(index))!);
  const [output] = await session.runAll(given, row.batch);
  await session.dispose();
  const taken = given.reduce((sum, { length }) => sum + length, 0);
  return count(summariseOnnx(bytes), taken / row.batch, output!.length / row.batch);
};

test.each(rows)('$name', async ({ row }) => {
  const [node] = row.graph.nodes;
  expect(costOf({ node: node!, attributes: row.attributes, inputs: row.inputTypes, output: row.outputType }, row.op)).toEqual(
    await countOf(row),
  );
});
