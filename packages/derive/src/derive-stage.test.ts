// The three parts on a small space with the native engine and the CPU target: everything is really trained, built and timed.
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { limitSets, validateConfig } from '@nasc/config';
import { memoryCheckpoint, noCheckpoint, setUpPlugins, trackedRegistry, writeSafetensors } from '@nasc/core';
import type {
  Checkpoint,
  KeptStates,
  MeasureContext,
  Target,
  Architecture,
  CostModel,
  DerivedNetwork,
  Front,
  FrontLatencies,
  PassContext,
  SearchResult,
  SearchSpaceArtifact,
  Supernet,
  Teacher,
} from '@nasc/core';
import { inMemorySplit } from '@nasc/data';
import type { Dataset } from '@nasc/data';
import { formatDiagnostics } from '@nasc/diagnostics';
import type { Diagnostic, DiagnosticError } from '@nasc/diagnostics';
import { engineNativePlugin } from '@nasc/engine-native';
import { buildGraph, costTable, float32 } from '@nasc/ir';
import { opsPlugin } from '@nasc/ops';
import { Random } from '@nasc/random';
import { strategyProxyless } from '@nasc/strategy-proxyless';
import { targetCpu } from '@nasc/target-cpu';
import { trainStage } from '@nasc/train';
import { deployedGraph, instantiatePath } from '@nasc/transforms';
import { beforeAll, describe, expect, test } from 'vitest';
import { teacherPath } from './train-teacher-pass.ts';
import { deriveStage } from './derive-stage.ts';
import { latencyCosts, leastCost, pathCost, uniformCost } from '@nasc/search';

// Compiled code is found by its content, so all tests share it.
const cacheFolder = join(tmpdir(), 'nasc-engine-native-test');

const host = await setUpPlugins([opsPlugin, engineNativePlugin, strategyProxyless, targetCpu, trainStage, deriveStage]);
const registry = trackedRegistry(host.registrations, {});

/** A bright spot in one of the corners, or none, in noise. */
const classes = ['top left', 'bottom right', 'none'];
const shape = { height: 8, width: 8, channels: 1 };
const split = (count: number, index: number) => {
  const random = new Random({ seed: 2, stream: 'test.images', index });
  const labels = Uint16Array.from({ length: count }, (_, image) => image % 3);
  const pixels = Uint8Array.from({ length: count * 64 }, (_, position) => {
    const [label, y, x] = [labels[position >> 6]!, (position >> 3) & 7, position & 7];
    const bright = (label === 0 && y < 4 && x < 4) || (label === 1 && y > 3 && x > 3);
    return random.integer(150) + (bright ? 100 : 0);
  });
  return inMemorySplit(shape, pixels, labels);
};
const dataset: Dataset = {
  ...shape,
  name: 'corners',
  classes,
  train: split(600, 0),
  test: split(90, 1),
  manifestHash: 'corners',
  source: 'test',
  defaultAugmentation: {},
};

const graph = buildGraph(registry, (builder) => {
  const block = (id: string, macro: string) => builder.group({ id, macro, attributes: {}, shortcut: false });
  let value = block('stem', 'convBnAct').macro('', 'convBnAct', [builder.input('image', float32(8, 8, 1))], { kernel: 3, width: 8 });
  for (const id of ['first', 'second']) {
    value = block(id, 'choice').choice(
      'choice',
      [value],
      [
        { name: 'small', macro: 'mbConv', attributes: { kernel: 3, expansion: 1, width: 8 } },
        { name: 'large', macro: 'mbConv', attributes: { kernel: 5, expansion: 6, width: 8 } },
      ],
    );
  }
  const head = block('head', 'linear');
  return head.op('logits', 'linear', [head.op('flat', 'reshape', [value], { shape: [512] })], { width: 3 });
});
const searchSpace: SearchSpaceArtifact = {
  name: 'corners',
  task: {
    dataset: 'corners',
    classes,
    inputShape: [8, 8, 1],
    normalisation: { mean: [0.35], std: [0.2] },
    evaluationCrop: 1,
    manifestHash: 'corners',
  },
  graph,
  costs: costTable(graph, registry.ops),
};

