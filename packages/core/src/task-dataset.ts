// The data set as the network sees it.
import { prepareDataset } from '@nasc/data';
import type { PreparedDataset } from '@nasc/data';
import type { TaskDescription } from './artifacts.ts';
import type { PassContext } from './pass.ts';

/** The run's images at the resolution of the search space, ready to be put into batches. */
export const taskDataset = async (
  context: Pick<PassContext, 'dataset'>,
  { inputShape: [height, width], evaluationCrop }: Pick<TaskDescription, 'inputShape' | 'evaluationCrop'>,
): Promise<PreparedDataset> => prepareDataset(await context.dataset(), { height, width, cropShare: evaluationCrop });
