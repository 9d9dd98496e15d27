import { Random } from '@nasc/random';
import { afterAll, expect, test } from 'vitest';
import { batchOf } from '../batches.ts';
import { inMemorySplit } from '../in-memory-split.ts';
import { prepareSplit, wholeSplit } from '../prepared-dataset.ts';
import { createDataWorkers } from './data-workers.ts';

const shape = { height: 9, width: 7, channels: 3 };
const random = new Random({ seed: 1, stream: 'test' });
const split = inMemorySplit(
  shape,
  Uint8Array.from({ length: 50 * 189 }, () => random.integer(256)),
  Uint16Array.from({ length: 50 }, (_, i) => i % 5),
);
const pools = [0, 1, 2, 3].map((count) => createDataWorkers({ count }));
afterAll(() => Promise.all(pools.map((pool) => pool.dispose())));

test('the same bits', async () => {
  const batch = (workers: (typeof pools)[number]) =>
    batchOf(wholeSplit(prepareSplit(split, { height: 6, width: 6, workers })), {
      step: 3,
      batchSize: 8,
      seed: 1,
      stream: 'test',
      normalisation: { mean: [0.1, 0.2, 0.3], std: [0.5, 0.5, 0.5] },
      augmentation: { flip: true, crop: 1 },
    });
  const expected = await batch(pools[0]!);
  for (const pool of pools) expect(await batch(pool)).toEqual(expected);
});
