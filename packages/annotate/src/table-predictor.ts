// The latency predictor `table`: a block costs what was measured for it, a network the sum of its blocks.
import type { LatencyPredictor } from '@nasc/core';

export const tablePredictor: LatencyPredictor = {
  name: 'table',
  description: 'Each candidate at each choice costs what was measured for it; a network costs the sum.',
  predict: (_space, { choices, fixed }) => ({ choices, fixed }),
};
