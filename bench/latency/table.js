// The tables as Markdown, from the results on disk alone.
import { readResults } from '../engine/results-file.js';
import { spaces } from './subjects.js';

const percent = (share) => `${(100 * share).toFixed(2)} %`;
const markdown = (header, cells) => [header, header.map(() => '---'), ...cells].map((row) => `| ${row.join(' | ')} |`).join('\n');

/** A bar is to be read as no less than twice what one network differs from itself. */
const allowed = (bar, noise) => Math.max(bar, 2 * noise);
const met = (yes) => (yes ? 'met' : 'not met');

const below = (what, value, bar, noise) => [what, percent(value), `≤ ${percent(bar)}`, percent(noise), met(value <= allowed(bar, noise))];

const heldOutRows = (space, { corrected, table }) => {
  const { networks, rmspe, within5, kendallTau, coverage, repeatNoise: noise } = corrected;
  return [
    [...below(`${space}: RMSPE of ${networks} held-out networks`, rmspe, 0.02, noise), `table alone ${percent(table.rmspe)}`],
    [`${space}: within 5 %`, percent(within5), '≥ 95 %', percent(noise), met(within5 >= 0.95), `Kendall tau ${kendallTau.toFixed(3)}`],
    [`${space}: in intervals of 90 %`, percent(coverage), '88 to 92 %', '', met(coverage >= 0.88 && coverage <= 0.92), ''],
  ];
};

const emittedRows = (space, { noise, networks }) => {
  const errors = networks.map(({ predictedMs, emittedMs }) => predictedMs / emittedMs - 1);
  const excess = networks.map(({ limitMs, emittedMs }) => emittedMs / limitMs - 1);
  const listed = networks.map(({ limitMs, emittedMs }) => `${emittedMs.toPrecision(3)} of ${limitMs.toPrecision(3)}`).join(', ');
  return [
    [
      ...below(`${space}: emitted C beside the prediction, worst of ${networks.length}`, Math.max(...errors.map(Math.abs)), 0.03, noise),
      '',
    ],
    [...below(`${space}: emitted C above the limit, worst`, Math.max(...excess), 0.02, noise), `ms: ${listed}`],
  ];
};

const fewShotRows = (space, devices) =>
  Object.entries(devices).map(([device, { accuracy }]) => [
    ...below(`${space}: RMSPE on ${device} after 50 networks`, accuracy.rmspe, 0.05, accuracy.repeatNoise),
    `within 5 % ${percent(accuracy.within5)}, Kendall tau ${accuracy.kendallTau.toFixed(3)}`,
  ]);

const profileRow = (space, { seconds, protocol, accuracy }) => [
  `${space}: profile`,
  `${seconds.toFixed(0)} s`,
  space === 'mobile-small' ? '≤ 180 s' : '',
  '',
  space === 'mobile-small' ? met(seconds <= 180) : '',
  `${protocol.networks} networks; cross-validated RMSPE ${percent(accuracy.rmspe)}`,
];

const unseenRow = (space, { rmspe, networks, repeatNoise, kendallTau }) => [
  `${space}: RMSPE of ${networks} networks at a size that was never measured`,
  percent(rmspe),
  '',
  percent(repeatNoise),
  '',
  `Kendall tau ${kendallTau.toFixed(3)}`,
];

/** The dynamic programme has to be faster than this under one limit, s. */
const selectionBar = 1;

const selectionRow = ({ limits, medianSeconds, mostSeconds, agreed, of }) => [
  `selection on proxyless-imagenet under ${limits.join(', ')}`,
  `${mostSeconds.toFixed(2)} s`,
  limits.length === 1 ? `≤ ${selectionBar} s` : '',
  '',
  limits.length === 1 ? met(mostSeconds <= selectionBar && agreed === of) : '',
  `longest; median ${medianSeconds.toFixed(2)} s; as enumeration on ${agreed} of ${of} parts of the space`,
];

const rowsOf = (results) => [
  ...Object.keys(spaces).flatMap((space) => {
    const of = (row, make) => (results[`${row}/${space}`] ? make(space, results[`${row}/${space}`]) : []);
    return [
      ...of('profile', (name, result) => [profileRow(name, result)]),
      ...of('held-out', heldOutRows),
      ...of('emitted', emittedRows),
      ...of('few-shot', fewShotRows),
      ...of('unseen-size', (name, result) => [unseenRow(name, result)]),
    ];
  }),
  ...(results.selection ?? []).map(selectionRow),
];

export const renderTables = (output) => {
  for (const [machine, { date, results }] of Object.entries(readResults(output))) {
    console.log(`\n${machine} (${date})\n`);
    console.log(markdown(['what', 'figure', 'bar', 'repeat noise', '', 'besides'], rowsOf(results)));
  }
};
