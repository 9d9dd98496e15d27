// The data set as the network sees it.
import type { TaskDescription } from '@nasc/core';
import type { Dataset } from '@nasc/data';
import { resizeDataset } from '@nasc/data';

/** The images at the resolution of the search space; the data set itself where that is its own. */
export const taskDataset = (dataset: Dataset, { inputShape: [height, width] }: Pick<TaskDescription, 'inputShape'>): Promise<Dataset> =>
  resizeDataset(dataset, { height, width });
