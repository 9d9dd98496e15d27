// The data set as the network sees it.
import { prepareDataset } from '@nasc/data';
import type { PreparedDataset } from '@nasc/data';
import type { TaskDescription } from './artifacts.ts';
import type { PassContext } from './pass.ts';

/** The run's images at the resolution of the search space, put into batches by the run's threads. */
export const taskDataset = async (
  context: Pick<PassContext, 'dataset' | 'dataWorkers'>,
  { inputShape: [height, width], evaluationCrop }: Pick<TaskDescription, 'inputShape' | 'evaluationCrop'>,
): Promise<PreparedDataset> => {
  const { dataWorkers: workers } = context;
  return prepareDataset(await context.dataset(), { height, width, cropShare: evaluationCrop, ...(workers && { workers }) });
};