const reported: Diagnostic[] = [];
const cpu = registry.targets.require('cpu').create({ vectorWidth: 'portable', threads: 1, sampleMs: 2 }, { folder: '.' });

interface RunOptions {
  readonly checkpoint?: Checkpoint;
  readonly target?: Target;
}

const run = async <Out>(
  part: string,
  inputs: object,
  changes: object = {},
  { checkpoint = noCheckpoint(), target = cpu }: RunOptions = {},
): Promise<Out> => {
  reported.length = 0;
  const config = validateConfig(
    {
      task: { dataset: 'corners', searchImages: 500, archValidationImages: 120, scoringImages: 90 },
      space: 'corners',
      targets: ['cpu'],
      train: { epochs: 4, batchSize: 20, optimizer: { learningRate: 0.02 } },
      ...changes,
    },
    'test',
  );
  const context: PassContext = {
    config,
    folder: cacheFolder,
    signal: new AbortController().signal,
    inputHashes: {},
    registry,
    target,
    limits: limitSets(config)[0]!,
    engine: () => Promise.resolve({ engine: registry.engines.require('native'), options: { threads: 2, cacheFolder } }),
    dataset: () => Promise.resolve(dataset),
    latencyPredictor: () => {
      throw new Error('not in this stage');
    },
    cacheFolder,
    report: (diagnostic) => reported.push(diagnostic),
    checkpoint,
    progress: () => {},
  };
  let value: unknown = inputs;
  for (const { pass } of host.parts.find((candidate) => candidate.part.name === part)!.passes)
    value = await pass.run(value as never, context);
  return value as Out;
};

/** What the target measured is of no matter here: numbers that are easy to reason about. */
const latency = (ms: number) => ({ ms, source: 'table', samples: 1, spread: 0, deviceId: 'test' }) as const;
const costModel: CostModel = {
  target: 'cpu',
  profile: { device: { id: 'test', description: 'a test' }, protocol: {}, blocks: {}, spaces: [] },
  predictor: 'table',
  facts: {},
  accuracy: undefined,
  choices: [0, 1].map(() => [latency(100), latency(300)]),
  fixed: { stem: latency(50), head: latency(20) },
};
const table = latencyCosts(costModel);

let supernet: Supernet;
let searchResult: SearchResult;
let architecture: Architecture;
beforeAll(async () => {
  supernet = await run('train', { searchSpace });
  const changes = { constraints: { latencyMs: 480 }, derive: { strategy: { name: 'proxyless-gradient', steps: 40, batchSize: 20 } } };
  searchResult = await run('search', { searchSpace, supernet, costModel }, changes);
  architecture = await run('select', { searchSpace, costModel, searchResult }, changes);
});

test('latency is additive over blocks', () => {
  expect(table).toMatchObject({
    constant: 70,
    candidates: [
      [100, 300],
      [100, 300],
    ],
  });
  expect([pathCost(table, [0, 1]), uniformCost(table), leastCost(table)]).toEqual([470, 470, 270]);
});

test('warm-up: one smoothed loss a step that falls, all weights of the space', () => {
  // 290 images of the 500, 14 whole batches of 20.
  const { loss } = supernet.history.columns;
  expect(loss).toHaveLength(56);
  expect(supernet.cost.imagesForwardBackward).toBe(56 * 20);
  expect(supernet.cost.peakMemoryBytes).toBeGreaterThan(0);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  expect(sum(loss!.slice(-10))).toBeLessThan(sum(loss!.slice(0, 10)));
  expect([...supernet.weights.keys()].some((id) => id.startsWith('second.large.'))).toBe(true);
});

test('search: probabilities of every candidate, weights that rest by default', () => {
  expect(searchResult.kind).toBe('distribution');
  const rows = searchResult.kind === 'distribution' ? searchResult.logProbabilities : [];
  expect(rows.map((row) => row.length)).toEqual([2, 2]);
  for (const row of rows) expect(row.reduce((sum, value) => sum + Math.exp(value), 0)).toBeCloseTo(1, 10);
  expect(searchResult.weights).toEqual(supernet.weights);
});

