// Reference: sums of the published table over the published space (Cai, Zhu, Han, ICLR 2019), worked out beside this project.
import type { PassContext } from '@nasc/core';
import { choicesOf, initialiseParameters, lookupOf } from '@nasc/ir';
import { readOnnx, summariseOnnx, writeOnnx } from '@nasc/onnx';
import { rewritingPatterns } from '@nasc/ops';
import { blockTable, describeSpace, missingKeys } from '@nasc/profile';
import type { BlockTable } from '@nasc/profile';
import { proxylessImagenet } from '@nasc/spaces';
import { deployedGraph, instantiatePath } from '@nasc/transforms';
import { describe, expect, test } from 'vitest';
import { expand, ops, proxylessMobile } from './networks.test-helper.ts';
import { pixel1 } from './pixel1.ts';
import { pixel1Target } from './profile-target.ts';

const target = pixel1Target.create({}, { folder: '.' });
type Graph = ReturnType<typeof expand>;
const describeGraph = (graph: Graph) => describeSpace('asked', graph, ops);
const lookUp = (graph: Graph): BlockTable => blockTable(target.profile!, describeGraph(graph));
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const constantOf = ({ fixed }: BlockTable) => sum(fixed.map((entry) => entry!.ms));

const space = expand(proxylessImagenet);

describe('the published space', () => {
  const latencies = lookUp(space);
  const choicesMs = latencies.choices.map((candidates) => candidates.map((entry) => entry!.ms));

  test('is covered whole: 11.364 ms constant, 29.609 at least, 191.030 at most, 113.988 ms drawn uniformly', () => {
    const constantMs = constantOf(latencies);
    const total = (pick: (ms: readonly number[]) => number) => constantMs + sum(choicesMs.map(pick));
    expect(constantMs.toFixed(3)).toBe('11.364');
    expect(total((ms) => Math.min(...ms)).toFixed(3)).toBe('29.609');
    expect(total((ms) => Math.max(...ms)).toFixed(3)).toBe('191.030');
    expect(total((ms) => sum(ms) / ms.length).toFixed(3)).toBe('113.988');
  });

  test('a candidate has its entry, with how often it was profiled; Zero costs nothing', () => {
    const entry = pixel1.blocks['expanded_conv-input:14x14x96-output:14x14x96-expand:6-kernel:7-stride:1-idskip:1']!;
    expect(entry.ms).toBeCloseTo(6.65, 2);
    expect(latencies.choices[13]!.at(-2)).toEqual(entry);
    expect(latencies.choices[13]!.at(-1)).toEqual({ ms: 0, count: 0, variance: 0 });
  });

  test('stem and head are the sums of their blocks', () => {
    expect(describeGraph(space).fixed.map(({ id }) => id)).toEqual(['stem', 'head']);
    const [stem, head] = latencies.fixed;
    expect(stem!.ms).toBeCloseTo(4.0838 + 3.8821, 3);
    expect(head!.ms).toBeCloseTo(3.0886 + 0.3096, 3);
    expect(stem!.count).toBe(318);
  });

  test('a network of it costs what its choices do: as graph, folded, and read back from its ONNX file', () => {
    const path = choicesOf(space).map(({ candidates }, choice) => (choice * 5 + 2) % candidates.length);
    const expected = constantOf(latencies) + sum(path.map((candidate, choice) => choicesMs[choice]![candidate]!));
    const network = instantiatePath(space, path);
    expect(constantOf(lookUp(network))).toBeCloseTo(expected, 9);
    const deployed = deployedGraph(space, path, lookupOf(rewritingPatterns));
    expect(constantOf(lookUp(deployed))).toBeCloseTo(expected, 9);
    const bytes = writeOnnx(deployed, initialiseParameters(deployed, ops, 0), ops, { name: 'network' });
    expect(constantOf(lookUp(readOnnx(bytes, ops).graph))).toBeCloseTo(expected, 9);
  });
});

describe('what the table lacks', () => {
  const missing = (graph: Graph) => missingKeys(lookUp(graph), describeGraph(graph));

  test('of the published Proxyless-Mobile three keys; the 20 others come to 63.705 ms', () => {
    const graph = expand(proxylessMobile);
    expect(missing(graph)).toEqual([
      'expanded_conv-input:112x112x16-output:56x56x32-expand:3-kernel:5-stride:2-idskip:0',
      'expanded_conv-input:56x56x32-output:56x56x32-expand:3-kernel:3-stride:1-idskip:1',
      'expanded_conv-input:56x56x32-output:28x28x40-expand:3-kernel:7-stride:2-idskip:0',
    ]);
    const { fixed } = lookUp(graph);
    expect(fixed.filter(Boolean)).toHaveLength(fixed.length - 3);
    expect(sum(fixed.flatMap((entry) => entry?.ms ?? [])).toFixed(3)).toBe('63.705');
  });

  test('a block that differs in what the published keys do not say has a key of its own', () => {
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
    expect(missing(changed)).toEqual([
      'mbConv-input:112x112x16-output:56x56x24-activation:relu6-expansion:3-kernel:3-squeezeExcite:true-stride:2-idskip:0',
      'identity-input:56x56x24-output:56x56x24-stride:1-idskip:1',
      'convBnAct-input:224x224x3-output:112x112x32-activation:relu6-groups:1-kernel:5-stride:2-idskip:0 & mbConv-input:112x112x32-output:112x112x16-activation:hSwish-expansion:1-kernel:3-squeezeExcite:false-stride:1-idskip:0',
      'convBnAct-input:7x7x320-output:7x7x1280-activation:null-groups:1-kernel:1-stride:1-idskip:0 & Logits-input:7x7x1280-output:1000',
    ]);
  });

  test('a node that is in no block is one of its own', () => {
    const { groups: _, ...rest } = instantiatePath(
      space,
      choicesOf(space).map(() => 0),
    );
    const loose = { ...rest, nodes: rest.nodes.map(({ group: __, ...node }) => node), groups: [] };
    expect(missing(loose)[0]).toBe('conv2d-input:224x224x3-output:112x112x32-bias:false-dilation:1-groups:1-kernel:3-stride:2-idskip:0');
  });
});

test('it is a device of its own, which is not here: nothing to build, nothing to time', async () => {
  expect(await target.device()).toEqual({
    id: expect.stringMatching(/^pixel1-[\da-f]{10}$/) as string,
    description: 'Google Pixel 1, TensorFlow Lite, 1 thread',
  });
  expect(target.build).toBeUndefined();
  expect(target.timer).toBeUndefined();
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
    '\nIts latency was not measured here: it is predicted from a profile of the device (Google Pixel 1, TensorFlow Lite, 1 thread).\n',
  );
  expect(files.get('README.md')).toContain("onnxruntime.InferenceSession('model.onnx', providers=['CPUExecutionProvider'])");
});
