// The table as Markdown, from the results on disk alone.
import { rows } from './bars.js';

const header = ['what', 'nasc', 'PyTorch', 'ratio', 'must', 'goal', ''];

/** Share of the processor in other hands beside which no time means anything. */
const busyShare = 0.1;

const verdict = ({ reaches, untimed }, { value, inUse }, must, goal) => {
  if (value === undefined || must === undefined) return '';
  if (inUse > busyShare && !untimed) return 'machine was busy';
  if (!reaches(value, must)) return 'not met';
  return goal !== undefined && reaches(value, goal) ? 'goal' : 'met';
};

const cellsOf = (row, result, width) => {
  const { measured, peer, ratio, value, note } = result;
  const [must, goal] = [row.must[width], row.goal[width]];
  const bar = (limit) => (limit === undefined ? '' : row.bar(limit));
  const figure = row.value ? row.value(value, measured) : ratio && row.ratio(ratio);
  return [
    row.what,
    row.measured(measured),
    peer ? `${row.peer(peer)}, ${peer.name}` : note ? 'not measured' : '',
    figure ?? '',
    bar(must),
    bar(goal),
    verdict(row, result, must, goal),
  ];
};

/** Of one processor and width. */
export const tableOf = ({ width, results }) => {
  const measured = rows.filter(({ id }) => results[id]);
  const cells = [header, header.map(() => '---'), ...measured.map((row) => cellsOf(row, results[row.id], width))];
  const remarks = measured.flatMap((row) =>
    (results[row.id].slowerPeers ?? []).map(({ name, ms }) => `${row.id}: ${name} took ${row.peer({ ms })}.`),
  );
  const notes = new Set([...remarks, ...measured.flatMap(({ id }) => results[id].note ?? [])]);
  return [...cells.map((row) => `| ${row.join(' | ')} |`), ...(notes.size > 0 ? ['', ...notes] : [])].join('\n');
};
