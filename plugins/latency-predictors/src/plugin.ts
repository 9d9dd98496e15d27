// The plugin that brings the latency predictors.
import { definePlugin } from '@nasc/core';
import { correctedPredictor } from './corrected.ts';
import { learnedPredictor } from './learned.ts';
import { tablePredictor } from './table.ts';
import { transferPredictor } from './transfer.ts';

export const latencyPredictors = definePlugin({
  name: 'latency-predictors',
  apiVersion: 1,
  url: import.meta.url,
  setup(api) {
    for (const predictor of [tablePredictor, correctedPredictor, learnedPredictor, transferPredictor]) api.addLatencyPredictor(predictor);
  },
});