test('select: the limit is kept by what was measured on the target, and every measurement is there', () => {
  const { choices, costs, measuredMs, rounds } = architecture;
  expect(pathCost(table, choices)).toBeLessThanOrEqual(480);
  expect(costs[0]).toEqual({ name: 'latency', unit: 'ms', predicted: pathCost(table, choices), limit: 480 });
  expect(measuredMs).toBeGreaterThan(0);
  expect(rounds.at(-1)).toMatchObject({ choices, measuredMs, keepsLimit: true });
});

test('select by argmax: the most probable candidates; a limit that they exceed is a warning', async () => {
  const select = { select: { method: 'argmax' } };
  const peaked = {
    ...searchResult,
    kind: 'distribution',
    logProbabilities: [
      [-3, -0.1],
      [-0.1, -3],
    ],
  } as SearchResult;
  const free = await run<Architecture>('select', { searchSpace, costModel, searchResult: peaked }, { derive: select });
  expect(free.choices).toEqual([1, 0]);
  expect(reported).toEqual([]);
  await run(
    'select',
    {
      searchSpace,
      costModel: { ...costModel, fixed: {}, choices: costModel.choices.map((row) => row.map(() => latency(1e-9))) },
      searchResult: peaked,
    },
    { constraints: { latencyMs: 1e-8 }, derive: select },
  );
  expect(reported.map(({ code }) => code)).toEqual(['DERIVE_ARGMAX_EXCEEDS_LIMIT']);
});

test('a limit is milliseconds or a share of the uniform network; one below the fastest network is refused', async () => {
  const shared = await run<Architecture>('select', { searchSpace, costModel, searchResult }, { constraints: { latencyShare: 0.6 } });
  expect(shared.costs[0]!.limit).toBeCloseTo(0.6 * 470, 10);
  expect(shared.choices).toEqual([0, 0]);
  const error = (await run('search', { searchSpace, supernet, costModel }, { constraints: { latencyMs: 200 } }).catch(
    (cause: unknown) => cause,
  )) as DiagnosticError;
  expect(error.diagnostics.map(({ code, message }) => `${code}: ${message}`)).toEqual([
    'LIMIT_INFEASIBLE: No network of the space keeps 200 ms; the fastest takes 270 ms.',
  ]);
});

test('limits on what does not depend on a device are kept, too, several at once', async () => {
  const unlimited = await run<Architecture>('select', { searchSpace, costModel, searchResult });
  const of = (name: string) => unlimited.costs.find((cost) => cost.name === name)!;
  expect(unlimited.costs.map(({ name, limit }) => [name, limit])).toEqual([
    ['latency', undefined],
    ['macs', undefined],
    ['parameters', undefined],
    ['memory', undefined],
    ['storage', undefined],
  ]);
  const constraints = { macs: of('macs').predicted * 2, parameters: of('parameters').predicted * 2, memoryBytes: 8 * 8 * 8 * 4 * 6 };
  const limited = await run<Architecture>('select', { searchSpace, costModel, searchResult }, { constraints });
  // The expanded tensor of a large candidate alone takes all that memory.
  expect(limited.choices).toEqual([0, 0]);
  for (const { predicted, limit } of limited.costs) if (limit !== undefined) expect(predicted).toBeLessThanOrEqual(limit);
});

test('limits on memory and storage hold for what the target emits: arena, weights and compiled code', async () => {
  const measuring = { registry, cacheFolder, signal: new AbortController().signal } as unknown as MeasureContext; // what a footprint reads
  const footprintOf = (choices: readonly number[]) => {
    const planned = deployedGraph(graph, choices, registry.patterns);
    return cpu.footprint!({ name: 'corners', graph: planned, classes, normalisation: searchSpace.task.normalisation }, measuring, {
      code: true,
    });
  };
  const bytes = async (choices: readonly number[]) => {
    const { weightBytes, codeBytes } = await footprintOf(choices);
    return weightBytes + codeBytes!;
  };
  const [largest, middle] = await Promise.all([bytes([1, 1]), bytes([0, 1])]);
  expect(middle).toBeLessThan(largest);
  const { choices, costs } = await run<Architecture>(
    'select',
    { searchSpace, costModel, searchResult },
    { constraints: { storageBytes: middle } },
  );
  expect(choices).not.toEqual([1, 1]);
  const of = (name: string) => costs.find((cost) => cost.name === name)!;
  expect(of('storage')).toMatchObject({ planned: await bytes(choices), limit: middle });
  expect(of('storage').planned).toBeLessThanOrEqual(middle);
  expect(of('memory').planned).toBe((await footprintOf(choices)).arenaBytes);
});

