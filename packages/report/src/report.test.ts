import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NetworkArtifacts, NetworkOrigin, PipelineResult } from '@nasc/core';
import { DiagnosticError, formatDiagnostics } from '@nasc/diagnostics';
import type { Candidate, ChoiceNode, OpNode } from '@nasc/ir';
import { float32 } from '@nasc/ir';
import { describe, expect, test } from 'vitest';
import { buildReport, formatReport, readReport } from './index.ts';

const type = float32(8, 8, 4);
const op = (id: string): OpNode => ({ kind: 'op', id, op: 'conv2d', attributes: {}, inputs: ['input'], type });
const candidate = (choice: string, name: string): Candidate => ({
  name,
  macro: name === 'zero' ? 'zero' : 'mbConv',
  attributes: {},
  graph: { inputs: [], nodes: [op(`${choice}.${name}`)], outputs: [`${choice}.${name}`], groups: [] },
});
const choice = (group: string, names: readonly string[]): ChoiceNode => ({
  kind: 'choice',
  id: `${group}.choice`,
  group,
  inputs: ['stem'],
  candidates: names.map((name) => candidate(group, name)),
  type,
});
const cost = (macs: number, parameters: number) => ({ macs, parameters, bytesRead: 0, bytesWritten: 0 });
const value = (ms: number) => ({ ms, source: 'measured' as const, samples: 30, spread: 0.001, deviceId: 'here' });
const verification = { images: 64, maximumError: 2.44e-6, relativeError: 3.1e-7, sameClass: 64 };

const onTarget = (name: string, changes: Partial<NetworkArtifacts> = {}): NetworkArtifacts & NetworkOrigin => ({
  target: name,
  limits: { latencyMs: 0.1 },
  costModel: {
    target: name,
    profile: { device: { id: 'here', description: 'Some processor, threads 1' }, protocol: {}, blocks: {}, spaces: [] },
    predictor: 'table',
    facts: {},
    accuracy: {
      networks: 300,
      method: 'held out',
      rmspe: 0.009,
      bias: 0,
      within5: 1,
      within10: 1,
      kendallTau: 0.98,
      interval: { confidence: 0.9, low: 0.98, high: 1.02 },
      coverage: 0.9,
      repeatNoise: 0.004,
    },
    choices: [
      [value(0.02), value(0.05)],
      [value(0.03), value(0.06), value(0)],
    ],
    fixed: {},
  },
  searchResult: {
    kind: 'distribution',
    logProbabilities: [
      [Math.log(0.25), Math.log(0.75)],
      [Math.log(0.1), Math.log(0.2), Math.log(0.7)],
    ],
    strategy: 'proxyless-gradient',
    weights: new Map(),
    history: { columns: {} },
    cost: { imagesForwardBackward: 19200, peakMemoryBytes: 50_000_000 },
  },
  architecture: {
    choices: [1, 2],
    predictedMs: 0.09,
    measuredMs: 0.0962,
    costs: [
      { name: 'latency', unit: 'ms', predicted: 0.09, limit: 0.1 },
      { name: 'macs', unit: 'MACs', predicted: 3_100_000, limit: 3_500_000 },
      { name: 'parameters', unit: 'parameters', predicted: 5144, limit: undefined },
    ],
    rounds: [
      { choices: [1, 0], askedMs: 0.1, predictedMs: 0.099, correctedMs: 0.099, measuredMs: 0.103, score: 0.4, keepsLimit: false },
      { choices: [1, 2], askedMs: 0.0996, predictedMs: 0.09, correctedMs: 0.0936, measuredMs: 0.0962, score: 0.5, keepsLimit: true },
    ],
  },
  derived: {
    graph: { inputs: [], nodes: [op('stem'), op('stage1.block0.k5e6'), op('stage1.block1.zero')], outputs: [], groups: [] },
    weights: new Map(),
    history: { columns: {} },
    validation: { correct: 1820, correctTop5: 1990, count: 2000, crossEntropy: 0.31 },
    test: { correct: 9083, correctTop5: 9951, count: 10000, crossEntropy: 0.33 },
  },
  folded: { graph: { inputs: [], nodes: [op('stem')], outputs: [], groups: [] }, weights: new Map() },
  onnx: { bytes: new Uint8Array(2048), opset: 15, verification },
  files: {
    target: name,
    files: new Map([
      ['network.h', 'int x;'],
      ['README.md', 'read me'],
    ]),
    memory: { arenaBytes: 4096, lowerBoundBytes: 3072, weightBytes: 2_500_000 },
    coverage: [
      { node: 'stem', kernel: 'conv-relu6', kind: 'special' },
      { node: 'b', kernel: 'conv2d', kind: 'plain' },
    ],
    verification,
    latency: { ...value(0.0971), raw: [0.0971] },
    test: { correct: 9083, correctTop5: undefined, count: 10000, crossEntropy: 0.33 },
  },
  ...changes,
});

