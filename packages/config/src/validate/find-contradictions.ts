// What a schema cannot say: values that are right one by one and make no sense together.
import type { Diagnostic } from '@nasc/diagnostics';
import type { Config } from '../generated/config.ts';
import { messages } from '../messages.ts';
import { limitSets, limitsLabel, targetLabel } from '../networks.ts';
import type { Locate } from './explain-errors.ts';

/** Names that stand in a list before. */
const repeated = (names: readonly string[]): readonly { readonly index: number; readonly value: string }[] =>
  [...names.entries()].filter(([index, name]) => names.indexOf(name) < index).map(([index, value]) => ({ index, value }));

export const findContradictions = ({ task, targets, constraints, train }: Config, locate: Locate): readonly Diagnostic[] => {
  const found: Diagnostic[] = [];
  const sets = limitSets({ constraints });
  const limitsAt = (index: number) => locate(Array.isArray(constraints) ? `/constraints/${index}` : '/constraints');
  for (const [index, { latencyMs, latencyShare }] of sets.entries()) {
    if (latencyMs !== undefined && latencyShare !== undefined) found.push(messages.bothLatencies(limitsAt(index)));
  }
  for (const { index, value } of repeated(sets.map(limitsLabel))) found.push(messages.limitsTwice(value, limitsAt(index)));
  const { searchImages, archValidationImages, scoringImages } = task;
  if (searchImages !== undefined) {
    const left = searchImages - archValidationImages - scoringImages;
    if (left <= 0) found.push(messages.nothingToTrainOn(searchImages, archValidationImages, scoringImages, locate('/task')));
    else if (train.epochs > 0 && train.batchSize > left)
      found.push(messages.batchTooLarge(train.batchSize, left, locate('/train/batchSize')));
  }
  const { crop, randomResizedCrop } = task.augmentation;
  if (crop && randomResizedCrop) found.push(messages.bothCrops(locate('/task/augmentation')));
  if (randomResizedCrop) {
    for (const key of ['scale', 'ratio'] as const) {
      const [least, greatest] = randomResizedCrop[key] ?? [1, 1];
      if (least > greatest) {
        const path = ['task', 'augmentation', 'randomResizedCrop', key];
        found.push(messages.rangeReversed(path.join('.'), least, greatest, locate(`/${path.join('/')}`)));
      }
    }
  }
  for (const { index, value } of repeated(targets.map(targetLabel))) found.push(messages.targetTwice(value, locate(`/targets/${index}`)));
  return found;
};
