// Measures what the chosen rows need, network by network, saves each result, and prints the tables.
import { findCompiler } from '../../packages/c-emit/dist/index.js';
import { processorName, readResults, saveResults } from '../engine/results-file.js';
import { shareInUse } from '../engine/share-in-use.js';
import { rows } from './bars.js';
import { measurements } from './measurements.js';
import { networks } from './networks.js';
import { hasThreads } from './own-program.js';
import { prepareNetwork } from './prepare-network.js';
import { runtimeVersion } from './runtime-peer.js';
import { tablesOf } from './table.js';

const check = (what, given, known) => {
  for (const name of given ?? [])
    if (!known.includes(name)) throw new Error(`There is no ${what} "${name}"; there are ${known.join(', ')}.`);
};

/** Kind and network of everything that the rows need, each once; the target may have code for one thread alone. */
const jobsOf = ({ only, names }) => {
  check(
    'row',
    only,
    rows.map(({ id }) => id),
  );
  check('network', names, [...new Set(rows.flatMap(({ of }) => of))]);
  const possible = rows.filter(({ kind }) => kind !== 'threads' || hasThreads(2));
  const chosen = possible.filter(({ id }) => !only || only.includes(id));
  const keys = chosen.flatMap(({ kind, of }) => of.filter((name) => !names || names.includes(name)).map((name) => `${kind}/${name}`));
  return [...new Set(keys)].map((key) => key.split('/'));
};

const measureJob = (kind, name, settings) =>
  measurements[kind](prepareNetwork(networks.find((network) => network.name === name)), settings);

export const measureBars = async ({ only, names, width, rounds, output }) => {
  const jobs = jobsOf({ only, names });
  const compiler = (await findCompiler()).version;
  const runtime = await runtimeVersion();
  console.log(`${processorName()}, ${width}; ${compiler}; ONNX Runtime ${runtime}; Node ${process.version}; ${rounds} rounds`);
  const results = {};
  for (const [index, [kind, name]] of jobs.entries()) {
    const before = await shareInUse();
    const busy = before > 0.05 ? ` (the machine is ${Math.round(100 * before)} % busy with other things)` : '';
    console.log(`[${index + 1}/${jobs.length}] ${kind}, ${name}${busy}`);
    const result = await measureJob(kind, name, { width, rounds });
    results[`${kind}/${name}`] = { ...result, inUse: Math.max(before, await shareInUse()) };
    saveResults(output, width, { compiler, runtime, node: process.version, results });
  }
  console.log(`\n${tablesOf({ width, results })}\n`);
};

/** The tables of everything on disk. */
export const renderTables = (output) => {
  for (const [processor, entry] of Object.entries(readResults(output))) {
    console.log(`${processor}; ${entry.compiler}; ONNX Runtime ${entry.runtime}; Node ${entry.node}\n\n${tablesOf(entry)}\n`);
  }
};
