// What a schema cannot say: values that are right one by one and make no sense together.
import type { Diagnostic } from '@nasc/diagnostics';
import type { Config } from '../generated/config.ts';
import { messages } from '../messages.ts';
import type { Locate } from './explain-errors.ts';

export const findContradictions = ({ task, targets, constraints, train }: Config, locate: Locate): readonly Diagnostic[] => {
  const found: Diagnostic[] = [];
  if (constraints.latencyMs !== undefined && constraints.latencyShare !== undefined) {
    found.push(messages.bothLatencies(locate('/constraints')));
  }
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
  const names = targets.map((target) => (typeof target === 'string' ? target : target.name));
  for (const [index, name] of names.entries()) {
    if (names.indexOf(name) < index) found.push(messages.targetTwice(name, locate(`/targets/${index}`)));
  }
  return found;
};