test('where the code cannot be compiled the limit on storage holds for the weights, and that is said', async () => {
  const elsewhere: Target = {
    ...cpu,
    footprint: async (network, context) => cpu.footprint!(network, context, { code: false }),
  };
  const constraints = { storageBytes: 1e6 };
  await run<Architecture>('select', { searchSpace, costModel, searchResult }, { constraints }, { target: elsewhere });
  expect(formatDiagnostics(reported)).toBe(
    `warning DERIVE_CODE_NOT_COUNTED: The limit on storage holds for the weights alone: the code for target "cpu" cannot be compiled and counted here.
  at /constraints
  hint: Leave room for the code in "storageBytes", or run on the device itself.`,
  );
});

test('select, interrupted again and again: no network is scored twice, and none measured twice', async () => {
  const builds: string[] = [];
  const counting: Target = {
    ...cpu,
    build: async (emitted, network, context) => {
      builds.push(network.name);
      return cpu.build!(emitted, network, context);
    },
  };
  const changes = { constraints: { latencyMs: 480 }, derive: { select: { candidates: 3 } } };
  const kept: KeptStates = new Map();
  const attempt = (stopAt = Infinity) =>
    run<Architecture>('select', { searchSpace, costModel, searchResult }, changes, {
      checkpoint: memoryCheckpoint(kept, { stopAt, crash: true }),
      target: counting,
    });
  // Within the second score, then within the measurement.
  await expect(attempt(7)).rejects.toThrow('stopped');
  await expect(attempt(15)).rejects.toThrow('stopped');
  expect(builds).toHaveLength(1);
  const first = await attempt();
  expect(builds).toHaveLength(2);
  // As if the machine had failed before the result was stored.
  expect(await attempt()).toEqual(first);
  expect(builds).toHaveLength(2);
});

