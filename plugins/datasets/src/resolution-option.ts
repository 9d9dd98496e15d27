// The option that every data set here has: images at another resolution than the set's own.
import { datasetAt } from '@nasc/data';
import type { Dataset } from '@nasc/data';

export const resolutionOption = {
  type: 'integer',
  minimum: 1,
  maximum: 1024,
  description: 'Height and width of the images, pixels; the own size of the set when absent.',
} as const;

/** Applies the validated option. */
export const withResolution = (dataset: Dataset, resolution: unknown): Dataset =>
  typeof resolution === 'number' ? datasetAt(dataset, { height: resolution, width: resolution }) : dataset;
