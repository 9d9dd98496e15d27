// Engines beside each other, step by step on the same paths; `plain`: without fused kernels, as every op is written.
import { imagenetCase, mobileCase, weightStepFlops } from './cases.js';
import { nativeEngine } from '../../plugins/engine-native/dist/index.js';
import { tfjsEngine } from '../../plugins/engine-tfjs/dist/index.js';
import { compileOptions, createProgram, stepKinds } from './program.js';
import { median } from './statistics.js';
import { takeTurns } from './take-turns.js';

const known = { native: nativeEngine, tfjs: tfjsEngine };
/** `mobile-small` at the size of the demo's images. */
const cases = { 'mobile-small': () => mobileCase([28, 28, 1]), 'proxyless-imagenet': imagenetCase };
const noPatterns = { get: () => undefined, all: () => [] };

const select = (table, names, what) =>
  names.map((name) => {
    if (!table[name]) throw new Error(`There is no ${what} "${name}": it is one of ${Object.keys(table).join(', ')}.`);
    return table[name];
  });

const processorMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const compareOn = async (task, engines, { threads, repeats, plain }) => {
  console.log(`${task.name}: ${task.inputShape.join('x')}, batch ${task.batchSize}, ${threads} threads`);
  const options = plain ? { patterns: noPatterns } : {};
  const programs = new Map();
  for (const engine of engines) {
    programs.set(engine.name, await createProgram(task, { threads, options, compile: (...given) => engine.compile(...given) }));
    console.log(`  ${engine.name}: ${(await engine.probe(compileOptions(task, threads))).detail}`);
  }
  for (const kind of stepKinds) {
    const processor = new Map(engines.map(({ name }) => [name, []]));
    const contestants = Object.entries(Object.fromEntries(programs)).map(([name, { milliseconds }]) => {
      const run = async (path) => {
        const before = processorMs();
        const ms = await milliseconds(kind, path);
        processor.get(name).push(processorMs() - before);
        return ms;
      };
      return [name, run];
    });
    const times = await takeTurns(Object.fromEntries(contestants), task.paths, { repeats });
    for (const [name, ms] of times) {
      const speeds = ms.map((time, turn) => weightStepFlops(task, task.paths[turn % task.paths.length]) / time / 1e6);
      const speed = kind === 'weight' ? `, ${median(speeds).toFixed(0)} GFLOP/s` : '';
      const rate = (1000 / median(ms)).toFixed(1);
      console.log(
        `  ${name.padEnd(6)} ${kind.padEnd(8)} median ${median(ms).toFixed(1)} ms, ${rate} steps/s, ` +
          `processor ${median(processor.get(name)).toFixed(1)} ms${speed}`,
      );
    }
  }
  for (const { program } of programs.values()) await program.dispose();
};

export const compareEngines = async ({ engines, spaces = Object.keys(cases), ...settings }) => {
  const chosen = select(known, engines, 'engine');
  for (const makeTask of select(cases, spaces, 'space')) await compareOn(makeTask(), chosen, settings);
};
