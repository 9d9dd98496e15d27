// Every op, macro and pattern on every example, and networks of the built-in spaces, as ONNX files: in every operator set they run
// in ONNX Runtime, which checks their shapes strictly, and are read back as what they were.
import { createPlainRunner } from '@nasc/c-emit';
import type { PlainRunner } from '@nasc/c-emit';
import { createOnnxSession, opsets, readOnnx, writeOnnx } from '@nasc/onnx';
import { Random } from '@nasc/random';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { embed } from './cases/embed.ts';
import { examples } from './cases/examples.ts';
import { networkCase } from './cases/network-case.ts';
import { mixedNetwork } from './cases/random-networks.ts';
import { spaceNetworks } from './cases/space-networks.ts';
import { inputId, nodeId, parameterTensors } from './example-case.ts';
import { readBack, undescribedValues } from './read-back.ts';
import { opLookup, ops, rows } from './registered-ops.ts';
import { forward, relativeError } from './run-case.ts';

const everyOpset = Array.from({ length: opsets.newest - opsets.oldest + 1 }, (_, index) => opsets.oldest + index);
const batches = [true, false];

let double: PlainRunner;
beforeAll(async () => {
  double = await createPlainRunner(ops, 'double');
});
afterAll(() => double.dispose());

describe.each(rows)('$name', ({ row }) => {
  test.each(batches)('is computed right in every operator set, dynamic batch %s', async (dynamicBatch) => {
    const expected = forward(double, row, { mode: 'inference' }).values.get(nodeId)!;
    const inputs = row.inputTypes.map((_, index) => row.inputs.get(inputId(index))!);
    for (const opset of everyOpset) {
      const bytes = writeOnnx(row.graph, parameterTensors(row), opLookup, { name: row.op.name, opset, dynamicBatch });
      expect(undescribedValues(bytes)).toEqual([]);
      const session = await createOnnxSession(bytes);
      const [output] = await session.runAll(inputs, row.batch);
      await session.dispose();
      expect([opset, relativeError(output!, expected) < 1e-5]).toEqual([opset, true]);
    }
  });

  test('is read back from every operator set', () => {
    for (const opset of everyOpset) {
      const { found, expected } = readBack({ graph: row.graph, weights: parameterTensors(row) }, { opset });
      expect(found).toEqual(expected);
    }
  });
});

test.each(rows)('$name: a damaged file is read as what it still says, or refused with a diagnostic', ({ name, row }) => {
  const bytes = writeOnnx(row.graph, parameterTensors(row), opLookup, { name: row.op.name });
  const random = new Random({ seed: 11, stream: `conformance.damage ${name}` });
  for (let trial = 0; trial < 20; trial++) {
    const damaged = trial % 4 === 0 ? bytes.slice(0, random.integer(bytes.length)) : bytes.slice();
    for (let at = 0; at <= trial % 3; at++) damaged[random.integer(damaged.length)] = random.integer(256);
    let refusal: unknown = { diagnostics: [] };
    try {
      readOnnx(damaged, opLookup);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toHaveProperty('diagnostics');
  }
});

test.each(examples)('$name: is read back', (example) => {
  const { graph, parameters } = networkCase(example.name, embed(example), { seed: 1, images: 1 });
  const { found, expected } = readBack({ graph, weights: parameters }, { dynamicBatch: false });
  expect(found).toEqual(expected);
});

const mixedNetworks = Array.from({ length: 20 }, (_, seed) => mixedNetwork(seed, 3 + (seed % 6), [14, 21, 3]));

test.each([...spaceNetworks, ...mixedNetworks])('$name: is read back', ({ graph, parameters }) => {
  const { found, expected } = readBack({ graph, weights: parameters });
  expect(found).toEqual(expected);
});