describe('the front of a search', () => {
  const wholes = [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ];
  const accuracy = { interval: { confidence: 0.9, low: 0.95, high: 1.1 } } as NonNullable<CostModel['accuracy']>;
  const model = { ...costModel, accuracy };
  const changes = (front: object, constraints: object = { latencyMs: 480 }) => ({ constraints, derive: { front } });
  const frontOf = (front: object, constraints?: object, options?: RunOptions) =>
    run<Front>('front', { searchSpace, costModel: model, searchResult }, changes(front, constraints), options);

  test('from the fastest to the slowest network and at the limit of the search; rising latency, falling cross-entropy, no limit exceeded', async () => {
    const { limitMs, limitsMs, confidence, points, scored } = await frontOf({ points: 4 });
    expect([limitMs, confidence]).toEqual([480, 0.9]);
    expect(limitsMs).toHaveLength(5);
    expect([limitsMs[0], limitsMs[2], limitsMs[4]]).toEqual([270, 480, 670]);
    expect(scored.map(({ choices }) => choices).toSorted()).toEqual(wholes);
    expect(points.flatMap((point) => point.limitsMs)).toEqual(limitsMs);
    expect(points[0]!.choices).toEqual([0, 0]);
    for (const [index, point] of points.entries()) {
      const { predictedMs, interval, accuracy: judged, costs } = point;
      expect(predictedMs).toBe(pathCost(table, point.choices));
      for (const limit of point.limitsMs) expect(predictedMs).toBeLessThanOrEqual(limit);
      expect(interval).toEqual({ lowMs: 0.95 * predictedMs, highMs: 1.1 * predictedMs });
      expect(judged!.count).toBe(90);
      const rows = searchResult.kind === 'distribution' ? searchResult.logProbabilities : [];
      expect(point.searchScore).toBeCloseTo(rows[0]![point.choices[0]!]! + rows[1]![point.choices[1]!]!, 10);
      expect(costs.map(({ name, predicted, limit }) => [name, predicted > 0, limit])).toEqual(
        expect.arrayContaining(['latency', 'macs', 'parameters', 'memory'].map((name) => [name, true, undefined])),
      );
      const best = scored.filter((other) => other.predictedMs <= point.limitsMs.at(-1)!).map((other) => other.accuracy!.crossEntropy);
      expect(judged!.crossEntropy).toBe(Math.min(...best));
      if (index === 0) continue;
      expect(predictedMs).toBeGreaterThan(points[index - 1]!.predictedMs);
      expect(judged!.crossEntropy).toBeLessThan(points[index - 1]!.accuracy!.crossEntropy);
    }
  });

  test('at the limit of the search it has the network that the selection takes', async () => {
    const { points } = await frontOf({ limitsMs: [300, 1000], candidates: 8 });
    const chosen = await run<Architecture>(
      'select',
      { searchSpace, costModel, searchResult },
      { constraints: { latencyMs: 480 } },
      { target: { ...cpu, build: undefined as never } },
    );
    expect(points.flatMap(({ limitsMs }) => limitsMs)).toEqual([300, 480, 1000]);
    const point = points.find(({ limitsMs }) => limitsMs.includes(480))!;
    expect(point.choices).toEqual(chosen.choices);
    expect(point.accuracy!.crossEntropy).toBe(chosen.rounds[0]!.score);
  });

  test('other limits hold at every point; latency limits that no network keeps have none', async () => {
    const { points, limitsMs } = await frontOf({ limitsMs: [200, 650, 2000] }, { memoryBytes: 8 * 8 * 8 * 4 * 6 });
    // The expanded tensor of a large candidate alone takes all that memory.
    expect(points.map((point) => [point.choices, point.limitsMs])).toEqual([
      [
        [0, 0],
        [650, 2000],
      ],
    ]);
    expect(limitsMs).toEqual([200, 650, 2000]);
    expect(points[0]!.costs.find(({ name }) => name === 'memory')).toMatchObject({ limit: 12_288 });
  });

  test('interrupted again and again: no network is scored twice, and the same front', async () => {
    const whole = await frontOf({ points: 3 });
    const kept: KeptStates = new Map();
    const attempt = (stopAt: number, crash: boolean) =>
      frontOf({ points: 3 }, undefined, { checkpoint: memoryCheckpoint(kept, { stopAt, crash }) });
    // Five batches a network: within the second score, then within the third.
    await expect(attempt(7, false)).rejects.toThrow('stopped');
    await expect(attempt(7, true)).rejects.toThrow('stopped');
    expect(Object.keys((await memoryCheckpoint(kept).part('scores').resume<object>())!)).toHaveLength(2);
    expect(await attempt(Infinity, true)).toEqual(whole);
  });

  test('measured: one latency a point, each measured once through interruptions; none where the target cannot run here', async () => {
    const front = await frontOf({ limitsMs: [300, 1000] });
    const consumed = { searchSpace, searchResult, front };
    const builds: string[] = [];
    const build: Target['build'] = async (emitted, network, context) => {
      builds.push(network.name);
      return cpu.build!(emitted, network, context);
    };
    const kept: KeptStates = new Map();
    const measured = (options: RunOptions) => run<FrontLatencies>('frontLatencies', consumed, {}, options);
    const first = await measured({ target: { ...cpu, build }, checkpoint: memoryCheckpoint(kept) });
    expect(first.measuredMs).toHaveLength(front.points.length);
    for (const ms of first.measuredMs!) expect(ms).toBeGreaterThan(0);
    expect(builds).toHaveLength(front.points.length);
    expect(await measured({ target: { ...cpu, build }, checkpoint: memoryCheckpoint(kept) })).toEqual(first);
    expect(builds).toHaveLength(front.points.length);
    expect(await measured({ target: { ...cpu, build: undefined as never } })).toEqual({ measuredMs: undefined });
  });

  test('of a ranked result only the ranked networks, by the strategy’s score where nothing is shared', async () => {
    const score = [0.4, 0.9, 0.7];
    const architectures = [wholes[1]!, wholes[2]!, wholes[3]!].map((choices, index) => ({ choices, score: score[index]! }));
    const { weights: _weights, ...unshared } = searchResult;
    const found = { ...unshared, kind: 'ranked', architectures } as SearchResult;
    const { points } = await run<Front>('front', { searchSpace, costModel, searchResult: found }, changes({ points: 2 }, {}));
    expect(points.map((point) => [point.choices, point.limitsMs, point.searchScore, point.accuracy])).toEqual([
      [[1, 0], [470, 670], 0.9, undefined],
    ]);
    const scored = await run<Front>(
      'front',
      { searchSpace, costModel, searchResult: { ...found, weights: searchResult.weights! } },
      changes({}, {}),
    );
    expect(scored.scored.map(({ choices, accuracy: judged }) => [choices, judged!.count]).toSorted()).toEqual(
      wholes.slice(1).map((choices) => [choices, 90]),
    );
  });

  test('a space that is one network has one point, which nothing is scored for', async () => {
    const network = { ...searchSpace, graph: instantiatePath(graph, [0, 1]) };
    const fixed: CostModel = { ...costModel, choices: [], fixed: { stem: latency(1), head: latency(2) } };
    const found = { ...searchResult, kind: 'distribution', logProbabilities: [] } as SearchResult;
    const { points, scored } = await run<Front>('front', { searchSpace: network, costModel: fixed, searchResult: found });
    expect(points).toMatchObject([{ choices: [], predictedMs: 3, limitsMs: [3], accuracy: undefined, interval: undefined }]);
    expect(scored).toHaveLength(1);
  });
});