const resultOf = (networks: Readonly<Record<string, NetworkArtifacts & NetworkOrigin>>): PipelineResult => ({
  searchSpace: {
    name: 'two-blocks',
    task: {
      dataset: 'mnist',
      classes: ['0', '1'],
      inputShape: [28, 28, 1],
      normalisation: { mean: [0], std: [1] },
      evaluationCrop: 1,
      manifestHash: 'abc',
    },
    graph: {
      inputs: [],
      nodes: [op('stem'), choice('stage1.block0', ['k3e3', 'k5e6']), choice('stage1.block1', ['k3e3', 'k5e6', 'zero'])],
      outputs: [],
      groups: [],
    },
    costs: {
      stem: cost(100_000, 144),
      'stage1.block0.k3e3': cost(1_000_000, 2000),
      'stage1.block0.k5e6': cost(3_000_000, 5000),
      'stage1.block1.k3e3': cost(1_000_000, 2000),
      'stage1.block1.k5e6': cost(3_000_000, 5000),
      'stage1.block1.zero': cost(0, 0),
    },
  },
  supernet: { weights: new Map(), history: { columns: {} }, cost: { imagesForwardBackward: 120_000 } },
  teacher: { network: undefined },
  ...Object.values(networks)[0]!,
  networks,
  timings: [
    { stage: 'expand', part: 'expand', cached: true, elapsedMs: 12, madeInMs: 40 },
    { stage: 'train', part: 'train', cached: false, elapsedMs: 75_400, madeInMs: 75_400 },
    { stage: 'derive', part: 'search', target: 'cpu', cached: true, elapsedMs: 10, madeInMs: 31_000 },
    { stage: 'derive', part: 'select', target: 'cpu', cached: false, elapsedMs: 8_120, madeInMs: 8_120 },
  ],
  hashes: { searchSpace: 'h1', supernet: 'h2', 'cpu/derived': 'h3', 'cpu/architecture': 'h4', 'cpu/files': 'h5' },
});

const seed = 7;

