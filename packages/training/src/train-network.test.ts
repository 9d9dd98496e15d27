import { memoryCheckpoint, noCheckpoint } from '@nasc/core';
import type { KeptStates } from '@nasc/core';
import type { DiagnosticError } from '@nasc/diagnostics';
import { formatDiagnostics } from '@nasc/diagnostics';
import { wholeSplit } from '@nasc/data';
import { expect, test } from 'vitest';
import { batchSource } from './batch-source.ts';
import { cosineSchedule } from './cosine-schedule.ts';
import { evaluateSubset } from './evaluate-subset.ts';
import { batchSize, compileNetwork, dataset, normalisation } from './task.test-helper.ts';
import { trainNetwork } from './train-network.ts';
import type { TrainNetworkOptions } from './train-network.ts';

const steps = 60;
const optimizer = { momentum: 0.9, nesterov: true, weightDecay: 4e-5, decayRoles: ['weight'] } as const;

const train = async (changes: Partial<TrainNetworkOptions> = {}) => {
  const program = changes.program ?? (await compileNetwork());
  const batches = batchSource({
    subset: wholeSplit(dataset.train),
    classes: 3,
    batchSize,
    normalisation,
    labelSmoothing: 0.1,
    seed: 1,
    stream: 'test',
  });
  const schedule = cosineSchedule({ learningRate: 0.1, warmUpSteps: 5, steps });
  const result = await trainNetwork({
    program,
    batches,
    steps,
    schedule,
    optimizer,
    seed: 1,
    stream: 'test',
    at: '/train',
    checkpoint: noCheckpoint(),
    progress: () => {},
    ...changes,
  });
  return { program, ...result };
};

const evaluate = (program: Awaited<ReturnType<typeof compileNetwork>>, checkpoint = noCheckpoint()) =>
  evaluateSubset(program, { subset: wholeSplit(dataset.test), classes: 3, batchSize, normalisation, checkpoint });

test('learns; history, images and progress count its steps; held-out images are classified', async () => {
  const seen: string[] = [];
  const { program, history, images } = await train({ progress: (done, total, unit) => seen.push(`${done}/${total} ${unit}`) });
  expect(images).toBe(steps * batchSize);
  expect(Object.keys(history.columns)).toEqual(['step', 'learningRate', 'loss', 'accuracy']);
  expect(history.columns['step']).toEqual(Array.from({ length: steps }, (_, step) => step));
  expect([seen[0], seen.at(-1)]).toEqual(['1/60 steps', '60/60 steps']);
  const losses = history.columns['loss']!;
  expect(losses.at(-1)!).toBeLessThan(losses[0]! / 2);

  const { correct, count, crossEntropy } = await evaluate(program);
  expect(count).toBe(60);
  expect(correct).toBeGreaterThan(54);
  expect(crossEntropy).toBeLessThan(0.5);
  await program.dispose();
});

test('an average of the weights, decay warmed up: the formula over the weights after every step', async () => {
  const program = await compileNetwork();
  const initial = (await program.readState()).parameters;
  const mean = new Map([...initial].map(([id, { data }]) => [id, Float64Array.from(data)]));
  let step = 0;
  // Every call but the first comes after a step of a training without an average.
  const watched = {
    ...noCheckpoint(),
    offer: async () => {
      if (step++ === 0) return;
      const t = step - 2;
      const d = Math.min(0.7, (1 + t) / (10 + t));
      for (const [id, { data }] of (await program.readState()).parameters)
        mean.get(id)!.forEach((value, i, values) => (values[i] = d * value + (1 - d) * data[i]!));
    },
  };
  await train({ program, checkpoint: watched });
  await watched.offer();
  await program.dispose();
  const { parameters, program: other } = await train({ averageDecay: 0.7 });
  const { momentum, parameters: last } = await other.readState();
  for (const id of momentum.keys()) {
    const { data } = parameters.get(id)!;
    const distance = Math.hypot(...data.map((value, i) => value - mean.get(id)![i]!)) / Math.hypot(...mean.get(id)!);
    expect({ id, close: distance < 1e-5 }).toEqual({ id, close: true });
    expect(data).not.toEqual(last.get(id)!.data);
  }
  await other.dispose();
});

