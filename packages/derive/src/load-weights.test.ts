// A network of the authors' format with weights as PyTorch lays them out: what they compute here, and in a plain loop over that layout.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPlainRunner } from '@nasc/c-emit';
import { validateSpace } from '@nasc/config';
import { writeSafetensors } from '@nasc/core';
import { DiagnosticError, formatDiagnostics } from '@nasc/diagnostics';
import { expandSpace } from '@nasc/expand';
import { initialiseParameters, lookupOf } from '@nasc/ir';
import type { NetworkGraph, Tensor, TensorTable } from '@nasc/ir';
import { macros, primitiveOps } from '@nasc/ops';
import { Random } from '@nasc/random';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadWeights, startKey } from './load-weights.ts';

const ops = lookupOf(primitiveOps);
const space = {
  name: 'tiny',
  stem: [{ name: 'stem', macro: 'convBnAct', kernel: 3, stride: 2, width: 4 }],
  candidates: [{ macro: 'mbConv', kernel: 5, expansion: 3 }],
  stages: [
    { width: 4, blocks: 2 },
    { width: 6, stride: 2, blocks: 1 },
  ],
  choose: ['zero', 'k5e3'],
  head: [
    { name: 'mix', macro: 'convBnAct', kernel: 1, width: 8 },
    { name: 'head', macro: 'linearHead' },
  ],
};
const shape = [9, 9, 2] as const;
const graph = expandSpace(
  validateSpace(space, 'tiny'),
  { inputShape: shape, classes: 3 },
  { ops, macros: lookupOf(macros) },
) as NetworkGraph;

const random = new Random({ seed: 3, stream: 'test.weights' });
const tensor = (tensorShape: readonly number[], draw: () => number): Tensor => ({
  shape: tensorShape,
  data: Float32Array.from({ length: tensorShape.reduce((a, b) => a * b, 1) }, draw),
});
const normalised = (prefix: string, weight: readonly number[]): [string, Tensor][] => [
  [`${prefix}.conv.weight`, tensor(weight, () => 0.4 * random.normal())],
  [`${prefix}.bn.weight`, tensor([weight[0]!], () => 0.5 + random.uniform())],
  [`${prefix}.bn.bias`, tensor([weight[0]!], () => 0.3 * random.normal())],
  [`${prefix}.bn.running_mean`, tensor([weight[0]!], () => 0.3 * random.normal())],
  [`${prefix}.bn.running_var`, tensor([weight[0]!], () => 0.3 + random.uniform())],
];
const block = (index: number, inside: number, outside: number): [string, Tensor][] => {
  const prefix = `blocks.${index}.mobile_inverted_conv`;
  return [
    ...normalised(`${prefix}.inverted_bottleneck`, [3 * inside, inside, 1, 1]),
    ...normalised(`${prefix}.depth_conv`, [3 * inside, 1, 5, 5]),
    ...normalised(`${prefix}.point_linear`, [outside, 3 * inside, 1, 1]),
  ];
};
/** In PyTorch's names and layout. The first block is one that was left out. */
const torch: TensorTable = new Map([
  ...normalised('first_conv', [4, 2, 3, 3]),
  ...block(1, 4, 4),
  ...block(2, 4, 6),
  ...normalised('feature_mix_layer', [8, 6, 1, 1]),
  ['classifier.linear.weight', tensor([3, 8], () => random.normal())],
  ['classifier.linear.bias', tensor([3], () => random.normal())],
]);

/** [C][H][W] */
type Image = readonly (readonly (readonly number[])[])[];

const count = (size: number, stride: number) => Math.floor((size - 1) / stride) + 1;

