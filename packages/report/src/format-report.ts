// The table at the end of a run: what was chosen, what it costs, what it reaches, how long it took.
import { formatTable } from './format-table.ts';
import { formatBytes, formatCount, formatDuration, formatError, formatLarge, formatMs, formatShare, msDecimals } from './format-values.ts';
import type {
  Report,
  ReportAccuracy,
  ReportLatency,
  ReportNetwork,
  ReportNetworkTiming,
  ReportPrediction,
  ReportRound,
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

const choicesTable = ({ choices }: ReportNetwork, { choicesMs }: ReportNetworkTiming): readonly string[] => {
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

const accuracyText = (prediction: ReportPrediction | null): string => {
  if (prediction === null) return '';
  const { predictor, networks, rmspe, confidence, lowMs, highMs } = prediction;
  return `, ${formatMs(lowMs)} to ${formatMs(highMs)} with ${Math.round(100 * confidence)} % confidence ("${predictor}": error ${(100 * rmspe).toFixed(1)} % RMS on ${networks} held-out networks)`;
};

const roundText = ({ askedMs, predictedMs, correctedMs, measuredMs, keepsLimit }: ReportRound): string =>
  [
    ...(askedMs === null ? [] : [`asked ${formatMs(askedMs)}`]),
    `predicted ${formatMs(predictedMs)}`,
    ...(correctedMs === predictedMs ? [] : [`corrected ${formatMs(correctedMs)}`]),
    ...(measuredMs === null ? [] : [`measured ${formatMs(measuredMs)}`]),
    keepsLimit ? 'kept' : 'not kept',
  ].join(', ');

const facts = (network: ReportNetwork, timing: ReportNetworkTiming): readonly string[] => {
  const { parameters, macs, memory, onnx, netConfig, coverage, validation, test, codeTest, code } = network;
  const rows: [string, string][] = [];
  const add = (name: string, value: string | false) => {
    if (value) rows.push([rows.some(([other]) => other === name) ? '' : name, value]);
  };
  add('parameters', parameters === null ? 'unknown: a plugin added nodes' : formatCount(parameters));
  add('MACs', macs === null ? 'unknown: a plugin added nodes' : formatLarge(macs));
  for (const limited of network.costs.filter(({ limit }) => limit !== null))
    add(
      limited.name,
      `asked for: at most ${formatLarge(limited.limit!)} ${limited.unit}, found ${formatLarge(limited.planned ?? limited.value)}`,
    );
  add(
    'memory',
    memory !== null &&
      `activations ${formatBytes(memory.arenaBytes)} (lower bound ${formatBytes(memory.lowerBoundBytes)}), weights ${formatBytes(memory.weightBytes)}`,
  );
  add('accuracy', `validation ${share(validation)}`);
  rows.push(['', `test ${share(test)}`]);
  if (codeTest !== null) rows.push(['', `test, generated code ${share(codeTest)}`]);
  add('latency', timing.limitMs === null ? 'asked for: no limit' : `asked for: at most ${formatMs(timing.limitMs)}`);
  rows.push(['', `predicted: ${formatMs(timing.predictedMs)}${accuracyText(timing.prediction)}`]);
  // One round that was as predicted says nothing new.
  if (timing.rounds.length > 1)
    for (const [index, round] of timing.rounds.entries()) rows.push(['', `round ${index + 1}: ${roundText(round)}`]);
  if (timing.selectedMs !== null) {
    const networks = timing.networksMeasured === 1 ? '1 network' : `${timing.networksMeasured} networks`;
    rows.push(['', `measured while choosing: ${formatMs(timing.selectedMs)} (${networks} measured)`]);
  }
  rows.push([
    '',
    timing.code === null ? 'generated code: not measured, this machine cannot run it' : `generated code: ${measured(timing.code)}`,
  ]);
  if (timing.onnxRuntime !== null) {
    // Where the target is another device, whose number stands above.
    const where = timing.code === null ? ' on this machine' : '';
    rows.push(['', `the ONNX file in ONNX Runtime${where}: ${measured(timing.onnxRuntime)}`]);
  }
  add('ONNX', `opset ${onnx.opset}, ${formatBytes(onnx.bytes)}, verified: ${compared(onnx.verification)}`);
  add('net.config', netConfig !== null && `not written, its format cannot say this network: ${netConfig}`);
  const notVerified =
    timing.code === null
      ? 'not verified: this machine cannot run it'
      : 'not compared with ONNX Runtime: the target gives times, no outputs';
  add('code', code === null ? notVerified : `verified against ONNX Runtime: ${compared(code)}`);
  add('kernels', `${coverage.special} special, ${coverage.plain} plain, ${coverage.unsupported} unsupported`);
  add('device', timing.device);
  const { cost } = network.search;
  add(
    'search',
    [
      `${formatLarge(cost.imagesForwardBackward)} images forward and backward, ${formatDuration(timing.searchMs)}`,
      ...(cost.peakMemoryBytes === null ? [] : [formatBytes(cost.peakMemoryBytes)]),
    ].join(', '),
  );
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

/** All networks of a run side by side. */
const comparison = ({ networks, timing }: Report): readonly string[] => {
  const rows = networks.map(({ name, test, parameters, macs }) => {
    const { limitMs, predictedMs, code } = timing.networks[name]!;
    const ms = (value: number | null | undefined) => (value === null || value === undefined ? '-' : formatMs(value));
    const large = (value: number | null) => (value === null ? '-' : formatLarge(value));
    return [name, formatShare(test.correct, test.count), ms(limitMs), ms(predictedMs), ms(code?.ms), large(macs), large(parameters)];
  });
  const header = ['network', 'test', 'asked', 'predicted', 'measured', 'MACs', 'parameters'];
  return formatTable([header, ...rows], ['left', 'right', 'right', 'right', 'right', 'right', 'right']);
};

/** Text without a line end at the end. */
export const formatReport = (report: Report): string => {
  const { task, space, warmUp, networks, timing } = report;
  const range = ({ minimum, maximum }: { minimum: number; maximum: number }) => `${formatLarge(minimum)} to ${formatLarge(maximum)}`;
  const warmUpText = `${formatLarge(warmUp.cost.imagesForwardBackward)} images forward and backward, ${formatDuration(timing.warmUpMs)}`;
  return [
    `task    ${task.dataset}: ${task.classes.length} classes, images ${task.inputShape.join('x')}`,
    space.choices === 0
      ? `network ${space.name}: nothing to choose`
      : `space   ${space.name}: ${space.choices} choices, ${formatCount(space.networks)} networks, ${range(space.parameters)} parameters, ${range(space.macs)} MACs`,
    ...(space.choices === 0 ? [] : [`warm-up ${warmUpText}`]),
    ...networks.flatMap((network) => {
      const own = timing.networks[network.name]!;
      const title = network.name === network.target ? `target ${network.target}` : `network ${network.name}, target ${network.target}`;
      return [
        '',
        ...(space.choices === 0 ? [title] : [`${title}, found by ${network.search.strategy}`, '', ...indent(choicesTable(network, own))]),
        '',
        ...indent(facts(network, own)),
      ];
    }),
    ...(networks.length > 1 ? ['', ...comparison(report)] : []),
    '',
    formatStages(timing),
  ].join('\n');
};
