// Which images do what: disjoint parts of the training split, so that nothing is judged on images that it learned from.
import type { PreparedDataset, PreparedSplit, Subset } from '@nasc/data';
import { classBalancedSplit } from '@nasc/data';
import { DiagnosticError } from '@nasc/diagnostics';
import { messages } from './messages.ts';

export interface TaskSizes {
  /** Images that warm-up and search may use, held-out ones included; all when absent. */
  readonly searchImages?: number;
  readonly archValidationImages: number;
  readonly scoringImages: number;
}

export interface TaskSubsets {
  /** Weights of the supernet. */
  readonly train: Subset;
  /** Architecture parameters. */
  readonly archValidation: Subset;
  /** Ranking of networks, and the validation of the retrained one: trains nothing. */
  readonly scoring: Subset;
  /** The chosen network's training: all training images but those of `scoring`. */
  readonly retrain: Subset;
}

const subset = (split: PreparedSplit, indices: Uint32Array): Subset => ({ split, indices });

/**
 * Cuts the training split, balanced over classes, by the seed. `scoring` is cut first: it stays the same whatever the other sizes are.
 * Throws `TASK_TOO_FEW_IMAGES` where more are asked for than there are, and `TASK_NOT_ENOUGH_IMAGES` where nothing would be left to
 * train on, or, with `TASK_CLASS_NOT_TRAINED`, none of a class.
 */
export const splitTask = (
  dataset: Pick<PreparedDataset, 'train' | 'classes'>,
  { searchImages, archValidationImages, scoringImages }: TaskSizes,
  seed: number,
): TaskSubsets => {
  const { train: split, classes } = dataset;
  const searched = searchImages ?? split.count;
  if (searched > split.count) throw new DiagnosticError([messages.tooFewImages(searched, split.count)]);
  const trainImages = searched - archValidationImages - scoringImages;
  if (trainImages < 1) throw new DiagnosticError([messages.notEnoughImages(archValidationImages, scoringImages, searched)]);
  const sizes = { scoring: scoringImages, archValidation: archValidationImages, train: trainImages };
  const { scoring, archValidation, train } = classBalancedSplit(split.labels, sizes, seed);
  const trained = new Set(Array.from(train, (index) => split.labels[index]));
  const untrained = classes.filter((_, label) => !trained.has(label));
  if (untrained.length > 0) throw new DiagnosticError([messages.classesUntrained(untrained, trainImages)]);
  const { retrain } = classBalancedSplit(split.labels, { scoring: scoringImages, retrain: 'rest' }, seed);
  return {
    train: subset(split, train),
    archValidation: subset(split, archValidation),
    scoring: subset(split, scoring),
    retrain: subset(split, retrain),
  };
};
