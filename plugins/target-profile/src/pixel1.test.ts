// Reference: sums of the published table over the published space (Cai, Zhu, Han, ICLR 2019), worked out beside this project.
import type { BlockLatencies, MeasureContext, PassContext } from '@nasc/core';
import { choicesOf, initialiseParameters, lookupOf } from '@nasc/ir';
import { readOnnx, summariseOnnx, writeOnnx } from '@nasc/onnx';
import { rewritingPatterns } from '@nasc/ops';
import { proxylessImagenet } from '@nasc/spaces';
import { deployedGraph, instantiatePath } from '@nasc/transforms';
import { describe, expect, test } from 'vitest';
import { expand, failureOf, ops, proxylessMobile } from './networks.test-helper.ts';
import { pixel1 } from './pixel1.ts';
import { pixel1Target } from './table-target.ts';

const target = pixel1Target.create({}, { folder: '.' });
const lookUp = (graph: Parameters<NonNullable<typeof target.measureBlocks>>[0]) => target.measureBlocks!(graph, {} as MeasureContext); // no use for it
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const constantOf = ({ fixed }: BlockLatencies) => sum(Object.values(fixed).map(({ ms }) => ms));

const space = expand(proxylessImagenet);

describe('the published space', async () => {
  const latencies = await lookUp(space);
  const choicesMs = latencies.choices.map((candidates) => candidates.map(({ ms }) => ms));

  test('is covered whole: 11.364 ms constant, 29.609 at least, 191.030 at most, 113.988 ms drawn uniformly', () => {
    const constantMs = constantOf(latencies);
    const total = (pick: (ms: readonly number[]) => number) => constantMs + sum(choicesMs.map(pick));
    expect(constantMs.toFixed(3)).toBe('11.364');
    expect(total((ms) => Math.min(...ms)).toFixed(3)).toBe('29.609');
    expect(total((ms) => Math.max(...ms)).toFixed(3)).toBe('191.030');
    expect(total((ms) => sum(ms) / ms.length).toFixed(3)).toBe('113.988');
  });

  test('a candidate has its entry, with how often it was profiled and its spread; Zero costs nothing', async () => {
    const { id: deviceId } = await target.device();
    // The entry of 14x14x96, expansion 6, kernel 7, stride 1: a deviation of 0.6745 standard deviations is the median one.
    const entry = pixel1.entries.get('expanded_conv-input:14x14x96-output:14x14x96-expand:6-kernel:7-stride:1-idskip:1')!;
    expect(entry.ms).toBeCloseTo(6.65, 2);
    const [last, zero] = [latencies.choices[13]!.at(-2)!, latencies.choices[13]!.at(-1)!];
    expect(last).toEqual({ ms: entry.ms, source: 'table', samples: entry.count, spread: 0.6745 * Math.sqrt(entry.variance), deviceId });
    expect(zero).toEqual({ ms: 0, source: 'table', samples: 0, spread: 0, deviceId });
  });

  test('stem and head are the sums of their blocks', () => {
    expect(Object.keys(latencies.fixed)).toEqual(['stem', 'head']);
    expect(latencies.fixed['stem']!.ms).toBeCloseTo(4.0838 + 3.8821, 3);
    expect(latencies.fixed['head']!.ms).toBeCloseTo(3.0886 + 0.3096, 3);
    expect(latencies.fixed['stem']!.samples).toBe(318);
  });

  test('a network of it costs what its choices do: as graph, folded, and read back from its ONNX file', async () => {
    const path = choicesOf(space).map(({ candidates }, choice) => (choice * 5 + 2) % candidates.length);
    const expected = constantOf(latencies) + sum(path.map((candidate, choice) => choicesMs[choice]![candidate]!));
    const network = instantiatePath(space, path);
    expect(constantOf(await lookUp(network))).toBeCloseTo(expected, 9);
    const deployed = deployedGraph(space, path, lookupOf(rewritingPatterns));
    expect(constantOf(await lookUp(deployed))).toBeCloseTo(expected, 9);
    const bytes = writeOnnx(deployed, initialiseParameters(deployed, ops, 0), ops, { name: 'network' });
    expect(constantOf(await lookUp(readOnnx(bytes, ops).graph))).toBeCloseTo(expected, 9);
  });
});

