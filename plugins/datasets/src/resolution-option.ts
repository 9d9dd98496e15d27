// The option that every data set here has: images at another resolution than the set's own.
import { resizeDataset } from '@nasc/data';
import type { Dataset } from '@nasc/data';

export const resolutionOption = {
  type: 'integer',
  minimum: 1,
  maximum: 1024,
  description: 'Height and width of the images, pixels; the own size of the set when absent.',
} as const;

/** Applies the validated option. */
export const withResolution = async (dataset: Dataset, resolution: unknown): Promise<Dataset> =>
  typeof resolution === 'number' ? resizeDataset(dataset, { height: resolution, width: resolution }) : dataset;
