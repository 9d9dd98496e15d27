export { comparisonText } from './comparison.ts';
export { csvFiles } from './csv.ts';
export { reportPage } from './page.ts';
export { viewRun } from './run-view.ts';
export type { RunView } from './run-view.ts';
export { tensorboardFiles } from './tensorboard/scalars.ts';
