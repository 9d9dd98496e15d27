// What a thread can do, and what it keeps between jobs.
import { openReader } from '../image-reader.ts';
import type { ImageReader } from '../image-reader.ts';
import type { SurveyJob } from '../image-folder/survey-job.ts';
import type { LoadImage } from '../image-source.ts';
import { imageItem } from './image-job.ts';
import type { ImageJob } from './image-job.ts';

export type Job =
  | ({ readonly kind: 'images'; readonly reader: ImageReader } & ImageJob)
  /** Looks at image files for the first time. */
  | ({ readonly kind: 'survey' } & SurveyJob);

/** One item of a job, by its position. */
export type RunItem = (position: number) => void | Promise<void>;

/** Opens each reader once. */
export const createJobRunner = (): ((job: Job) => Promise<RunItem>) => {
  const opened = new Map<number, Promise<LoadImage>>();
  return async (job) => {
    if (job.kind === 'survey') {
      const { surveyItem } = await import('../image-folder/survey-job.ts'); // brings the decoder
      return surveyItem(job);
    }
    const { reader } = job;
    const load = opened.get(reader.id) ?? openReader(reader);
    opened.set(reader.id, load);
    return imageItem(job, await load);
  };
};
