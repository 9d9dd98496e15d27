// A measured network as the pipeline's artifacts hold it.
import type { NetworkLatency } from '@nasc/core';
import type { Measurement } from './measure.ts';

/** Median ms with the median absolute deviation as its spread. */
export const networkLatency = ({ median, medianAbsoluteDeviation, samples, raw }: Measurement, deviceId: string): NetworkLatency => ({
  ms: median,
  source: 'measured',
  samples,
  spread: medianAbsoluteDeviation,
  deviceId,
  raw,
});
