// Two realisations of one network on the same images: how far apart their logits are.
import type { Verification } from '@nasc/core';

const argmax = (values: Float32Array, start: number, count: number): number => {
  let best = 0;
  for (let i = 1; i < count; i++) if (values[start + i]! > values[start + best]!) best = i;
  return best;
};

/**
 * Compares logits [N, classes]; `reference` is the one that errors are relative to. A value that is not finite makes
 * both errors NaN or infinite, never small.
 */
export const compareOutputs = (outputs: Float32Array, reference: Float32Array, classes: number): Verification => {
  if (outputs.length !== reference.length || outputs.length % classes !== 0) {
    throw new RangeError(`Cannot compare ${outputs.length} with ${reference.length} logits of ${classes} classes`);
  }
  let maximumError = 0;
  let differenceSquared = 0;
  let referenceSquared = 0;
  for (let i = 0; i < outputs.length; i++) {
    const difference = Math.abs(outputs[i]! - reference[i]!);
    // NaN compares as false with everything, so it is kept once it is there.
    if (!(difference <= maximumError)) maximumError = Number.isNaN(maximumError) ? maximumError : difference;
    differenceSquared += difference * difference;
    referenceSquared += reference[i]! * reference[i]!;
  }
  const images = outputs.length / classes;
  let sameClass = 0;
  for (let n = 0; n < images; n++) {
    if (argmax(outputs, n * classes, classes) === argmax(reference, n * classes, classes)) sameClass++;
  }
  return {
    images,
    maximumError,
    relativeError: differenceSquared === 0 ? 0 : Math.sqrt(differenceSquared / referenceSquared),
    sameClass,
  };
};
