// Whole networks written as ONNX and run in ONNX Runtime, against the ops' plain kernels in float64.
import { createPlainRunner } from '@nasc/c-emit';
import type { PlainRunner } from '@nasc/c-emit';
import { asNetwork, buildGraph, elementCount, float32, initialiseParameters, lookupOf, parametersOf } from '@nasc/ir';
import type { NetworkGraph, TensorTable } from '@nasc/ir';
import { compareOutputs, createOnnxSession, summariseOnnx, writeOnnx } from '@nasc/onnx';
import { macros, primitiveOps, rewritingPatterns } from '@nasc/ops';
import { Random } from '@nasc/random';
import { rewriteNetwork } from '@nasc/transforms';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ops = lookupOf(primitiveOps);
const count = 5;

let plain: PlainRunner;
beforeAll(async () => {
  plain = await createPlainRunner(primitiveOps, 'double');
});
afterAll(() => plain.dispose());

/** Odd sizes, all kernels, strides, shortcuts, gates with each activation that mobile networks use. */
const mobile: NetworkGraph = asNetwork(
  buildGraph({ ops, macros: lookupOf(macros) }, (builder) => {
    const image = builder.input('image', float32(13, 11, 3));
    let x = builder.macro('stem', 'convBnAct', [image], { width: 16, kernel: 3, stride: 2, activation: 'hSwish' });
    for (const [name, attributes] of Object.entries({
      block0: { kernel: 3, expansion: 1, width: 16, stride: 1 },
      block1: { kernel: 5, expansion: 3, width: 24, stride: 2, squeezeExcite: true },
      block2: { kernel: 7, expansion: 6, width: 24, stride: 1, activation: 'hSwish' },
    })) {
      const start = x;
      x = builder.macro(name, 'mbConv', [start], attributes);
      if (name !== 'block1') x = builder.op(`${name}.add`, 'add', [start, x]);
    }
    return builder.macro('head', 'linearHead', [x], { classes: 10 });
  }),
);

/** Statistics and scales as after some training: away from 0 and 1. */
const trained = (): TensorTable => {
  const weights = new Map(initialiseParameters(mobile, ops, 0));
  for (const { id, spec } of parametersOf(mobile, ops)) {
    if (spec.role === 'weight') continue;
    const random = new Random({ seed: 0, stream: id });
    const { shape, data } = weights.get(id)!;
    weights.set(id, { shape, data: data.map((value) => value + 0.4 * (random.uniform() - 0.5)) });
  }
  return weights;
};

const random = new Random({ seed: 1, stream: 'images' });
const images = Float32Array.from({ length: count * elementCount([13, 11, 3]) }, () => random.normal());

const reference = ({ graph, weights }: { readonly graph: NetworkGraph; readonly weights: TensorTable }): Float32Array => {
  const parameters = new Map([...weights].map(([id, { data }]) => [id, data]));
  const { values } = plain.runForward(graph, parameters, new Map([['image', images]]), { batch: count, mode: 'inference' });
  return Float32Array.from(values.get(graph.outputs[0]!)!);
};

describe.each([13, 14, 15])('operator set %i', (opset) => {
  test.each(['with batch normalisation', 'folded'])('a mobile network %s gives the same logits', async (form) => {
    const network = { graph: mobile, weights: trained() };
    const written = form === 'folded' ? rewriteNetwork(network, rewritingPatterns, 'fold') : network;
    const bytes = writeOnnx(written.graph, written.weights, ops, { name: 'mobile', opset });
    expect('BatchNormalization' in summariseOnnx(bytes).nodeCounts).toBe(form !== 'folded');
    const session = await createOnnxSession(bytes);
    const verification = compareOutputs(await session.run(images, count), reference(network), 10);
    await session.dispose();
    expect(verification.relativeError).toBeLessThan(3e-6);
    expect(verification.sameClass).toBe(count);
  });
});