/** Convolution as PyTorch defines it, by its layout [out, in / groups, kh, kw], batch normalisation, ReLU6. */
const layer = (image: Image, prefix: string, { stride = 1, groups = 1, act = true } = {}): Image => {
  const of = (name: string) => torch.get(`${prefix}.${name}`)!.data;
  const [outside, inGroup, kernel] = torch.get(`${prefix}.conv.weight`)!.shape as [number, number, number, number];
  const [height, width] = [image[0]!.length, image[0]![0]!.length];
  return Array.from({ length: outside }, (_, o) =>
    Array.from({ length: count(height, stride) }, (_row, y) =>
      Array.from({ length: count(width, stride) }, (_column, x) => {
        let sum = 0;
        for (let i = 0; i < inGroup; i++)
          for (let ky = 0; ky < kernel; ky++)
            for (let kx = 0; kx < kernel; kx++) {
              const channel = Math.floor(o / (outside / groups)) * inGroup + i;
              const value = image[channel]![y * stride + ky - (kernel >> 1)]?.[x * stride + kx - (kernel >> 1)] ?? 0;
              sum += value * of('conv.weight')[((o * inGroup + i) * kernel + ky) * kernel + kx]!;
            }
        const scaled = ((sum - of('bn.running_mean')[o]!) / Math.sqrt(of('bn.running_var')[o]! + 1e-3)) * of('bn.weight')[o]!;
        const shifted = scaled + of('bn.bias')[o]!;
        return act ? Math.min(Math.max(shifted, 0), 6) : shifted;
      }),
    ),
  );
};

const mbConv = (image: Image, index: number, stride: number): Image => {
  const prefix = `blocks.${index}.mobile_inverted_conv`;
  const expanded = layer(image, `${prefix}.inverted_bottleneck`);
  return layer(layer(expanded, `${prefix}.depth_conv`, { stride, groups: expanded.length }), `${prefix}.point_linear`, { act: false });
};

const logitsOf = (image: Image): readonly number[] => {
  let value = layer(image, 'first_conv', { stride: 2 });
  const added = mbConv(value, 1, 1);
  value = value.map((channel, c) => channel.map((row, y) => row.map((pixel, x) => pixel + added[c]![y]![x]!)));
  value = layer(mbConv(value, 2, 2), 'feature_mix_layer');
  const pooled = value.map((channel) => channel.flat().reduce((a, b) => a + b, 0) / channel.flat().length);
  const [weight, bias] = ['weight', 'bias'].map((name) => torch.get(`classifier.linear.${name}`)!.data);
  return [0, 1, 2].map((o) => pooled.reduce((sum, feature, i) => sum + feature * weight![o * 8 + i]!, bias![o]!));
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nasc-weights-'));
});
afterEach(() => rm(folder, { recursive: true }));

const load = async (bytes: Uint8Array): Promise<TensorTable> => {
  await writeFile(join(folder, 'w.safetensors'), bytes);
  return loadWeights('./w.safetensors', folder, graph, ops);
};
const refused = async (act: () => unknown): Promise<string> => {
  try {
    await act();
  } catch (error) {
    if (error instanceof DiagnosticError) return formatDiagnostics(error.diagnostics);
    throw error;
  }
  return 'no error';
};
const failure = (bytes: Uint8Array): Promise<string> => refused(() => load(bytes));

test('weights by PyTorch’s names compute what they compute there', async () => {
  const image: Image = Array.from({ length: 2 }, () => Array.from({ length: 9 }, () => Array.from({ length: 9 }, () => random.normal())));
  const nhwc = Float64Array.from({ length: 162 }, (_, index) => image[index % 2]![Math.floor(index / 18)]![Math.floor(index / 2) % 9]!);
  const runner = await createPlainRunner(primitiveOps, 'double');
  try {
    const weights = await load(writeSafetensors(torch));
    const inputs = new Map([[graph.inputs[0]!.id, nhwc]]);
    const parameters = new Map([...weights].map(([id, { data }]) => [id, data]));
    const { values } = runner.runForward(graph, parameters, inputs, { batch: 1, mode: 'inference' });
    const found = values.get(graph.outputs[0]!)!;
    for (const [index, logit] of logitsOf(image).entries()) expect(found[index]).toBeCloseTo(logit, 10);
  } finally {
    runner.dispose();
  }
});

/** A file as other programs write it. */
const fileOf = (entries: readonly (readonly [name: string, dtype: string, shape: readonly number[], bytes: Uint8Array])[]): Uint8Array => {
  let offset = 0;
  const header = entries.map(([name, dtype, sizes, bytes]) => {
    const begin = offset;
    offset += bytes.byteLength;
    return [name, { dtype, shape: sizes, data_offsets: [begin, offset] }];
  });
  const text = Buffer.from(JSON.stringify({ ...Object.fromEntries(header), __metadata__: { format: 'pt' } }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, ...entries.map(([, , , bytes]) => bytes)]);
};

