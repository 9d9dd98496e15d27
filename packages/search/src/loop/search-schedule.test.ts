import { expect, test } from 'vitest';
import { searchSchedule } from './search-schedule.ts';

const options = { steps: 10, startEpochs: 0, weightSteps: 0, stepsPerUpdate: 1 };

test('counted in architecture steps: so many weight steps before each update', () => {
  const schedule = searchSchedule({ ...options, weightSteps: 3, stepsPerUpdate: 2 }, 100);
  expect([schedule.steps, schedule.weightSteps]).toEqual([10, 15]);
  expect([0, 1, 2, 9, 10].map(schedule.weightStepsBefore)).toEqual([3, 3, 6, 15, 15]);
  expect(searchSchedule(options, 100).weightStepsBefore(5)).toBe(0);
});

test('counted in epochs as published: none in the first, then one after every fifth iteration of each', () => {
  // 119 epochs of 962 updates each (4810 iterations, section 1.5 of the published code's arithmetic).
  const schedule = searchSchedule({ ...options, epochs: 120, startEpochs: 1, weightSteps: 5 }, 4810);
  expect([schedule.steps, schedule.weightSteps]).toEqual([114_478, 577_200]);
  expect([0, 1, 961, 962, 114_477, 114_478].map(schedule.weightStepsBefore)).toEqual([4815, 4820, 9620, 9625, 577_200, 577_200]);
  // Iterations behind the last whole five of an epoch are followed by none.
  const ragged = searchSchedule({ ...options, epochs: 3, startEpochs: 1, weightSteps: 5 }, 12);
  expect([0, 1, 2, 3, 4].map(ragged.weightStepsBefore)).toEqual([17, 22, 29, 34, 36]);
});

test('so many updates spread evenly over each epoch', () => {
  const schedule = searchSchedule({ ...options, epochs: 2, weightSteps: 1, updatesPerEpoch: 3 }, 10);
  expect(schedule.steps).toBe(6);
  expect([0, 1, 2, 3, 4, 5].map(schedule.weightStepsBefore)).toEqual([3, 6, 10, 13, 16, 20]);
});

test('part of an epoch holds the updates that fit into it', () => {
  const schedule = searchSchedule({ ...options, epochs: 1.5, weightSteps: 2 }, 10);
  expect([schedule.steps, schedule.weightSteps]).toEqual([7, 15]);
  expect(schedule.weightStepsBefore(6)).toBe(14);
});
