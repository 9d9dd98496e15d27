export { annotateStage } from './annotate-stage.ts';
export { checkCostModel, fixedGroups } from './check-cost-model.ts';
export { tablePredictor } from './table-predictor.ts';
