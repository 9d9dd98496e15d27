// What a thread can do, and what it keeps between jobs.
import { openReader } from '../image-reader.ts';
import type { ImageReader } from '../image-reader.ts';
import type { SurveyJob } from '../image-folder/survey-job.ts';
import type { LoadImage } from '../image-source.ts';
import { imageItem } from './image-job.ts';
import type { ImageJob } from './image-job.ts';

export type Job =
  /** `reader`: number of one that the thread was told of. */
  | ({ readonly kind: 'images'; readonly reader: number } & ImageJob)
  /** Looks at image files for the first time. */
  | ({ readonly kind: 'survey' } & SurveyJob);

/** One item of a job, by its position; synchronous where it can be. */
export type RunItem = (position: number) => void | Promise<void>;

export interface JobRunner {
  /** Readers are told once: a job is then a small message, however large the tables and caches of its reader are. */
  addReader(reader: ImageReader): void;
  itemsOf(job: Job): Promise<RunItem>;
}

export const createJobRunner = (): JobRunner => {
  const readers = new Map<number, ImageReader>();
  const opened = new Map<number, Promise<LoadImage>>();
  return {
    addReader: (reader) => void readers.set(reader.id, reader),
    async itemsOf(job) {
      if (job.kind === 'survey') {
        const { surveyItem } = await import('../image-folder/survey-job.ts'); // brings the decoder
        return surveyItem(job);
      }
      const load = opened.get(job.reader) ?? openReader(readers.get(job.reader)!);
      opened.set(job.reader, load);
      return imageItem(job, await load);
    },
  };
};
