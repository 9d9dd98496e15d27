// Accuracy of the emitted code itself on the whole test split, where the target gives logits.
import { countTopFive, definePass, taskDataset, withExecutable } from '@nasc/core';
import type { Accuracy } from '@nasc/core';
import type { CheckedNetwork, EvaluatedNetwork } from './generated.ts';
import { testBatches } from './test-images.ts';

const batchSize = 250;

/** What is known after some of the batches. */
interface Tally {
  readonly batches: number;
  readonly count: number;
  readonly correct: number;
  readonly correctTop5: number | undefined;
  readonly crossEntropySum: number;
}

/** Right answers and mean cross-entropy (nats) of logits [N, classes] against class indices [N]; sums in float64. */
export const scoreLogits = (
  logits: Float32Array,
  labels: ArrayLike<number>,
  classes: number,
): Pick<Tally, 'correct' | 'correctTop5' | 'crossEntropySum'> => {
  let correct = 0;
  let crossEntropySum = 0;
  for (let n = 0; n < labels.length; n++) {
    const row = logits.subarray(n * classes, (n + 1) * classes);
    const largest = Math.max(...row);
    if (row.indexOf(largest) === labels[n]) correct++;
    crossEntropySum += Math.log(row.reduce((sum, logit) => sum + Math.exp(logit - largest), 0)) + largest - row[labels[n]!]!;
  }
  return { correct, correctTop5: countTopFive(logits, labels, classes), crossEntropySum };
};

export const evaluateCode = definePass({
  name: 'evaluateCode',
  async run(input: CheckedNetwork, context): Promise<EvaluatedNetwork> {
    const dataset = await taskDataset(context, input.task);
    const { checkpoint, progress } = context;
    const test = await withExecutable(input, context, async (executable): Promise<Accuracy | undefined> => {
      if (!executable.run) return undefined;
      let tally = (await checkpoint.resume<Tally>()) ?? { batches: 0, count: 0, correct: 0, correctTop5: undefined, crossEntropySum: 0 };
      for await (const batch of testBatches(dataset, input.task, batchSize, tally.batches)) {
        await checkpoint.offer(() => tally);
        const score = scoreLogits(await executable.run(batch.images, batch.count), batch.labels, input.network.classes.length);
        tally = {
          batches: tally.batches + 1,
          count: tally.count + batch.count,
          correct: tally.correct + score.correct,
          correctTop5: score.correctTop5 === undefined ? undefined : (tally.correctTop5 ?? 0) + score.correctTop5,
          crossEntropySum: tally.crossEntropySum + score.crossEntropySum,
        };
        progress(tally.count, dataset.test.count, 'images');
      }
      const { count, correct, correctTop5, crossEntropySum } = tally;
      return { correct, correctTop5, count, crossEntropy: crossEntropySum / count };
    });
    return { ...input, test };
  },
});
