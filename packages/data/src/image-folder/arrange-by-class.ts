// Splits and classes from the paths of images.
import { createHash } from 'node:crypto';
import { DiagnosticError, throwIfErrors } from '@nasc/diagnostics';
import { pathOf, placeOf, selectFiles } from './file-table.ts';
import type { FileTable } from './file-table.ts';
import { testNames } from './list-images.ts';
import { messages } from './messages.ts';

export interface ArrangedImages {
  /** Names of the class folders, sorted by code units. */
  readonly classes: readonly string[];
  /** Training images, then those of test. */
  readonly table: FileTable;
  readonly trainCount: number;
  /** In the order of the table. */
  readonly labels: Uint16Array;
}

/** Uniform in [0, 1), a function of the name alone: adding images never moves others between the splits. */
const positionOf = (path: string): number => createHash('sha256').update(path).digest().readUIntBE(0, 6) / 2 ** 48;

/** The first image, by path, that does not lie where a class names it. */
const findAstray = (table: FileTable, depth: number): number | undefined => {
  let found: { readonly index: number; readonly path: string } | undefined;
  for (let index = 0; index < table.count; index++) {
    const path = pathOf(table, index);
    if (path.split('/').length !== depth && (!found || path < found.path)) found = { index, path };
  }
  return found?.index;
};

/** Two classes that are one on file systems that do not tell capitals apart. */
const findAlike = (classes: readonly string[]): readonly [string, string] | undefined => {
  const seen = new Map<string, string>();
  for (const name of classes) {
    const key = name.normalize('NFC').toLowerCase();
    const first = seen.get(key);
    if (first !== undefined) return [first, name];
    seen.set(key, name);
  }
  return undefined;
};

/**
 * `train/CLASS/IMAGE` with `test/CLASS/IMAGE`, or `CLASS/IMAGE` of which about `testShare` become the test split.
 * Errors: `DATA_FOLDER_EMPTY`, `DATA_FOLDER_LAYOUT`, `DATA_CLASSES_ALIKE`, `DATA_SPLIT_MISSING`, `DATA_TOO_FEW_CLASSES`, `DATA_CLASS_WITHOUT_TRAINING`.
 */
export const arrangeByClass = (files: FileTable, root: string, testShare: number): ArrangedImages => {
  const { count } = files;
  if (count === 0) throw new DiagnosticError([messages.noImages(root)]);
  const indices = Uint32Array.from({ length: count }, (_, index) => index);
  const names: readonly string[] = ['train', ...testNames];
  const splitOf = (path: string): string => path.slice(0, path.indexOf('/'));
  const twoSplits = indices.every((index) => names.includes(splitOf(pathOf(files, index))));
  const astray = findAstray(files, twoSplits ? 3 : 2);
  if (astray !== undefined) throw new DiagnosticError([messages.layout(placeOf(files, astray))]);

  const positions = new Float64Array(count);
  const held = new Uint8Array(count);
  const classOf = new Uint32Array(count);
  const numbers = new Map<string, number>();
  for (let index = 0; index < count; index++) {
    const path = pathOf(files, index);
    const className = path.split('/').at(-2)!;
    positions[index] = positionOf(path);
    held[index] = Number(twoSplits ? splitOf(path) !== 'train' : positions[index]! < testShare);
    classOf[index] = numbers.get(className) ?? numbers.size;
    if (!numbers.has(className)) numbers.set(className, numbers.size);
  }
  const classes = [...numbers.keys()].toSorted();
  const labelOf = Uint16Array.from(numbers.keys(), (name) => classes.indexOf(name));
  // Not class by class: the first images of a split are then a fair sample of it.
  const order = indices.toSorted((a, b) => held[a]! - held[b]! || positions[a]! - positions[b]!);
  const testCount = held.reduce((sum, value) => sum + value, 0);
  const trainCount = count - testCount;
  const alike = findAlike(classes);
  if (alike) throw new DiagnosticError([messages.classesAlike(root, ...alike)]);
  if (classes.length < 2) throw new DiagnosticError([messages.tooFewClasses(root, classes)]);
  if (trainCount === 0) throw new DiagnosticError([messages.splitMissing(root, 'training')]);
  if (testCount === 0) throw new DiagnosticError([messages.splitMissing(root, 'test')]);
  const labels = Uint16Array.from(order, (index) => labelOf[classOf[index]!]!);
  const trained = new Set(labels.subarray(0, trainCount));
  throwIfErrors(classes.filter((_, label) => !trained.has(label)).map((name) => messages.classWithoutTraining(root, name)));
  return { classes, table: selectFiles(files, order), trainCount, labels };
};