test('the same seed trains the same weights, bit for bit', async () => {
  const weights = async () => {
    const { program } = await train();
    const { parameters } = await program.readState();
    await program.dispose();
    return parameters;
  };
  expect(await weights()).toEqual(await weights());
});

test('interrupted again and again, by Ctrl-C or a crash, it trains the same weights, bit for bit', async () => {
  const attempt = async (checkpoint = noCheckpoint()) => {
    const program = await compileNetwork();
    const seen: number[] = [];
    try {
      const trained = await train({ program, checkpoint, progress: (done) => seen.push(done) });
      return { trained: { ...trained, program: await program.readState() }, seen };
    } finally {
      await program.dispose();
    }
  };
  const { trained: whole } = await attempt();
  const kept: KeptStates = new Map();
  const stops = [{ stopAt: 1 }, { stopAt: 8 }, { stopAt: 12, every: 5, crash: true }, { stopAt: 2, crash: true }, { stopAt: 20 }];
  for (const stop of stops) await expect(attempt(memoryCheckpoint(kept, stop))).rejects.toThrow('stopped');
  const { trained, seen } = await attempt(memoryCheckpoint(kept));
  expect(trained).toEqual(whole);
  // The count goes on: 7 steps until the second stop, 9 of the third's 11, none of the fourth's, 19 of the last's.
  expect(seen[0]).toBe(7 + 9 + 19);

  // Its end is kept, too: no step is done again.
  const again = await attempt(memoryCheckpoint(kept));
  expect(again.trained).toEqual(whole);
  expect(again.seen).toEqual([60]);
});

test('an interrupted evaluation goes on behind the batches that are done', async () => {
  const { program } = await train();
  const whole = await evaluate(program);
  const kept: KeptStates = new Map();
  await expect(evaluate(program, memoryCheckpoint(kept, { stopAt: 3 }))).rejects.toThrow('stopped');
  expect(await evaluate(program, memoryCheckpoint(kept))).toEqual(whole);
  await program.dispose();
});

const divergence = async (learningRate: number, checkpoint = noCheckpoint()) => {
  const program = await compileNetwork();
  const schedule = (step: number) => (step < 2 ? 0.01 : learningRate);
  const error = (await train({ program, schedule, checkpoint }).catch((cause: unknown) => cause)) as DiagnosticError;
  await program.dispose();
  return formatDiagnostics(error.diagnostics);
};

test('a loss that is not a number stops the training and says where, what was good and what to try', async () => {
  expect(await divergence(1e30)).toMatch(
    /^error TRAINING_DIVERGED: Training diverged at step (\d) of 60, learning rate 1e\+30: the loss is not a number\. The last good step is \d, loss [\d.e+]+\.\n {2}at \/train\n {2}hint: Lower the learning rate, or raise warmUpSteps so that it rises more slowly: the training then begins anew\. The same recipe would diverge again\.$/,
  );
});

test('weights that are not numbers are never kept: the same recipe goes on from good ones and ends in the same way', async () => {
  const kept: KeptStates = new Map();
  const text = await divergence(1e39, memoryCheckpoint(kept));
  expect(text).toMatch(
    /^error TRAINING_DIVERGED: Training diverged at step 3 of 60, learning rate 1e\+39: values of "[a-z.]+" are not numbers\. The last good step is 2, loss \d\.\d+\.\n {2}at \/train\n {2}hint: Lower the learning rate, or raise warmUpSteps so that it rises more slowly: the training then begins anew\. The same recipe would go on from the checkpoint after 2 steps, and diverge again\.$/,
  );
  expect(await divergence(1e39, memoryCheckpoint(kept))).toBe(text);
});

test('a training that is asked to stop ends with its step', async () => {
  const controller = new AbortController();
  const program = await compileNetwork();
  let last = 0;
  const stopped = train({
    program,
    checkpoint: noCheckpoint(controller.signal),
    progress: (done) => {
      last = done;
      if (done === 3) controller.abort();
    },
  });
  await expect(stopped).rejects.toThrow('abort');
  expect(last).toBe(3);
  await program.dispose();
});