const retrain = (recipe: object, checkpoint = noCheckpoint(), teacher: Teacher = { network: undefined }) =>
  run<DerivedNetwork>(
    'retrain',
    { searchSpace, architecture, searchResult, teacher },
    { derive: { retrain: { batchSize: 20, optimizer: { learningRate: 0.1 }, ...recipe } } },
    { checkpoint },
  );

test('retrain, interrupted while it trains and while it evaluates: the same bits', async () => {
  const whole = await retrain({ epochs: 1 });
  const kept: KeptStates = new Map();
  // In the 10th of 25 steps; in the third batch of 90 validation images; in the first of as many test images.
  for (const stopAt of [10, 19, 4]) await expect(retrain({ epochs: 1 }, memoryCheckpoint(kept, { stopAt }))).rejects.toThrow('stopped');
  expect([...kept.keys()]).toEqual(['/training', '/validation', '/test']);
  expect(await retrain({ epochs: 1 }, memoryCheckpoint(kept))).toEqual(whole);
});

test('retrain from scratch: learns, judged on the scoring images and the whole test split; the graph has no choice left', async () => {
  const { graph: network, weights, validation, test: tested, history } = await retrain({ epochs: 3 });
  expect(history.columns['loss']).toHaveLength(3 * 25); // 510 images: all but the scoring ones
  expect([validation.count, tested.count]).toEqual([90, 90]);
  expect(validation.correct / 90).toBeGreaterThan(0.85);
  expect(tested.correct / 90).toBeGreaterThan(0.85);
  expect(network.nodes.every(({ kind }) => kind === 'op')).toBe(true);
  const owners = new Set(network.nodes.map(({ id }) => id));
  expect([...weights.keys()].every((id) => owners.has(id.slice(0, id.lastIndexOf('.'))))).toBe(true);
});

test('from shared weights without an epoch: the weights of the search, statistics recomputed, so better than chance at once', async () => {
  const { weights, validation } = await retrain({ from: 'shared', epochs: 0 });
  expect(weights.get('head.logits.weight')).toEqual(searchResult.weights!.get('head.logits.weight'));
  expect(weights.get('stem.bn.runningMean')!.data).not.toEqual(searchResult.weights!.get('stem.bn.runningMean')!.data);
  expect(validation.correct / validation.count).toBeGreaterThan(0.6);
});

