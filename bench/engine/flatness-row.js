// Row of the table: a step costs what its path costs, however many other candidates there are.
import { initialiseParameters, parametersOf } from '../../packages/ir/dist/index.js';
import { candidatesCase, registry } from './cases.js';
import { createProgram } from './program.js';
import { residentMemory } from './resident-memory.js';
import { spread } from './statistics.js';
import { ratios, takeTurns } from './take-turns.js';

const counts = [2, 6, 12, 24];
const [fewest] = counts;

/** Ids are the same in all of them, and with them the initial values. */
const subset = (parameters, graph) => new Map(parametersOf(graph, registry.ops).map(({ id }) => [id, parameters.get(id)]));

const measureTimes = async ({ threads, repeats }) => {
  const tasks = new Map(counts.map((count) => [count, candidatesCase(count)]));
  const parameters = initialiseParameters(tasks.get(counts.at(-1)).graph, registry.ops, 1);
  const programs = new Map();
  for (const [count, task] of tasks)
    programs.set(count, await createProgram(task, { threads, parameters: subset(parameters, task.graph) }));
  const result = {};
  for (const kind of ['weight', 'two']) {
    const contestants = Object.fromEntries([...programs].map(([count, { milliseconds }]) => [count, (path) => milliseconds(kind, path)]));
    const times = await takeTurns(contestants, tasks.get(fewest).paths, { repeats: 8 * repeats });
    result[kind] = counts.map((count) => ({
      candidates: count,
      ms: spread(times.get(String(count))),
      ...(count !== fewest && { overFewest: ratios(times, String(count), String(fewest)) }),
    }));
  }
  for (const { program } of programs.values()) await program.dispose();
  return result;
};

export const flatnessRow = async (settings) => {
  const times = await measureTimes(settings);
  const memory = [];
  for (const candidates of counts) memory.push({ candidates, ...(await residentMemory({ ...settings, candidates })) });
  const [least] = memory;
  const apart = [
    ...Object.values(times).flatMap((kind) => kind.slice(1).map(({ overFewest }) => overFewest.median)),
    ...memory.flatMap(({ arenaBytes, stepBytes }) => [arenaBytes / least.arenaBytes, stepBytes / least.stepBytes]),
  ];
  return { measured: { times, memory }, value: Math.max(...apart.map((ratio) => Math.abs(ratio - 1))) };
};
