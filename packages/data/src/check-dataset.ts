// What every data set has to keep, whoever reads it: a plugin's mistake would otherwise show as a crash in the middle of training,
// or not at all.
import { DiagnosticError } from '@nasc/diagnostics';
import type { Dataset, Split } from './dataset.ts';
import { messages } from './messages.ts';

const isSize = (value: number): boolean => Number.isSafeInteger(value) && value > 0;

const faultsOfSplit = (name: 'train' | 'test', { count, channels, labels }: Split, dataset: Dataset): readonly string[] => {
  const classes = dataset.classes.length;
  if (!isSize(count)) return [`the ${name} split has ${count} images`];
  const wrong = labels.findIndex((label) => label >= classes);
  return [
    ...(channels === dataset.channels
      ? []
      : [`images of the ${name} split have ${channels} channels, the data set says ${dataset.channels}`]),
    ...(labels.length === count ? [] : [`the ${name} split has ${count} images and ${labels.length} labels`]),
    ...(wrong < 0
      ? []
      : [`label ${wrong} of the ${name} split is ${labels[wrong]}, but there are ${classes} classes (0 to ${classes - 1})`]),
  ];
};

/** The data set, as it is. Throws DATASET_MALFORMED with everything that is wrong. */
export const checkDataset = (dataset: Dataset, name: string): Dataset => {
  const { classes, height, width, channels, manifestHash } = dataset;
  const repeated = classes.find((label, index) => classes.indexOf(label) < index);
  const faults = [
    ...(classes.length >= 2 ? [] : [`it has ${classes.length} classes, and at least 2 are needed`]),
    ...(repeated === undefined ? [] : [`two of its classes are called "${repeated}"`]),
    ...([height, width, channels].every(isSize) ? [] : [`its images are ${height}x${width}x${channels}`]),
    ...(typeof manifestHash === 'string' && manifestHash !== '' ? [] : ['it has no manifestHash, by which its artifacts are told apart']),
    ...faultsOfSplit('train', dataset.train, dataset),
    ...faultsOfSplit('test', dataset.test, dataset),
  ];
  if (faults.length > 0) throw new DiagnosticError(faults.map((fault) => messages.malformed(name, fault)));
  return dataset;
};