test('from a file without an epoch: weights and statistics as they were loaded; with training they are where it starts', async () => {
  const file = join(cacheFolder, 'loaded.safetensors');
  const { weights: given } = await retrain({ epochs: 0, from: 'shared' });
  const moved = new Map([...given].map(([id, tensor]) => [id, { ...tensor, data: tensor.data.map((value) => value * 1.5) }]));
  await writeFile(file, writeSafetensors(moved));
  const loaded = await retrain({ epochs: 0, from: file });
  expect(new Map([...loaded.weights].toSorted())).toEqual(new Map([...moved].toSorted()));
  const trained = await retrain({ epochs: 0.1, from: file });
  expect(trained.weights.get('stem.bn.runningMean')).not.toEqual(moved.get('stem.bn.runningMean'));
});

describe('a space that is one network', () => {
  const network = { ...searchSpace, graph: instantiatePath(graph, [0, 1]) };
  const fixedCosts: CostModel = { ...costModel, choices: [], fixed: { stem: latency(1), head: latency(2) } };

  test('no warm-up, no search; the network is measured and taken', async () => {
    const shared = await run<Supernet>('train', { searchSpace: network });
    expect([shared.history.columns, shared.cost.imagesForwardBackward]).toEqual([{}, 0]);
    const found = await run<SearchResult>('search', { searchSpace: network, supernet: shared, costModel: fixedCosts });
    expect(found).toMatchObject({ logProbabilities: [], history: { columns: {} }, cost: { imagesForwardBackward: 0 } });
    const consumed = { searchSpace: network, costModel: fixedCosts, searchResult: found };
    const taken = await run<Architecture>('select', consumed, { constraints: { latencyMs: 1000 } });
    expect(taken).toMatchObject({ choices: [], predictedMs: 3, rounds: [{ choices: [], keepsLimit: true }] });
    expect(taken.measuredMs).toBeGreaterThan(0);
    expect(reported).toEqual([]);
  });

  test('a limit that it does not keep is told: by prediction before anything is trained, when measured at the end', async () => {
    const found = { kind: 'distribution', logProbabilities: [], strategy: 's', weights: supernet.weights } as unknown as SearchResult;
    const refused = await run('search', { searchSpace: network, supernet, costModel: fixedCosts }, { constraints: { latencyMs: 2 } }).catch(
      ({ diagnostics }: DiagnosticError) => diagnostics.map(({ code }) => code),
    );
    expect(refused).toEqual(['LIMIT_INFEASIBLE']);
    const fast = { ...fixedCosts, fixed: { stem: latency(1e-9) } };
    const slow: Target = { ...cpu, build: undefined as never };
    await run('select', { searchSpace: network, costModel: fast, searchResult: found }, { constraints: { latencyMs: 1e-6 } });
    expect(formatDiagnostics(reported)).toMatch(
      /^warning DERIVE_NETWORK_EXCEEDS_LIMIT: The network takes [\d.e-]+ ms, more than 0.000001 ms.\n {2}at \/constraints\n {2}hint: There is no other one in this space\. If other programs were running, stop them and run again with --from derive\.$/,
    );
    expect(await run('select', { searchSpace: network, costModel: fast, searchResult: found }, {}, { target: slow })).toMatchObject({
      predictedMs: 1e-9,
      measuredMs: undefined,
    });
  });
});

const trainTeacher = (recipe: object, checkpoint = noCheckpoint()) =>
  run<Teacher>(
    'teacher',
    { searchSpace, supernet },
    { derive: { retrain: { batchSize: 20, optimizer: { learningRate: 0.1 }, ...recipe } } },
    { checkpoint },
  );

