// The data set as the network sees it.
import { resizeDataset } from '@nasc/data';
import type { Dataset } from '@nasc/data';
import type { TaskDescription } from './artifacts.ts';
import type { PassContext } from './pass.ts';

/** The run's images at the resolution of the search space; resized once a run, where that is not their own. */
export const taskDataset = async (
  context: Pick<PassContext, 'dataset'>,
  { inputShape: [height, width] }: Pick<TaskDescription, 'inputShape'>,
): Promise<Dataset> => resizeDataset(await context.dataset(), { height, width });
