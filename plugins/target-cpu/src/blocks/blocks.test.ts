// Blocks timed in one binary are those of the emitted network: same kernels, same bits.
import { LineProcess } from '@nasc/c-emit';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noCheckpoint } from '@nasc/core';
import type { DeployableNetwork, MeasureContext, PassContext } from '@nasc/core';
import { buildGraph, choicesOf, float32, initialiseParameters, parameterId } from '@nasc/ir';
import type { CandidateSpec, NodeId, RootBuilder, SearchSpaceGraph, TensorTable } from '@nasc/ir';
import { sampleNetworks } from '@nasc/measure';
import { Random } from '@nasc/random';
import { instantiatePath, keepWeightsOf, rewriteNetwork, removeUnused } from '@nasc/transforms';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cpuTarget } from '../cpu-target.ts';
import { cpuProgram } from '../emit/emit-network.ts';
import { testRegistry as registry } from '../kernels/random-network.test-helper.ts';
import { readCpuOptions } from '../options.ts';
import { buildBlockProgram } from './block-program.ts';
import type { BlockProgram } from './block-program.ts';
import { memoryBound, networkCalls, variantAt } from './network-calls.ts';

const cacheFolder = mkdtempSync(join(tmpdir(), 'nasc-blocks-'));
afterAll(() => rmSync(cacheFolder, { recursive: true }));

const candidates = (width: number, stride: number, shortcut: boolean): readonly CandidateSpec[] => [
  { name: 'k3e3', macro: 'mbConv', attributes: { kernel: 3, expansion: 3, width, stride } },
  { name: 'k5e6se', macro: 'mbConv', attributes: { kernel: 5, expansion: 6, width, stride, squeezeExcite: true } },
  { name: 'k7e1', macro: 'mbConv', attributes: { kernel: 7, expansion: 1, width, stride, activation: 'hSwish' } },
  ...(shortcut ? [{ name: 'zero', macro: 'zero', attributes: { width, stride } }] : []),
];

const block = (root: RootBuilder, id: string, input: NodeId, width: number, stride: number): NodeId => {
  const shortcut = stride === 1;
  const builder = root.group({ id, macro: 'choice', attributes: {}, shortcut });
  const body = builder.choice('choice', [input], candidates(width, stride, shortcut));
  return shortcut ? builder.op('sum', 'add', [body, input]) : body;
};

/** 12x12x3; five choices, of which two that follow each other can both be skipped. */
const space: SearchSpaceGraph = buildGraph(registry, (root) => {
  const image = root.input('image', float32(12, 12, 3));
  const stem = root.group({ id: 'stem', macro: 'convBnAct', attributes: {}, shortcut: false });
  let value = stem.macro('', 'convBnAct', [image], { width: 16, kernel: 3 });
  value = block(root, 'block0', value, 16, 1);
  value = block(root, 'block1', value, 24, 2);
  value = block(root, 'block2', value, 24, 1);
  value = block(root, 'block3', value, 24, 1);
  value = block(root, 'block4', value, 40, 2);
  const head = root.group({ id: 'head', macro: 'linearHead', attributes: {}, shortcut: false });
  return head.macro('', 'linearHead', [value], { classes: 7, dropout: 0.1 });
});

const options = readCpuOptions({});
const context: MeasureContext = {
  signal: new AbortController().signal,
  seed: 4,
  cacheFolder,
  registry,
  checkpoint: noCheckpoint(),
  progress: () => {},
};
const shared = initialiseParameters(space, registry.ops, 9);

const networkOf = (choices: readonly number[], of = space, weightsOf = shared): DeployableNetwork => {
  const graph = instantiatePath(of, choices);
  const folded = rewriteNetwork({ graph, weights: keepWeightsOf(graph, weightsOf) }, registry.patterns.all(), 'fold');
  const simple = rewriteNetwork(folded, registry.patterns.all(), 'simplify');
  return {
    name: 'path',
    graph: removeUnused(simple.graph),
    weights: simple.weights,
    classes: ['a', 'b', 'c', 'd', 'e', 'f', 'g'],
    normalisation: { mean: [0, 0, 0], std: [1, 1, 1] },
  };
};

