// A front as text, and as a table for other programs.
import { formatTable } from '../format-table.ts';
import type { Alignment } from '../format-table.ts';
import { formatBytes, formatCount, formatLarge, formatMs, formatShare, msDecimals } from '../format-values.ts';
import type { FrontNetwork, FrontPoint, FrontReport } from '../generated/front.ts';

interface Column {
  readonly name: string;
  readonly alignment: Alignment;
  /** None where the point has no such value; a column without any is left out. */
  readonly value: (point: FrontPoint) => string | null | undefined;
}

/** Marks the point that holds at the limit of the search. */
const mark = '>';

const isChosen = ({ limitMs }: FrontNetwork, { limitsMs }: FrontPoint): boolean => limitMs !== null && limitsMs.includes(limitMs);

const columnsOf = (network: FrontNetwork): readonly Column[] => {
  const decimals = msDecimals(Math.min(...network.points.map(({ predictedMs }) => predictedMs)));
  const ms = (value: number) => value.toFixed(decimals);
  const right = (name: string, value: Column['value']): Column => ({ name, alignment: 'right', value });
  const confidence = network.confidence === null ? '' : `${(100 * network.confidence).toFixed(0)} % `;
  return [
    { name: '', alignment: 'left', value: (point) => (isChosen(network, point) ? mark : undefined) },
    right('limit, ms', ({ limitsMs }) => (limitsMs.length === 1 ? ms(limitsMs[0]!) : `${ms(limitsMs[0]!)} to ${ms(limitsMs.at(-1)!)}`)),
    right('predicted, ms', ({ predictedMs }) => ms(predictedMs)),
    right(`${confidence}interval`, ({ interval }) => interval && `${ms(interval.lowMs)} to ${ms(interval.highMs)}`),
    right('measured, ms', ({ measuredMs }) => (measuredMs === null ? undefined : ms(measuredMs))),
    right('cross-entropy', ({ accuracy }) => accuracy?.crossEntropy?.toFixed(4)),
    right('accuracy', ({ accuracy }) => accuracy && formatShare(accuracy.correct, accuracy.count)),
    right('search score', ({ accuracy, searchScore }) => (accuracy ? undefined : searchScore?.toPrecision(4))),
    right('MACs', ({ macs }) => formatLarge(macs)),
    right('parameters', ({ parameters }) => formatLarge(parameters)),
    right('memory', ({ memoryBytes }) => formatBytes(memoryBytes)),
    right('storage', ({ storageBytes }) => formatBytes(storageBytes)),
  ];
};

const notes = (network: FrontNetwork): readonly string[] => {
  const { limitMs, limitsMs, points, scored } = network;
  const kept = points.flatMap((point) => point.limitsMs);
  const beyond = limitsMs.filter((limit) => !kept.includes(limit));
  const images = scored[0]?.accuracy?.count;
  return [
    ...(limitMs === null ? [] : [`${mark} at the limit of the search, ${formatMs(limitMs)}`]),
    ...(beyond.length === 0 ? [] : [`no network keeps ${beyond.map(formatMs).join(', ')}`]),
    images === undefined
      ? 'ranked as the search ranks them: nothing is shared that they could be scored with'
      : `ranked by cross-entropy (nats) on ${formatCount(images)} scoring images under shared weights; trained by itself a network is better`,
  ];
};

const formatNetwork = (network: FrontNetwork): readonly string[] => {
  const columns = columnsOf(network).filter(({ value }) => network.points.some((point) => (value(point) ?? undefined) !== undefined));
  const rows = network.points.map((point) => columns.map(({ value }) => value(point) ?? ''));
  const { name, strategy, scored, device, points } = network;
  const count = (number: number, what: string) => `${formatCount(number)} ${what}${number === 1 ? '' : 's'}`;
  return [
    `front of ${name}, found by ${strategy}: ${count(points.length, 'network')} of ${formatCount(scored.length)} scored`,
    `device ${device}`,
    '',
    ...formatTable(
      [columns.map((column) => column.name), ...rows],
      columns.map(({ alignment }) => alignment),
    ).map((line) => `  ${line}`),
    '',
    ...notes(network).map((line) => `  ${line}`),
  ];
};

/** Text without a line end at the end. */
export const formatFront = ({ networks }: FrontReport): string =>
  networks.flatMap((network, index) => [...(index === 0 ? [] : ['']), ...formatNetwork(network)]).join('\n');

const quoted = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** A row for each latency limit that a network keeps, with a line of names above; empty where a value is not known. RFC 4180. */
export const frontCsv = ({ choices, networks }: FrontReport): string => {
  const names = ['network', 'limitMs', 'predictedMs', 'lowMs', 'highMs', 'measuredMs', 'crossEntropy', 'correct', 'images', 'searchScore'];
  const rows = networks.flatMap((network) =>
    network.points.flatMap(({ limitsMs, candidates, predictedMs, interval, measuredMs, accuracy, searchScore, ...costs }) =>
      limitsMs.map((limitMs) => {
        const latency = [limitMs, predictedMs, interval?.lowMs, interval?.highMs, measuredMs];
        const score = [accuracy?.crossEntropy, accuracy?.correct, accuracy?.count, searchScore];
        return [network.name, ...latency, ...score, costs.macs, costs.parameters, costs.memoryBytes, costs.storageBytes, ...candidates];
      }),
    ),
  );
  return [[...names, 'macs', 'parameters', 'memoryBytes', 'storageBytes', ...choices], ...rows]
    .map((row) => `${row.map((value) => quoted(String(value ?? ''))).join(',')}\n`)
    .join('');
};
