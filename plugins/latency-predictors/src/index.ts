export { correctedPredictor } from './corrected.ts';
export { learnedPredictor } from './learned.ts';
export { latencyPredictors } from './plugin.ts';
export { tablePredictor } from './table.ts';
export { transferPredictor } from './transfer.ts';
