// What a training took, in the unit that all trainings and searches share.
import type { Program, TrainingCost } from '@nasc/core';

/** `images`: forward and backward through one path; they may be a fraction where some were taken forward only. */
export const trainingCost = (images: number, { memoryBytes }: Pick<Program, 'memoryBytes'>): TrainingCost => ({
  imagesForwardBackward: Math.round(images),
  ...(memoryBytes !== undefined && { peakMemoryBytes: memoryBytes }),
});
