import { createDataWorkers, inMemorySplit } from '@nasc/data';
import type { Dataset } from '@nasc/data';
import { expect, test } from 'vitest';
import { taskDataset } from './task-dataset.ts';

const shape = { height: 4, width: 4, channels: 1 };
const split = inMemorySplit(shape, new Uint8Array(32), Uint16Array.of(0, 1));
const described = { name: 'two', classes: ['a', 'b'], train: split, test: split, manifestHash: 'h', source: '', defaultAugmentation: {} };
const dataset: Dataset = { ...shape, ...described };

test('images of the task have its size, and the threads of the run prepare some batches ahead', async () => {
  const task = { inputShape: [2, 2, 1], evaluationCrop: 1 } as const;
  const load = () => Promise.resolve(dataset);
  const dataWorkers = createDataWorkers({ count: 2 });
  const { train } = await taskDataset({ dataset: load, dataWorkers }, task);
  expect(train).toMatchObject({ height: 2, width: 2, channels: 1, count: 2 });
  expect(train.ahead).toBeGreaterThan(1);
  expect((await taskDataset({ dataset: load }, task)).train.ahead).toBe(1);
  await dataWorkers.dispose();
});
