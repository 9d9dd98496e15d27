// Progress reports become events: with what is being worked on, the time so far and an estimate of the rest.
import type { PipelineListener, ProgressEvent } from '../progress.ts';
import { createProgressRate } from './progress-rate.ts';

/** Time counts from this call on. */
export const reportProgress = (
  listener: PipelineListener,
  place: Pick<ProgressEvent, 'stage' | 'pass' | 'target'>,
): ((done: number, total: number, unit: string, message?: string) => void) => {
  const started = performance.now();
  const remainingMs = createProgressRate();
  return (done, total, unit, message) => {
    const now = performance.now();
    listener('progress', {
      ...place,
      done,
      total,
      unit,
      ...(message !== undefined && { message }),
      elapsedMs: now - started,
      remainingMs: remainingMs({ done, total, unit }, now),
    });
  };
};
