// Where a weight step's time goes: by block, forward and backward, and by kernel; beside the processor's peak in the same run.
//
// Operations are those of the multiply-adds. Whatever else the calls of a block do is in its time, not in its count.
import { measurePeak } from '../../packages/c-emit/dist/index.js';
import { compileObserved } from '../../plugins/engine-native/dist/index.js';
import { imagenetCase, mobileCase } from './cases.js';
import { blocksOf } from './profile-blocks.js';
import { cacheFolder, createProgram } from './program.js';

const cases = { 'proxyless-imagenet': imagenetCase, 'mobile-small': mobileCase };

/** Sums by key, in the order in which keys come. */
const sums = (fields) => {
  const table = new Map();
  return {
    table,
    add(key, field, value) {
      if (!table.has(key)) table.set(key, Object.fromEntries(fields.map((name) => [name, 0])));
      table.get(key)[field] += value;
    },
  };
};

/** Loss and update are no part of a block. */
const isPass = (phase) => phase === 'forward' || phase === 'backward';

const blockFields = ['blocks', 'forwardFlops', 'backwardFlops', 'forwardMs', 'backwardMs'];

/** Weight steps on all paths: sums by kind, by place and by kernel, in all calls, and of whole steps, which nobody observes. */
const collect = async (task, threads, repeats) => {
  const blocks = blocksOf(task);
  const byKind = sums(blockFields);
  const byPlace = sums(blockFields);
  const byKernel = sums(['ms']);
  const totals = { steps: 0, stepMs: 0, callMs: 0, calls: 0 };
  let observe = () => {};
  const compile = (graph, options) => compileObserved(graph, options, (calls) => observe(calls));
  const observed = await createProgram(task, { threads, compile });
  const plain = await createProgram(task, { threads });
  for (const path of task.paths) for (const { run } of [observed, plain]) await run('weight', path);

  const addToBlock = (block, field, value) => {
    byKind.add(block.kind, field, value);
    byPlace.add(block.place, field, value);
  };
  observe = (calls) => {
    totals.calls += calls.length;
    for (const { phase, part, kernel, milliseconds: ms } of calls) {
      totals.callMs += ms;
      byKernel.add(`${phase}, ${kernel}`, 'ms', ms);
      const block = blocks.ofPart(part);
      if (!isPass(phase)) byKind.add(phase, 'backwardMs', ms);
      else if (block) addToBlock(block, `${phase}Ms`, ms);
      else byKind.add('shortcuts', `${phase}Ms`, ms);
    }
  };
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (const path of task.paths) {
      totals.stepMs += await plain.milliseconds('weight', path);
      await observed.run('weight', path);
      totals.steps++;
      for (const block of blocks.ofPath(path)) {
        addToBlock(block, 'blocks', 1);
        addToBlock(block, 'forwardFlops', block.flops.forward);
        addToBlock(block, 'backwardFlops', block.flops.backward);
      }
    }
  }
  for (const { program } of [observed, plain]) await program.dispose();
  return { byKind: byKind.table, byPlace: byPlace.table, byKernel: byKernel.table, totals };
};

const printTable = (header, rows) => {
  for (const row of [header, header.map(() => '---'), ...rows]) console.log(`| ${row.join(' | ')} |`);
  console.log();
};

const profileOf = async (task, threads, repeats, peak) => {
  const { byKind, byPlace, byKernel, totals } = await collect(task, threads, repeats);
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
  printTable(header, blockRows(byTime([...byKind], kindMs)));
  printTable(
    ['phase, kernel', 'ms a step', 'share'],
    byTime([...byKernel], ({ ms }) => ms).map(([kernel, { ms }]) => [kernel, (ms / steps).toFixed(2), share(ms)]),
  );
};

export const profile = async ({ spaces = Object.keys(cases), threads, repeats }) => {
  const { gigaflops } = await measurePeak({ threads, cacheFolder });
  for (const space of spaces) {
    if (!cases[space]) throw new Error(`There is no space "${space}": it is one of ${Object.keys(cases).join(', ')}.`);
    await profileOf(cases[space](), threads, repeats, gigaflops);
  }
};