test('a checkpoint of several devices, in any float type, with the counters of batch normalisation', async () => {
  // All powers of two, so that every type holds them exactly.
  const halves = new Map(
    [...torch].map(([name, { shape: sizes, data }]) => [name, { shape: sizes, data: data.map((_, i) => 2 ** -(i % 9)) }]),
  );
  const expected = await load(writeSafetensors(halves));
  const encode = {
    F64: (data: Float32Array) => new Uint8Array(Float64Array.from(data).buffer),
    F16: (data: Float32Array) => new Uint8Array(Uint16Array.from(data, (value) => (15 + Math.log2(value)) << 10).buffer),
    BF16: (data: Float32Array) => new Uint8Array(Uint16Array.from(new Uint32Array(data.buffer), (word) => word >> 16).buffer),
  };
  for (const [dtype, bytesOf] of Object.entries(encode)) {
    const tensors = [...halves].map(([name, { shape: sizes, data }]) => [`module.${name}`, dtype, sizes, bytesOf(data)] as const);
    const counter = ['module.first_conv.bn.num_batches_tracked', 'I64', [], new Uint8Array(8)] as const;
    expect(await load(fileOf([...tensors, counter]))).toEqual(expected);
  }
});

test('weights by this project’s ids are taken as they are', async () => {
  const own = initialiseParameters(graph, ops, 5);
  expect(new Map([...(await load(writeSafetensors(own)))].toSorted())).toEqual(new Map([...own].toSorted()));
});

test('the key of a part depends on the content of the file alone', async () => {
  await writeFile(join(folder, 'a.safetensors'), 'one');
  await writeFile(join(folder, 'b.safetensors'), 'one');
  await writeFile(join(folder, 'c.safetensors'), 'two');
  const [a, b, c] = ['a', 'b', 'c'].map((name) => startKey(`./${name}.safetensors`, folder));
  expect(b).toEqual(a);
  expect(c).not.toEqual(a);
  expect(startKey('scratch', folder)).toBe('scratch');
});

test('every tensor that does not fit is named', async () => {
  const changed = new Map(torch);
  changed.delete('blocks.1.mobile_inverted_conv.depth_conv.bn.running_var');
  changed.delete('classifier.linear.bias');
  changed.set(
    'classifier.linear.weight',
    tensor([1000, 8], () => 0),
  );
  changed.set(
    'first_conv.bn.bias',
    tensor([4], () => Number.NaN),
  );
  changed.set(
    'blocks.0.mobile_inverted_conv.depth_conv.conv.weight',
    tensor([1], () => 0),
  );
  expect(await failure(writeSafetensors(changed)))
    .toBe(`error DERIVE_WEIGHTS_DO_NOT_FIT: The weights in "./w.safetensors" are not those of this network. Missing: blocks.1.mobile_inverted_conv.depth_conv.bn.running_var; classifier.linear.bias. Unexpected: blocks.0.mobile_inverted_conv.depth_conv.conv.weight. Of another kind: first_conv.bn.bias has values that are not numbers; classifier.linear.weight is [1000, 8], not [3, 8].
  at /derive/retrain/from
  hint: Tensors are named as docs/published-networks.md or docs/formats.md says; every parameter has one, and the file holds no others.`);
  const own = fileOf(
    [...initialiseParameters(graph, ops, 5)].map(([id, { shape: sizes, data }]) => [id, 'I8', sizes, new Uint8Array(data.length)]),
  );
  expect(await failure(own)).toContain('Of another kind: stem.conv.weight holds I8; stem.bn.scale holds I8; ');
});

test('a file that is not there, and one that is something else', async () => {
  expect(await refused(() => loadWeights('none.safetensors', folder, graph, ops)))
    .toBe(`error DERIVE_WEIGHTS_NOT_READ: The weights "none.safetensors" cannot be read: it does not exist.
  at /derive/retrain/from
  hint: A path starts from the folder of the config.`);
  expect(await failure(Buffer.from('PK 0123456789 a zip file'))).toBe(
    `error DERIVE_WEIGHTS_MALFORMED: "./w.safetensors" is not a whole safetensors file: the header ends behind the file.
  at /derive/retrain/from
  hint: docs/published-networks.md shows how to convert a PyTorch checkpoint.`,
  );
  expect(await failure(writeSafetensors(torch).subarray(0, -1))).toMatch(
    /not a whole safetensors file: tensor \S+ ends behind the file\.\n/,
  );
  expect(await failure(fileOf([['a', 'F32', [2], new Uint8Array(4)]]))).toContain('tensor a has more or fewer bytes than its shape');
});
