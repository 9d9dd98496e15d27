// Observes weight steps and adds up their calls: by block, by place and by kernel.
import { compileObserved } from '../../plugins/engine-native/dist/index.js';
import { blocksOf } from './profile-blocks.js';
import { createProgram } from './program.js';

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
export const collectTimes = async (task, threads, repeats) => {
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

  const addToBlock = ({ kind, place }, field, value) => {
    byKind.add(kind, field, value);
    byPlace.add(place, field, value);
  };
  const addOutside = (name, field, value) => addToBlock({ kind: name, place: name }, field, value);
  observe = (calls) => {
    totals.calls += calls.length;
    for (const { phase, part, kernel, milliseconds: ms } of calls) {
      totals.callMs += ms;
      byKernel.add(`${phase}, ${kernel}`, 'ms', ms);
      const block = blocks.ofPart(part);
      if (!isPass(phase)) addOutside(phase, 'backwardMs', ms);
      else if (block) addToBlock(block, `${phase}Ms`, ms);
      else addOutside('shortcuts', `${phase}Ms`, ms);
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
