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

const signal = new AbortController().signal;
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
    signal,
    progress: () => {},
    ...changes,
  });
  return { program, ...result };
};

const evaluate = (program: Awaited<ReturnType<typeof compileNetwork>>) =>
  evaluateSubset(program, { subset: wholeSplit(dataset.test), classes: 3, batchSize, normalisation, signal });

test('learns; history, images and progress count its steps; held-out images are classified', async () => {
  const seen: string[] = [];
  const { program, history, images } = await train({ progress: (done, total, unit) => seen.push(`${done}/${total} ${unit}`) });
  expect(images).toBe(steps * batchSize);
  expect(Object.keys(history.columns)).toEqual(['step', 'learningRate', 'loss', 'accuracy']);
  expect(history.columns['step']).toEqual(Array.from({ length: steps }, (_, step) => step));
  expect([seen[0], seen.at(-1)]).toEqual(['1/60 step', '60/60 step']);
  const losses = history.columns['loss']!;
  expect(losses.at(-1)!).toBeLessThan(losses[0]! / 2);

  const { correct, count, crossEntropy } = await evaluate(program);
  expect(count).toBe(60);
  expect(correct).toBeGreaterThan(54);
  expect(crossEntropy).toBeLessThan(0.5);
  await program.dispose();
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

test('a loss that is not a number stops the training and says where and what to try', async () => {
  const program = await compileNetwork();
  const error = (await train({ program, schedule: () => 1e30 }).catch((cause: unknown) => cause)) as DiagnosticError;
  expect(formatDiagnostics(error.diagnostics)).toMatch(
    /^error TRAINING_DIVERGED: Training diverged: the loss of step \d+ of 60 is not a number \(learning rate 1e\+30\)\.\n {2}at \/train\n {2}hint: Lower the learning rate, or raise warmUpSteps so that it rises more slowly\.$/,
  );
  await program.dispose();
});

test('an aborted training stops within a step', async () => {
  const controller = new AbortController();
  const program = await compileNetwork();
  let last = 0;
  const stopped = train({
    program,
    signal: controller.signal,
    progress: (done) => {
      last = done;
      if (done === 3) controller.abort();
    },
  });
  await expect(stopped).rejects.toThrow('abort');
  expect(last).toBe(3);
  await program.dispose();
});
