export { annotateStage } from './annotate-stage.ts';
export { checkCostModel, fixedUnits } from './check-cost-model.ts';
export { tablePredictor } from './table-predictor.ts';
