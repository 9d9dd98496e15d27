// Where a weight step's time goes: by block, forward and backward, and by kernel; beside the processor's peak in the same run.
//
// Operations are those of the multiply-adds. Whatever else the calls of a block do is in its time, not in its count.
import { measurePeak } from '../../packages/c-emit/dist/index.js';
import { imagenetCase, mobileCase } from './cases.js';
import { collectTimes } from './profile-steps.js';
import { cacheFolder } from './program.js';

const cases = { 'proxyless-imagenet': imagenetCase, 'mobile-small': mobileCase };

const printTable = (header, rows) => {
  for (const row of [header, header.map(() => '---'), ...rows]) console.log(`| ${row.join(' | ')} |`);
  console.log();
};

const profileOf = async (task, threads, repeats, peak) => {
  const { byKind, byPlace, byKernel, totals } = await collectTimes(task, threads, repeats);
  const { steps, stepMs, callMs, calls } = totals;
  const share = (ms) => `${((100 * ms) / stepMs).toFixed(1)} %`;
  const speed = (flops, ms) => (flops > 0 ? `${(flops / ms / 1e6).toFixed(0)} (${((100 * flops) / ms / 1e6 / peak).toFixed(0)} %)` : '');
  const blockRows = (table) =>
    [...table].map(([kind, { blocks, forwardMs, backwardMs, forwardFlops, backwardFlops }]) => [
      kind,
      blocks > 0 ? (blocks / steps).toFixed(2) : '',
      blocks > 0 ? (forwardMs / blocks).toFixed(2) : '',
      blocks > 0 ? speed(forwardFlops, forwardMs) : '',
      blocks > 0 ? (backwardMs / blocks).toFixed(2) : '',
      blocks > 0 ? speed(backwardFlops, backwardMs) : '',
      ((forwardMs + backwardMs) / steps).toFixed(2),
      share(forwardMs + backwardMs),
    ]);
  const header = ['block', 'a step', 'forward, ms', 'GFLOP/s (of peak)', 'backward, ms', 'GFLOP/s (of peak)', 'ms a step', 'share'];
  console.log(
    `${task.name}, batch ${task.batchSize}, ${threads} threads, peak ${peak.toFixed(0)} GFLOP/s: ` +
      `${(stepMs / steps).toFixed(1)} ms a weight step, ${(calls / steps).toFixed(0)} calls, ${share(stepMs - callMs)} of it between them\n`,
  );
  printTable(header, blockRows(byPlace));
  const byTime = (rows, ms) => rows.toSorted(([, a], [, b]) => ms(b) - ms(a));
  const kindMs = ({ forwardMs, backwardMs }) => forwardMs + backwardMs;
  printTable(
    ['phase, kernel', 'ms a step', 'share'],
    byTime([...byKernel], ({ ms }) => ms).map(([kernel, { ms }]) => [kernel, (ms / steps).toFixed(2), share(ms)]),
  );
  printTable(header, blockRows(byTime([...byKind], kindMs)));
};

export const profile = async ({ spaces = Object.keys(cases), threads, repeats }) => {
  const { gigaflops } = await measurePeak({ threads, cacheFolder });
  for (const space of spaces) {
    if (!cases[space]) throw new Error(`There is no space "${space}": it is one of ${Object.keys(cases).join(', ')}.`);
    await profileOf(cases[space](), threads, repeats, gigaflops);
  }
};
