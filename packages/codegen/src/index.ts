export { allowedRelativeError } from './check-outputs.ts';
export { codegenStage } from './codegen-stage.ts';
export { scoreLogits } from './evaluate-code.ts';
