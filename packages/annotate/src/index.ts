export { annotateStage } from './annotate-stage.ts';
export { checkCostModel, fixedUnits } from './check-cost-model.ts';
