// Splits and classes from the paths of images.
import { createHash } from 'node:crypto';
import { DiagnosticError, throwIfErrors } from '@nasc/diagnostics';
import { testNames } from './list-images.ts';
import type { ImageFile } from './list-images.ts';
import { messages } from './messages.ts';

export interface LabelledImage {
  readonly file: ImageFile;
  readonly label: number;
}

export interface ArrangedImages {
  /** Names of the class folders, sorted by code units. */
  readonly classes: readonly string[];
  readonly train: readonly LabelledImage[];
  readonly test: readonly LabelledImage[];
}

/** Uniform in [0, 1), a function of the name alone: adding images never moves others between the splits. */
const positionOf = (path: string): number => createHash('sha256').update(path).digest().readUIntBE(0, 6) / 2 ** 48;

interface Placed {
  readonly file: ImageFile;
  readonly position: number;
  readonly className: string;
  readonly held: boolean;
}

/**
 * `train/CLASS/IMAGE` with `test/CLASS/IMAGE`, or `CLASS/IMAGE` of which about `testShare` become the test split.
 * Errors: `DATA_FOLDER_EMPTY`, `DATA_FOLDER_LAYOUT`, `DATA_SPLIT_MISSING`, `DATA_TOO_FEW_CLASSES`, `DATA_CLASS_WITHOUT_TRAINING`.
 */
export const arrangeByClass = (files: readonly ImageFile[], root: string, testShare: number): ArrangedImages => {
  if (files.length === 0) throw new DiagnosticError([messages.noImages(root)]);
  const names: readonly string[] = ['train', ...testNames];
  const twoSplits = files.every(({ path }) => names.includes(path.slice(0, path.indexOf('/'))));
  const depth = twoSplits ? 3 : 2;
  const astray = files.find(({ path }) => path.split('/').length !== depth);
  if (astray) throw new DiagnosticError([messages.layout(astray.at)]);

  const place = (file: ImageFile): Placed => {
    const parts = file.path.split('/');
    const position = positionOf(file.path);
    return { file, position, className: parts.at(-2)!, held: twoSplits ? parts[0] !== 'train' : position < testShare };
  };
  // Not class by class: the first images of a split are then a fair sample of it.
  const placed = files.map(place).toSorted((a, b) => a.position - b.position);
  const classes = [...new Set(placed.map(({ className }) => className))].toSorted();
  const labels = new Map(classes.map((name, label) => [name, label]));
  const pick = (held: boolean): readonly LabelledImage[] =>
    placed.filter((image) => image.held === held).map(({ file, className }) => ({ file, label: labels.get(className)! }));
  const train = pick(false);
  const test = pick(true);
  if (classes.length < 2) throw new DiagnosticError([messages.tooFewClasses(root, classes)]);
  if (train.length === 0) throw new DiagnosticError([messages.splitMissing(root, 'training')]);
  if (test.length === 0) throw new DiagnosticError([messages.splitMissing(root, 'test')]);
  const trained = new Set(train.map(({ label }) => label));
  throwIfErrors(classes.filter((_, label) => !trained.has(label)).map((name) => messages.classWithoutTraining(root, name)));
  return { classes, train, test };
};