test('the whole text of a report', () => {
  const report = buildReport(resultOf({ cpu: onTarget('cpu') }), { seed, onnxRuntime: { cpu: { ms: 0.2, spread: 0.004, samples: 30 } } });
  expect(formatReport(report)).toBe(`task    mnist: 2 classes, images 28x28x1
space   two-blocks: 2 choices, 6 networks, 2.14 k to 10.1 k parameters, 1.10 M to 6.10 M MACs
warm-up 120 k images forward and backward, 1 min 15 s

target cpu, found by proxyless-gradient

  choice         chosen  of  probability      ms
  stage1.block0  k5e6     2        0.750  0.0500
  stage1.block1  zero     3        0.700  0.0000

  parameters  5 144
  MACs        3.10 M
  macs        asked for: at most 3.50 M MACs, found 3.10 M
  memory      activations 4.0 KiB (lower bound 3.0 KiB), weights 2.38 MiB
  accuracy    validation 91.00 % (1 820 of 2 000), top 5 99.50 %
              test 90.83 % (9 083 of 10 000), top 5 99.51 %
              test, generated code 90.83 % (9 083 of 10 000)
  latency     asked for: at most 0.100 ms
              predicted: 0.0900 ms, 0.0882 ms to 0.0918 ms with 90 % confidence ("table": error 0.9 % RMS on 300 held-out networks)
              round 1: asked 0.100 ms, predicted 0.0990 ms, measured 0.103 ms, not kept
              round 2: asked 0.0996 ms, predicted 0.0900 ms, corrected 0.0936 ms, measured 0.0962 ms, kept
              measured while choosing: 0.0962 ms (2 networks measured)
              generated code: 0.0971 ms (spread 1.0 %)
              the ONNX file in ONNX Runtime: 0.200 ms (spread 2.0 %)
  ONNX        opset 15, 2.0 KiB, verified: largest error 2.4e-6, relative 3.1e-7, same class on 64 of 64 images
  net.config  not written, its format cannot say this network: it does not take one image
  code        verified against ONNX Runtime: largest error 2.4e-6, relative 3.1e-7, same class on 64 of 64 images
  kernels     1 special, 1 plain, 0 unsupported
  device      Some processor, threads 1
  search      19.2 k images forward and backward, 31.0 s, 47.68 MiB

stage           target        time
expand                      0.01 s  from the store
train                   1 min 15 s
derive: search  cpu         0.01 s  from the store
derive: select  cpu         8.12 s
total                   1 min 24 s`);
});

test('what this machine cannot run, and what is not known, is said', () => {
  const { files, derived, folded, searchResult } = onTarget('dsp');
  const report = buildReport(
    resultOf({
      dsp: onTarget('dsp', {
        architecture: {
          choices: [0, 0],
          predictedMs: 1.5,
          measuredMs: undefined,
          costs: [{ name: 'latency', unit: 'ms', predicted: 1.5, limit: undefined }],
          rounds: [],
        },
        derived: { ...derived, graph: { ...derived.graph, nodes: [...derived.graph.nodes, op('added.by.plugin')] } },
        folded: { ...folded, graph: { ...folded.graph, nodes: [...folded.graph.nodes, op('added.by.plugin')] } },
        searchResult: { ...searchResult, kind: 'ranked', architectures: [] },
        files: { ...files, memory: undefined, verification: undefined, latency: undefined, test: undefined },
      }),
    }),
    { seed, onnxRuntime: { dsp: { ms: 0.2, spread: 0.004, samples: 30 } } },
  );
  const text = formatReport(report);
  for (const line of [
    '  stage1.block0  k3e3     2            -  0.0200',
    '  parameters  unknown: a plugin added nodes',
    '  latency     asked for: no limit',
    '              generated code: not measured, this machine cannot run it',
    '              the ONNX file in ONNX Runtime on this machine: 0.200 ms (spread 2.0 %)',
    '  code        not verified: this machine cannot run it',
  ]) {
    expect(text.split('\n')).toContain(line);
  }
  expect(text).not.toContain('memory');
});

test('what was timed and gives no outputs was not compared', () => {
  const { files } = onTarget('cpu');
  const network = onTarget('cpu', { files: { ...files, verification: undefined, test: undefined } });
  const lines = formatReport(buildReport(resultOf({ cpu: network }), { seed })).split('\n');
  expect(lines).toContain('              generated code: 0.0971 ms (spread 1.0 %)');
  expect(lines).toContain('  code        not compared with ONNX Runtime: the target gives times, no outputs');
});

test('several networks stand in one table at the end', () => {
  const small = onTarget('cpu', { architecture: { ...onTarget('cpu').architecture, choices: [0, 2] } });
  const report = buildReport(resultOf({ 'cpu-tight': onTarget('cpu'), 'cpu-loose': small }), { seed });
  expect(formatReport(report)).toContain(`
network       test     asked  predicted   measured    MACs  parameters
cpu-tight  90.83 %  0.100 ms  0.0900 ms  0.0971 ms  3.10 M      5.14 k
cpu-loose  90.83 %  0.100 ms  0.0900 ms  0.0971 ms  3.10 M      5.14 k
`);
  expect(formatReport(report)).toContain('network cpu-loose, target cpu, found by proxyless-gradient');
});

