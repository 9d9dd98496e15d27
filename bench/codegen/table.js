// The tables as Markdown, from the results on disk alone.
import { rows } from './bars.js';
import { networks } from './networks.js';

/** Share of the processor in other hands beside which no time means anything. */
const busyShare = 0.1;

const markdown = (header, cells) => [header, header.map(() => '---'), ...cells].map((row) => `| ${row.join(' | ')} |`).join('\n');

const verdict = ({ reaches, untimed }, value, entries, must, goal) => {
  if (value === undefined || must === undefined) return '';
  if (!untimed && entries.some(({ inUse }) => inUse > busyShare)) return 'machine was busy';
  if (!reaches(value, must)) return 'not met';
  return goal !== undefined && reaches(value, goal) ? 'goal' : 'met';
};

/** A peer that has wider vectors than ours is another comparison than the row's: the bars are not for it. */
const unlike = (entries, width) => entries.some(({ peerVectors }) => peerVectors && peerVectors !== width);

const barsRow = (row, results, width) => {
  const entries = row.of.map((name) => results[`${row.kind}/${name}`]).filter(Boolean);
  const [must, goal] = [row.must[width], row.goal[width]];
  const bars = [must, goal].map((bar) => (bar === undefined ? '' : row.bar(bar)));
  if (entries.length === 0) return [row.what, '', 'not yet measured', ...bars, ''];
  const value = row.worst(entries.map(row.value));
  const figures = row.of.flatMap((name) => {
    const entry = results[`${row.kind}/${name}`];
    return entry ? [`${name} ${row.figure(entry)}`] : [];
  });
  const different = unlike(entries, width);
  return [
    different ? `${row.what} (which uses ${entries[0].peerVectors})` : row.what,
    row.bar(value),
    figures.join('<br>'),
    ...bars,
    different ? 'not comparable' : verdict(row, value, entries, must, goal),
  ];
};

const milliseconds = (ms) => ms.toPrecision(3);
const spreadOf = ({ median, low, high }) => `${milliseconds(median)} (${milliseconds(low)}–${milliseconds(high)})`;

const speedRow = (name, { macs, ours, gigaflops, peak, peer, errors }) => [
  name,
  (macs / 1e6).toFixed(1),
  spreadOf(ours),
  gigaflops.toFixed(0),
  peak.toFixed(0),
  spreadOf(peer),
  `${errors.maximum.toExponential(1)}, ${errors.relative.toExponential(1)}`,
];

const megabytes = (bytes) => (bytes === undefined ? '' : (bytes / 1e6).toPrecision(3));

const memoryRow = (name, { codeBytes, weightBytes, arenaBytes, live, peer }) => [
  name,
  (codeBytes / 1000).toFixed(0),
  megabytes(weightBytes),
  megabytes(arenaBytes),
  megabytes(live.bytes),
  megabytes(arenaBytes + weightBytes + codeBytes),
  megabytes(peer.residentBytes),
  megabytes(peer.peakBytes),
];

const timesRow = (name, { ours, peer, overOne }) => [
  name,
  spreadOf(ours),
  spreadOf(peer),
  ...(overOne ? [`${overOne.median.toFixed(2)}x`] : []),
];

const details = [
  {
    kind: 'speed',
    header: ['network', 'M MACs', 'nasc, ms', 'GFLOP/s', 'peak then', 'ONNX Runtime, ms', 'logits apart: most, relative'],
    row: speedRow,
  },
  {
    kind: 'memory',
    header: [
      'network',
      'code, kB',
      'weights, MB',
      'arena, MB',
      'live tensors, MB',
      'all of nasc, MB',
      'ONNX Runtime holds, MB',
      'at its peak, MB',
    ],
    row: memoryRow,
  },
  { kind: 'plain', header: ['network', 'nasc, ms', 'plain kernels, ms'], row: timesRow },
  { kind: 'threads', header: ['network', 'nasc, two threads, ms', 'ONNX Runtime, two threads, ms', 'nasc over its one'], row: timesRow },
];

/** Of one processor and width: the bars, then what is told of each network. */
export const tablesOf = ({ width, results }) => {
  const bars = markdown(
    ['what', 'worst', 'nasc, network by network', 'must', 'goal', ''],
    rows.map((row) => barsRow(row, results, width)),
  );
  const others = details.flatMap(({ kind, header, row }) => {
    const cells = networks.flatMap(({ name }) => {
      const entry = results[`${kind}/${name}`];
      return entry ? [row(name, entry)] : [];
    });
    return cells.length > 0 ? [markdown(header, cells)] : [];
  });
  return [bars, ...others].join('\n\n');
};