/** Weights of a path where the binary expects them. */
const packedWeights = ({ positions, weightElements }: BlockProgram, choices: readonly number[], weights: TensorTable): Float32Array => {
  const packed = new Float32Array(weightElements);
  for (const position of positions) {
    const { program, weightOffsets } = variantAt(position, choices);
    for (const { id } of program.weights) {
      const values = program.packWeights(id, (node, name) => weights.get(parameterId(node, name))!);
      packed.set(values, position.weightOffset + weightOffsets.get(id)!);
    }
  }
  return packed;
};

const random = new Random({ seed: 1, stream: 'test.image' });
const image = Float32Array.from({ length: 12 * 12 * 3 }, () => random.normal());

const evaluate = async (program: BlockProgram, choices: readonly number[], weights: TensorTable): Promise<Float32Array> => {
  const { path, positions, layout, weightElements } = program;
  const [inputFile, weightFile] = [join(cacheFolder, 'input'), join(cacheFolder, 'weights')];
  writeFileSync(inputFile, image);
  writeFileSync(weightFile, packedWeights(program, choices, weights));
  const sizes = [memoryBound(positions, layout), weightElements, layout.inputElements].map(String);
  const process = new LineProcess(path, [...sizes, inputFile, weightFile]);
  try {
    const answer = await process.ask(`eval ${layout.outputElements} ${networkCalls(positions, layout, choices).text}`);
    return Float32Array.from(answer.trim().split(' '), Number);
  } finally {
    process.dispose();
  }
};

const kernelsOf = (network: DeployableNetwork): readonly string[] =>
  cpuProgram(network.graph, registry, options).calls.map((call) => (call.kind === 'fused' ? call.kernel.name : call.kernel));

describe('the measuring binary', () => {
  let program: BlockProgram;
  beforeAll(async () => {
    program = await buildBlockProgram(space, context, options);
  });

  const paths = [[3, 0, 3, 3, 1], [3, 2, 0, 3, 0], [0, 1, 3, 1, 2], ...sampleNetworks([4, 3, 4, 4, 3], 3, { seed: 2, stream: 'paths' })];

  it.each(paths.map((path) => ({ path })))('computes path $path with the kernels and the bits of the emitted network', async ({ path }) => {
    const network = networkOf(path);
    const target = cpuTarget.create({}, { folder: '.' });
    const emitted = await target.emit(network, undefined, { registry } as PassContext);
    const executable = await target.build!(emitted, network, context);
    const expected = await executable.run!(image, 1);
    await executable.dispose();

    expect(await evaluate(program, path, network.weights)).toEqual(expected);
    expect(Math.max(...expected) - Math.min(...expected)).toBeGreaterThan(1e-4);
    const inBinary = program.positions.flatMap((position) =>
      variantAt(position, path).program.calls.map((call) => (call.kind === 'fused' ? call.kernel.name : call.kernel)),
    );
    expect(inBinary).toEqual(kernelsOf(network));
  });

  it('gives the same bits on two threads', async () => {
    const together = await buildBlockProgram(space, context, readCpuOptions({ threads: 2 }));
    for (const path of paths.slice(0, 3)) {
      const { weights } = networkOf(path);
      expect(await evaluate(together, path, weights)).toEqual(await evaluate(program, path, weights));
    }
  });

  it('holds equal candidates of equal shapes once', () => {
    const bodies = (id: string) => program.positions.find((position) => position.id === id)!.variants.map(({ body }) => body);
    expect(bodies('block2')).toEqual(bodies('block3'));
    expect(bodies('block2').at(-1)).toBeUndefined();
    expect(new Set(bodies('block1'))).not.toContain(bodies('block4')[0]);
    // 5 positions with 3 computed candidates, two positions alike; stem and head.
    expect(program.functions).toBe(4 * 3 + 2);
  });
});

