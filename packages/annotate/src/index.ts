export { annotateStage } from './annotate-stage.ts';
export { checkCostModel } from './check-cost-model.ts';