describe('what the table lacks', () => {
  const hint =
    'It has the blocks of the space "proxyless-imagenet" as that is, and nothing is made up. Measure what is missing on the device and give it as a file: { "name": "table", "file": "FILE.json" }, with "extends": "pixel1" in the file.';

  test('the published Proxyless-Mobile lacks three keys, named at once; the 20 others come to 63.705 ms', async () => {
    expect(await failureOf(() => lookUp(expand(proxylessMobile)))).toBe(
      'error TABLE_INCOMPLETE: The table of target "pixel1" does not have 3 keys: ' +
        'expanded_conv-input:112x112x16-output:56x56x32-expand:3-kernel:5-stride:2-idskip:0, ' +
        'expanded_conv-input:56x56x32-output:56x56x32-expand:3-kernel:3-stride:1-idskip:1, ' +
        'expanded_conv-input:56x56x32-output:28x28x40-expand:3-kernel:7-stride:2-idskip:0. ' +
        `The other 20 blocks come to 63.705 ms.\n  hint: ${hint}`,
    );
  });

  test('a block that differs in what a key does not say has none', async () => {
    const [stem, first] = proxylessImagenet.stem;
    const [mix, head] = proxylessImagenet.head;
    const changed = expand({
      ...proxylessImagenet,
      stem: [
        { ...stem!, kernel: 5 },
        { ...first!, activation: 'hSwish' },
      ],
      stages: [
        {
          width: 24,
          blocks: 1,
          stride: 2,
          candidates: [
            { macro: 'mbConv', kernel: 3, expansion: 3, squeezeExcite: true },
            { macro: 'mbConv', kernel: 3, expansion: 3 },
          ],
        },
        { width: 24, blocks: 1, candidates: [{ macro: 'identity' }, { macro: 'mbConv', kernel: 3, expansion: 3 }] },
        ...proxylessImagenet.stages.slice(1),
      ],
      head: [{ ...mix!, activation: null }, head!],
    });
    expect(await failureOf(() => lookUp(changed))).toBe(
      'error TABLE_INCOMPLETE: No key of target "pixel1" describes stem (convBnAct), first (mbConv), mix (convBnAct), ' +
        `stage1.block1/k3e3se (mbConv), stage2.block1/identity (identity).\n  hint: ${hint}`,
    );
  });

  test('a node that is in no block has no key', async () => {
    const { groups: _, ...rest } = instantiatePath(
      space,
      choicesOf(space).map(() => 0),
    );
    const loose = { ...rest, nodes: rest.nodes.map(({ group: __, ...node }) => node), groups: [] };
    expect(await failureOf(() => lookUp(loose))).toMatch(
      /^error TABLE_INCOMPLETE: No key of target "pixel1" describes stem\.conv \(conv2d\), .* and \d+ more\.\n/,
    );
  });
});

test('it is a device of its own, which is not here: nothing to build, latencies without measuring', async () => {
  expect(await target.device()).toEqual({
    id: expect.stringMatching(/^pixel1-[\da-f]{10}$/) as string,
    description: 'Google Pixel 1, TensorFlow Lite, 1 thread: a table of 72 blocks, nothing is measured',
  });
  expect(target.build).toBeUndefined();
  expect(target.capabilities.latenciesKnown).toBe(true);
});

test('emits the ONNX model, and says that its latency was not measured', async () => {
  const graph = deployedGraph(
    space,
    choicesOf(space).map(() => 0),
    lookupOf(rewritingPatterns),
  );
  const normalisation = { mean: [0.5, 0.4, 0.3], std: [0.25, 0.25, 0.2] };
  const classes = Array.from({ length: 1000 }, (_, index) => `class${index}`);
  const network = { name: 'searched', graph, weights: initialiseParameters(graph, ops, 0), classes, normalisation };
  const { files } = await target.emit(network, undefined, { registry: { ops } } as unknown as PassContext);
  expect([...files.keys()]).toEqual(['model.onnx', 'model.json', 'README.md']);
  expect(summariseOnnx(files.get('model.onnx') as Uint8Array).inputs).toEqual([{ name: 'input', shape: ['batch', 3, 224, 224] }]);
  expect(JSON.parse(files.get('model.json') as string)).not.toHaveProperty('threads');
  expect(files.get('README.md')).toContain(
    '\nIts latency was not measured: it is the sum of what its blocks take by a table (Google Pixel 1, TensorFlow Lite, 1 thread).\n',
  );
  expect(files.get('README.md')).toContain("onnxruntime.InferenceSession('model.onnx', providers=['CPUExecutionProvider'])");
});