describe('a space of blocks with several learnable edges', () => {
  const tree = buildGraph(registry, (root) => {
    const edges: readonly CandidateSpec[] = [
      { name: 'identity', macro: 'identity', attributes: {} },
      { name: 'sep3', macro: 'separableConv', attributes: { kernel: 3 } },
      { name: 'sep3d2', macro: 'separableConv', attributes: { kernel: 3, dilation: 2 } },
      { name: 'max3', macro: 'maxPool', attributes: { kernel: 3 } },
    ];
    const stem = root.group({ id: 'stem', macro: 'convBnAct', attributes: {}, shortcut: false });
    let value = stem.macro('', 'convBnAct', [root.input('image', float32(12, 12, 3))], { width: 16, kernel: 3 });
    for (const [id, stride] of [
      ['one', 1],
      ['two', 2],
      ['three', 1],
    ] as const) {
      const attributes = { width: 24, stride, candidates: edges as unknown as string[], activation: 'relu' };
      value = root.group({ id, macro: 'treeBlock', attributes: {}, shortcut: false }).macro('', 'treeBlock', [value], attributes);
    }
    const head = root.group({ id: 'head', macro: 'linearHead', attributes: {}, shortcut: false });
    return head.macro('', 'linearHead', [value], { classes: 7 });
  });
  const weights = initialiseParameters(tree, registry.ops, 5);
  const paths = [
    choicesOf(tree).map(() => 0),
    ...sampleNetworks(
      choicesOf(tree).map(() => 4),
      2,
      { seed: 3, stream: 'trees' },
    ),
  ];

  it('computes the bits of the emitted network, and holds edges of equal shapes once', async () => {
    const program = await buildBlockProgram(tree, context, options);
    for (const path of paths) {
      const network = networkOf(path, tree, weights);
      const target = cpuTarget.create({}, { folder: '.' });
      const executable = await target.build!(await target.emit(network, undefined, { registry } as PassContext), network, context);
      const expected = await executable.run!(image, 1);
      await executable.dispose();
      expect(await evaluate(program, path, network.weights)).toEqual(expected);
    }
    // Stem, head; of each size of image three edges that compute, two splits and a sum; two roots, and two ends with one size alike.
    expect(program.positions).toHaveLength(2 + 3 * (12 + 2 + 2 + 2));
    expect(program.functions).toBeLessThan(30);
  });
});

describe('the timer', () => {
  it('times a network whole and by block; what computes nothing has no entry', async () => {
    const timer = await cpuTarget.create({}, { folder: '.' }).timer!(space, context);
    try {
      await timer.restart();
      const { ms, blocks } = await timer.time([0, 2, 3, 1, 1], { blocks: true });
      // Block 2 is skipped.
      expect([...blocks!.keys()].toSorted()).toEqual([0, 1, 3, 4, 'head', 'stem']);
      expect([...blocks!.values()].every((value) => value > 0)).toBe(true);
      const sum = [...blocks!.values()].reduce((total, value) => total + value, 0);
      // The order of magnitude: the machine may be busy with other things.
      expect(sum / ms).toBeGreaterThan(0.2);
      expect(sum / ms).toBeLessThan(5);
      expect(await timer.time([0, 2, 3, 1, 1], { blocks: false })).toEqual({ ms: expect.any(Number) as number });
    } finally {
      await timer.dispose();
    }
  });

  it('times a block by itself, and nothing in no time', async () => {
    const timer = await cpuTarget.create({}, { folder: '.' }).timer!(space, context);
    try {
      await timer.restart();
      expect(await timer.timeAlone!(2, 3)).toBe(0);
      expect(await timer.timeAlone!(1, 2)).toBeGreaterThan(0);
      expect(await timer.timeAlone!('stem', 0)).toBeGreaterThan(0);
    } finally {
      await timer.dispose();
    }
  });
});