test('every option at once, teacher and student interrupted: the same bits; what is dropped in training is in the graph', async () => {
  const distillation = { epochs: 1, weight: 0.6, temperature: 3 };
  const recipe = { epochs: 1, dropout: 0.2, dropPath: 0.3, ema: 0.98, distillation };
  const teacher = await trainTeacher(recipe);
  expect(teacher.network!.choices).toEqual([1, 1]);
  expect(teacher.network!.graph.nodes.filter(({ op }) => op === 'dropout').map(({ attributes }) => attributes)).toEqual([{ rate: 0.2 }]);
  const whole = await retrain(recipe, noCheckpoint(), teacher);
  const kept: KeptStates = new Map();
  for (const stopAt of [10, 18]) await expect(trainTeacher(recipe, memoryCheckpoint(kept, { stopAt }))).rejects.toThrow('stopped');
  expect(await trainTeacher(recipe, memoryCheckpoint(kept))).toEqual(teacher);
  kept.clear();
  for (const stopAt of [10, 18]) await expect(retrain(recipe, memoryCheckpoint(kept, { stopAt }), teacher)).rejects.toThrow('stopped');
  expect(await retrain(recipe, memoryCheckpoint(kept), teacher)).toEqual(whole);
});

test('each option changes what is learnt, and only where it is given; a teacher teaches', async () => {
  const teacher = await trainTeacher({ distillation: { from: 'shared', epochs: 2 } });
  expect(teacher.network!.validation.correct / 90).toBeGreaterThan(0.8);
  const plain = await retrain({ epochs: 1 });
  const weightOf = ({ weights }: DerivedNetwork) => weights.get('stem.conv.weight')!.data;
  for (const option of [
    { dropout: 0.3 },
    { ema: 0.9 },
    { distillation: { from: 'shared', epochs: 2 } },
    { optimizer: { learningRate: 0.1, nesterov: false } },
  ]) {
    const other = await retrain({ epochs: 1, ...option }, noCheckpoint(), teacher);
    expect(weightOf(other)).not.toEqual(weightOf(plain));
    expect(other.validation.correct / 90).toBeGreaterThan(0.5);
  }
  // Drop path finds no shortcut here; a teacher that the recipe does not ask for is not heard.
  expect(weightOf(await retrain({ epochs: 1, dropout: 0, dropPath: 0.3, distillation: undefined }, noCheckpoint(), teacher))).toEqual(
    weightOf(plain),
  );
});

test('another student does not train the teacher again; without distillation nothing is trained', async () => {
  const { part } = host.parts.find((candidate) => candidate.part.name === 'teacher')!;
  const reads = (recipe: object) => {
    const config = { task: { dataset: 'corners' }, space: 'corners', targets: ['cpu'], derive: { retrain: recipe } };
    return JSON.stringify(part.reads(validateConfig(config, 'test'), ''));
  };
  const first = reads({ distillation: {} });
  for (const same of [{ epochs: 3 }, { from: 'shared' }, { distillation: { weight: 0.9, temperature: 2 } }])
    expect(reads({ distillation: {}, ...same })).toBe(first);
  for (const other of [{ dropPath: 0.1 }, { batchSize: 32 }, { distillation: { epochs: 3 } }, { distillation: { teacher: [0, 1] } }])
    expect(reads({ distillation: {}, ...other })).not.toBe(first);
  expect([reads({}), reads({ epochs: 3 })]).toEqual(['null', 'null']);
  expect(await trainTeacher({})).toEqual({ network: undefined });
});

test('a teacher is the network with the most MACs, or what is named; what the space does not have is refused', () => {
  expect(teacherPath(searchSpace, 'largest')).toEqual([1, 1]);
  expect(teacherPath(searchSpace, ['small', 1])).toEqual([0, 1]);
  const refusal = (wanted: readonly (string | number)[]) => {
    try {
      teacherPath(searchSpace, wanted);
    } catch (error) {
      return formatDiagnostics((error as DiagnosticError).diagnostics);
    }
    return 'no error';
  };
  expect(refusal(['small'])).toBe(`error DERIVE_TEACHER_LENGTH: The teacher has 1 candidates, and the space 2 choices.
  at /derive/retrain/distillation/teacher
  hint: Give one candidate a choice, by name or by index, or "largest"; \`nasc inspect\` shows the choices.`);
  expect(refusal(['small', 'huge'])).toBe(`error DERIVE_TEACHER_CANDIDATE: Choice "second.choice" has no candidate "huge".
  at /derive/retrain/distillation/teacher/1
  hint: It has small, large; indices begin with 0.`);
  expect(refusal([2, 0])).toContain('has no candidate 2.');
});
