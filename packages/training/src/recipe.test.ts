import { DiagnosticError, formatDiagnostics } from '@nasc/diagnostics';
import { drawMixing, wholeSplit } from '@nasc/data';
import type { ChoiceNode } from '@nasc/ir';
import { expect, test } from 'vitest';
import { batchSource, stepsOf } from './batch-source.ts';
import { cosineSchedule } from './cosine-schedule.ts';
import { uniformPathSampler } from './path-sampler.ts';
import { readAhead } from './read-ahead.ts';
import { splitTask } from './task-subsets.ts';
import type { TaskSizes } from './task-subsets.ts';
import { dataset, normalisation } from './task.test-helper.ts';

test('cosine: rises linearly, starts at the rate, is at half of it half way, and ends near 0', () => {
  const rate = cosineSchedule({ learningRate: 0.4, warmUpSteps: 3, steps: 103 });
  expect([0, 1, 2, 3].map(rate)).toEqual([0.1, 0.2, 0.30000000000000004, 0.4]);
  expect(rate(53)).toBeCloseTo(0.2, 12);
  expect(rate(102)).toBeCloseTo(0.2 * (1 + Math.cos(0.99 * Math.PI)), 12);
  expect(rate(500)).toBe(0);
});

test('task: disjoint subsets, balanced over classes; scoring does not move when other sizes do; retraining leaves out scoring only', () => {
  const sizes = { searchImages: 210, archValidationImages: 60, scoringImages: 30 };
  const { train, archValidation, scoring, retrain } = splitTask(dataset, sizes, 7);
  expect([train, archValidation, scoring, retrain].map(({ indices }) => indices.length)).toEqual([120, 60, 30, 270]);
  expect(new Set([...train.indices, ...archValidation.indices, ...scoring.indices]).size).toBe(210);
  expect(retrain.indices.some((index) => scoring.indices.includes(index))).toBe(false);
  for (const { split, indices } of [train, archValidation, scoring]) {
    const counts = [0, 1, 2].map((label) => indices.filter((index) => split.labels[index] === label).length);
    expect(counts).toEqual([1, 1, 1].map(() => indices.length / 3));
  }
  expect(splitTask(dataset, { archValidationImages: 90, scoringImages: 30 }, 7).scoring.indices).toEqual(scoring.indices);
  expect(splitTask(dataset, sizes, 8).scoring.indices).not.toEqual(scoring.indices);
});

const refusal = (sizes: TaskSizes, of: Parameters<typeof splitTask>[0] = dataset): string => {
  try {
    splitTask(of, sizes, 0);
  } catch (error) {
    if (error instanceof DiagnosticError) return formatDiagnostics(error.diagnostics);
    throw error;
  }
  return 'no error';
};

test('task: holding out everything is refused, and so is searching with more images than there are', () => {
  expect(refusal({ searchImages: 50, archValidationImages: 30, scoringImages: 20 })).toBe(
    `error TASK_NOT_ENOUGH_IMAGES: Of 50 images, 30 are held out for the gates and 20 for scoring: none is left to train on.
  at /task
  hint: Raise searchImages, or lower archValidationImages and scoringImages, which come out of them.`,
  );
  expect(refusal({ searchImages: 301, archValidationImages: 30, scoringImages: 20 })).toBe(
    `error TASK_TOO_FEW_IMAGES: "task.searchImages" is 301, and the data set has 300 training images.
  at /task/searchImages
  hint: Lower it, or leave it away to search with all of them.`,
  );
});

test('task: a class of which nothing is left to train on is named', () => {
  // One image of the last class, which is in the middle of the order and so among those that are held out.
  const labels = Uint16Array.from({ length: 300 }, (_, index) => (index === 0 ? 2 : index % 2));
  const rare = { ...dataset, train: { ...dataset.train, labels } };
  expect(refusal({ archValidationImages: 100, scoringImages: 100 }, rare)).toBe(
    `error TASK_CLASS_NOT_TRAINED: None of the 100 images that are left to train on is of "none".
  at /task
  hint: Add images of it, raise searchImages, or lower archValidationImages and scoringImages, which come out of them.`,
  );
});

const source = (stream = 'a') =>
  batchSource({ subset: wholeSplit(dataset.train), classes: 3, batchSize: 32, normalisation, labelSmoothing: 0.3, seed: 2, stream });

test('batches: a step has its batch whatever was asked before, streams differ, targets are smoothed', async () => {
  const first = await source().batch(3);
  const later = source();
  await later.batch(40);
  expect(await later.batch(3)).toEqual(first);
  expect((await source('b').batch(3)).images).not.toEqual(first.images);
  expect(first.count).toBe(32);
  const row = [...first.targets.subarray(0, 3)].toSorted();
  for (const [i, value] of [0.1, 0.1, 0.8].entries()) expect(row[i]).toBeCloseTo(value, 6);
  expect(stepsOf(1.5, source())).toBe(14); // 300 images are 9 whole batches of 32
});

test('mixup blends the images and targets of a batch alike, another way each step; without it the batch is the same', async () => {
  const options = { subset: wholeSplit(dataset.train), classes: 3, batchSize: 32, normalisation, seed: 2, stream: 'a' };
  const plain = batchSource({ ...options, augmentation: {} });
  const mixed = batchSource({ ...options, augmentation: { mixup: 1 } });
  const shares = new Set<number>();
  for (const step of [3, 0, 20]) {
    const before = await plain.batch(step);
    const after = await mixed.batch(step);
    const { share, partners } = drawMixing(1, 32, { seed: 2, stream: 'a.mixup', step });
    shares.add(share);
    for (const rows of ['images', 'targets'] as const) {
      const size = before[rows].length / 32;
      const blended = before[rows].map((value, i) => {
        const partner = partners[Math.floor(i / size)]! * size + (i % size);
        return share * value + (1 - share) * before[rows][partner]!;
      });
      expect(after[rows]).toEqual(blended);
    }
    expect(await mixed.batch(step)).toEqual(after);
  }
  expect(shares.size).toBe(3);
  expect(await batchSource({ ...options, augmentation: { mixup: 0 } }).batch(3)).toEqual(await plain.batch(3));
});

test('reading ahead gives the batches of the source, in any order, and reports what goes wrong with the step that asks', async () => {
  const plain = source();
  const ahead = readAhead(plain, 5);
  for (const step of [0, 1, 4, 2, 3]) expect(await ahead(step)).toEqual(await plain.batch(step));
  const failing = readAhead({ ...plain, batch: (step) => (step === 1 ? Promise.reject(new Error('disk gone')) : plain.batch(step)) }, 5);
  await failing(0);
  await new Promise((resolve) => setTimeout(resolve, 20));
  await expect(failing(1)).rejects.toThrow('disk gone');
});

test('uniform paths: the same step draws the same path, every candidate equally often', () => {
  const choices = [4, 3].map((size) => ({ candidates: Array.from({ length: size }) }) as unknown as ChoiceNode);
  const sample = uniformPathSampler({ choices, seed: 9, stream: 'test' });
  expect(sample(17)).toEqual(uniformPathSampler({ choices, seed: 9, stream: 'test' })(17));
  const draws = 12_000;
  const paths = Array.from({ length: draws }, (_, step) => sample(step));
  for (const [choice, size] of [4, 3].entries()) {
    for (let candidate = 0; candidate < size; candidate++) {
      const share = paths.filter((path) => path[choice] === candidate).length / draws;
      expect(Math.abs(share - 1 / size)).toBeLessThan(4 * Math.sqrt(((1 / size) * (1 - 1 / size)) / draws));
    }
  }
});
