export { buildReport, outputFiles } from './build-report.ts';
export type { ReportContext } from './build-report.ts';
export { formatReport, formatStages } from './format-report.ts';
export { formatTable } from './format-table.ts';
export type { Alignment } from './format-table.ts';
export { formatBytes, formatCount, formatDuration, formatLarge, formatMs, formatShare } from './format-values.ts';
export type { Report, ReportNetwork, ReportNetworkTiming } from './generated/report.ts';
export { readReport } from './read-report.ts';