test('what is there in training only costs nothing', () => {
  const { derived } = onTarget('cpu');
  const graph = { ...derived.graph, nodes: [...derived.graph.nodes, op('head.dropout')] };
  const costOf = (target: NetworkArtifacts & NetworkOrigin) => {
    const { parameters, macs } = buildReport(resultOf({ cpu: target }), { seed }).networks[0]!;
    return { parameters, macs };
  };
  expect(costOf(onTarget('cpu', { derived: { ...derived, graph } }))).toEqual({ parameters: 5144, macs: 3_100_000 });
  const weights = new Map([['head.dropout.scale', { shape: [1], data: new Float32Array(1) }]]);
  expect(costOf(onTarget('cpu', { derived: { ...derived, graph, weights } }))).toEqual({ parameters: null, macs: null });
});

describe('report.json', () => {
  test('everything outside timing is the same when only the clock differs', () => {
    const first = resultOf({ cpu: onTarget('cpu') });
    const { architecture, costModel, files } = onTarget('cpu');
    const later = {
      ...resultOf({
        cpu: onTarget('cpu', {
          architecture: { ...architecture, measuredMs: 0.0999 },
          costModel: { ...costModel, profile: { ...costModel.profile, device: { id: 'x', description: 'Another' } } },
          files: { ...files, latency: { ...value(0.2), raw: [0.2] } },
        }),
      }),
      timings: [],
      hashes: { ...first.hashes, 'cpu/architecture': 'other', 'cpu/files': 'another' },
    };
    const { timing: a, ...one } = buildReport(first, { seed });
    const { timing: b, ...two } = buildReport(later, { seed });
    expect(two).toEqual(one);
    expect(b).not.toEqual(a);
    expect(one.networks[0]!.hashes).toEqual({ derived: 'h3' });
    expect(a.networks['cpu']!.hashes).toEqual({ architecture: 'h4', files: 'h5' });
    expect(one.hashes).toEqual({ searchSpace: 'h1', supernet: 'h2' });
  });

  test('keeps its schema, and comes back from its file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'nasc-report-'));
    try {
      const report = buildReport(resultOf({ cpu: onTarget('cpu') }), { seed });
      const file = join(folder, 'report.json');
      await writeFile(file, JSON.stringify(report));
      expect(await readReport(file)).toEqual(report);

      const messageOf = async () =>
        readReport(file).then(
          () => 'no error',
          (error: DiagnosticError) => formatDiagnostics(error.diagnostics).replaceAll(folder, 'FOLDER'),
        );
      await writeFile(file, JSON.stringify({ ...report, format: 2 }));
      const hint = 'Another program or another version of nasc wrote it, or it was damaged; `nasc run` writes it again.';
      expect(await messageOf()).toBe(
        `error REPORT_DAMAGED: "FOLDER/report.json" is no report that can be shown: "format" has to be 1, and is 2.\n  hint: ${hint}`,
      );
      await writeFile(file, '{ "format": 1');
      expect(await messageOf()).toBe(
        `error REPORT_DAMAGED: "FOLDER/report.json" is no report that can be shown: A comma or } is expected here, and the file ends.\n  hint: ${hint}`,
      );
      await writeFile(file, '{}');
      expect(await messageOf()).toMatch(
        /^error REPORT_DAMAGED: "FOLDER\/report.json" is no report that can be shown: "format" is missing. \(and \d+ more\)\n {2}hint: .*$/,
      );
      await rm(file);
      expect(await messageOf()).toBe(`error REPORT_NOT_FOUND: There is no report "FOLDER/report.json".
  hint: A run that goes through all stages writes one into its output folder: \`nasc run\`.`);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
