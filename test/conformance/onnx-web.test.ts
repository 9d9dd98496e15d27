// The same files in ONNX Runtime for the web (WebAssembly with SIMD, one thread, as a browser runs it) and in ONNX Runtime for
// Node: every example of every op, macro and pattern, and whole networks.
import { elementCount } from '@nasc/ir';
import type { NetworkGraph, TensorTable } from '@nasc/ir';
import { loadOnnxRuntime, opsets, summariseOnnx, writeOnnx } from '@nasc/onnx';
import { Random } from '@nasc/random';
import * as web from 'onnxruntime-web';
import { describe, expect, test } from 'vitest';
import { embed } from './cases/embed.ts';
import { examples } from './cases/examples.ts';
import { networkCase } from './cases/network-case.ts';
import { mixedNetwork } from './cases/random-networks.ts';
import { spaceNetworks } from './cases/space-networks.ts';
import { parameterTensors } from './example-case.ts';
import { opLookup, rows } from './registered-ops.ts';
import { relativeError } from './run-case.ts';

web.env.wasm.numThreads = 1;
const node = await loadOnnxRuntime();
const runtimes = { web: { ...web, provider: 'wasm' }, node: { ...node, provider: 'cpu' } };

type Inputs = readonly { readonly name: string; readonly shape: readonly number[]; readonly data: Float32Array }[];

/** Every output, in the file's order and layout. */
const runIn = async (runtime: keyof typeof runtimes, bytes: Uint8Array, inputs: Inputs): Promise<readonly Float32Array[]> => {
  const { InferenceSession, Tensor, provider } = runtimes[runtime];
  const session = await InferenceSession.create(bytes, {
    executionProviders: [provider],
    intraOpNumThreads: 1,
    extra: { session: { strict_shape_type_inference: '1' } },
  });
  try {
    const results = await session.run(
      Object.fromEntries(inputs.map(({ name, shape, data }) => [name, new Tensor('float32', data, shape)])),
    );
    return session.outputNames.map((name) => results[name]!.data as Float32Array);
  } finally {
    await session.release();
  }
};

/** The largest relative error of an output in the web runtime against Node's, on random inputs. */
const difference = async (graph: NetworkGraph, weights: TensorTable, opset: number, dynamicBatch: boolean): Promise<number> => {
  const bytes = writeOnnx(graph, weights, opLookup, { name: 'network', opset, dynamicBatch });
  const random = new Random({ seed: 3, stream: 'conformance.web' });
  const inputs = summariseOnnx(bytes).inputs.map(({ name, shape }) => {
    const sizes = shape.map((size) => (size === 'batch' ? 2 : Number(size)));
    return { name, shape: sizes, data: Float32Array.from({ length: elementCount(sizes) }, () => random.normal()) };
  });
  const [inWeb, inNode] = [await runIn('web', bytes, inputs), await runIn('node', bytes, inputs)];
  return Math.max(...inWeb.map((output, index) => relativeError(output, inNode[index]!)));
};

/** Of float32 in another order of summation. */
const tolerance = 1e-5;

describe('every op', () => {
  test.each(rows)('$name, in the oldest, the usual and the newest operator set', async ({ row }) => {
    for (const opset of [opsets.oldest, opsets.usual, opsets.newest]) {
      for (const dynamicBatch of [true, false]) {
        expect(await difference(row.graph, parameterTensors(row), opset, dynamicBatch)).toBeLessThan(tolerance);
      }
    }
  });
});

describe('networks', () => {
  test.each(examples)('$name', async (example) => {
    const { graph, parameters } = networkCase(example.name, embed(example), { seed: 1, images: 1 });
    expect(await difference(graph, parameters, opsets.usual, true)).toBeLessThan(tolerance);
  });

  test.each([...spaceNetworks, ...Array.from({ length: 6 }, (_, seed) => mixedNetwork(seed, 3 + seed, [14, 21, 3]))])(
    '$name',
    async ({ graph, parameters }) => {
      expect(await difference(graph, parameters, opsets.usual, false)).toBeLessThan(tolerance);
    },
  );
});
