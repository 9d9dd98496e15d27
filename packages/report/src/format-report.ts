// The table at the end of a run: what was chosen, what it costs, what it reaches, how long it took.
import { formatTable } from './format-table.ts';
import { formatBytes, formatCount, formatDuration, formatError, formatLarge, formatMs, formatShare, msDecimals } from './format-values.ts';
import type {
  Report,
  ReportAccuracy,
  ReportLatency,
  ReportTarget,
  ReportTargetTiming,
  ReportTiming,
  ReportVerification,
} from './generated/report.ts';

const share = ({ correct, correctTop5, count }: ReportAccuracy): string => {
  const topFive = correctTop5 === null ? '' : `, top 5 ${formatShare(correctTop5, count)}`;
  return `${formatShare(correct, count)} (${formatCount(correct)} of ${formatCount(count)})${topFive}`;
};

const measured = ({ ms, spreadMs }: ReportLatency): string => `${formatMs(ms)} (spread ${((100 * spreadMs) / ms).toFixed(1)} %)`;

const compared = ({ images, maximumError, relativeError, sameClass }: ReportVerification): string =>
  `largest error ${formatError(maximumError)}, relative ${formatError(relativeError)}, same class on ${formatCount(sameClass)} of ${formatCount(images)} images`;

const choicesTable = ({ choices }: ReportTarget, { choicesMs }: ReportTargetTiming): readonly string[] => {
  const decimals = msDecimals(Math.max(...choicesMs));
  const rows = choices.map(({ id, candidate, alternatives, probability }, index) => [
    id,
    candidate,
    String(alternatives),
    probability === null ? '-' : probability.toFixed(3),
    choicesMs[index]!.toFixed(decimals),
  ]);
  return formatTable([['choice', 'chosen', 'of', 'probability', 'ms'], ...rows], ['left', 'left', 'right', 'right', 'right']);
};

const facts = (target: ReportTarget, timing: ReportTargetTiming): readonly string[] => {
  const { parameters, macs, memory, onnx, coverage, validation, test, codeTest, code } = target;
  const rows: [string, string][] = [];
  const add = (name: string, value: string | false) => {
    if (value) rows.push([rows.some(([other]) => other === name) ? '' : name, value]);
  };
  add('parameters', parameters === null ? 'unknown: a plugin added nodes' : formatCount(parameters));
  add('MACs', macs === null ? 'unknown: a plugin added nodes' : formatLarge(macs));
  add(
    'memory',
    memory !== null &&
      `activations ${formatBytes(memory.arenaBytes)} (lower bound ${formatBytes(memory.lowerBoundBytes)}), weights ${formatBytes(memory.weightBytes)}`,
  );
  add('accuracy', `validation ${share(validation)}`);
  rows.push(['', `test ${share(test)}`]);
  if (codeTest !== null) rows.push(['', `test, generated code ${share(codeTest)}`]);
  add('latency', timing.limitMs === null ? 'asked for: no limit' : `asked for: at most ${formatMs(timing.limitMs)}`);
  rows.push(['', `predicted: ${formatMs(timing.predictedMs)}`]);
  if (timing.selectedMs !== null) {
    const networks = timing.networksMeasured === 1 ? '1 network' : `${timing.networksMeasured} networks`;
    rows.push(['', `measured while choosing: ${formatMs(timing.selectedMs)} (${networks} measured)`]);
  }
  rows.push([
    '',
    timing.code === null ? 'generated code: not measured, this machine cannot run it' : `generated code: ${measured(timing.code)}`,
  ]);
  if (timing.onnxRuntime !== null) rows.push(['', `the ONNX file in ONNX Runtime: ${measured(timing.onnxRuntime)}`]);
  add('ONNX', `opset ${onnx.opset}, ${formatBytes(onnx.bytes)}, verified: ${compared(onnx.verification)}`);
  add('code', code === null ? 'not verified: this machine cannot run it' : `verified against ONNX Runtime: ${compared(code)}`);
  add('kernels', `${coverage.special} special, ${coverage.plain} plain, ${coverage.unsupported} unsupported`);
  add('device', timing.device);
  return formatTable(rows, ['left', 'left']);
};

/** Time of each stage, one line a part; what was taken from the store says so. */
export const formatStages = ({ stages, totalMs }: Pick<ReportTiming, 'stages' | 'totalMs'>): string => {
  const rows = stages.map(({ stage, part, target, cached, ms }) => [
    part === stage ? stage : `${stage}: ${part}`,
    target ?? '',
    formatDuration(ms),
    cached ? 'from the store' : '',
  ]);
  return formatTable(
    [['stage', 'target', 'time', ''], ...rows, ['total', '', formatDuration(totalMs), '']],
    ['left', 'left', 'right', 'left'],
  ).join('\n');
};

const indent = (lines: readonly string[]): readonly string[] => lines.map((line) => `  ${line}`);

/** Text without a line end at the end. */
export const formatReport = (report: Report): string => {
  const { task, space, targets, timing } = report;
  const range = ({ minimum, maximum }: { minimum: number; maximum: number }) => `${formatLarge(minimum)} to ${formatLarge(maximum)}`;
  return [
    `task    ${task.dataset}: ${task.classes.length} classes, images ${task.inputShape.join('x')}`,
    `space   ${space.name}: ${space.choices} choices, ${formatCount(space.networks)} networks, ${range(space.parameters)} parameters, ${range(space.macs)} MACs`,
    ...targets.flatMap((target) => {
      const own = timing.targets[target.name]!;
      return [
        '',
        `target ${target.name}, found by ${target.search.strategy}`,
        '',
        ...indent(choicesTable(target, own)),
        '',
        ...indent(facts(target, own)),
      ];
    }),
    '',
    formatStages(timing),
  ].join('\n');
};
