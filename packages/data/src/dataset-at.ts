// A data set whose images a network gets at another size than their own.
import { contentHash } from './content-hash.ts';
import type { Dataset } from './dataset.ts';
import type { Resolution } from './transform/image-transform.ts';

/** The same images; their size, and with it the hash, is the one asked for. */
export const datasetAt = (dataset: Dataset, { height, width }: Resolution): Dataset => {
  const { sizesDiffer, ...rest } = dataset;
  if (!sizesDiffer && dataset.height === height && dataset.width === width) return dataset;
  const manifestHash = contentHash([
    ['original', dataset.manifestHash],
    ['resolution', JSON.stringify([height, width])],
  ]);
  return { ...rest, height, width, manifestHash };
};
