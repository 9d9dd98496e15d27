// How long exact selection takes on the published ImageNet space with the published table of the Pixel 1, under one limit and several, and
// whether it finds what enumeration finds on small parts of that space.
//
//   node bench/latency/selection.js [--rounds 5]
import { parseArgs } from 'node:util';
import { costTable } from '../../packages/ir/dist/index.js';
import { blockTable, describeSpace } from '../../packages/profile/dist/index.js';
import { Random } from '../../packages/random/dist/index.js';
import { knapsack, leastCost, mostCost, pathCost, spaceCosts } from '../../packages/search/dist/index.js';
import { pixel1Target } from '../../plugins/target-profile/dist/index.js';
import { expand, registry } from '../codegen/prepare-network.js';

const name = 'proxyless-imagenet';
const count = 8;
/** Rooms of 1/4, 1/2 and 3/4 between the cheapest network and the dearest one. */
const shares = [0.25, 0.5, 0.75];
const limited = [['latency'], ['latency', 'macs'], ['latency', 'macs', 'parameters'], ['latency', 'macs', 'parameters', 'memory']];

/** Costs of the space, latencies in steps of 0.01 ms. */
const costsOfSpace = () => {
  const graph = expand(name, { resolution: 224, channels: 3, classes: 1000 });
  const { choices, fixed } = blockTable(pixel1Target.create({}, { folder: '.' }).profile, describeSpace(name, graph, registry.ops));
  const inSteps = (entries) => entries.map(({ ms }) => ({ ms: Math.round(100 * ms) / 100 }));
  const model = { choices: choices.map(inSteps), fixed: Object.fromEntries(inSteps(fixed).entries()) };
  return spaceCosts({ name, graph, costs: costTable(graph, registry.ops) }, model, {}, registry.ops);
};

/** Log-probabilities of gates that have begun to decide: softmax of normal numbers. */
const gatesOf = (choices, seed) => {
  const random = new Random({ seed, stream: 'bench.selection' });
  return choices.map((candidates) => {
    const alphas = candidates.map(() => 2 * random.normal());
    const total = Math.log(alphas.reduce((sum, alpha) => sum + Math.exp(alpha), 0));
    return alphas.map((alpha) => alpha - total);
  });
};

const limitOn = (table, share) => {
  const least = leastCost(table);
  return { costs: table.candidates, combine: table.combine, constant: table.constant, limit: least + share * (mostCost(table) - least) };
};

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** Seconds of one selection: median and largest over seeds and shares. */
const timeSelection = (costs, names, rounds) => {
  const tables = names.map((which) => costs.find((table) => table.name === which));
  const seconds = shares.flatMap((share) =>
    Array.from({ length: rounds }, (_, seed) => {
      const gains = gatesOf(tables[0].candidates, seed);
      const started = performance.now();
      const found = knapsack({ gains, limits: tables.map((table) => limitOn(table, share)), count });
      if (found.length !== count) throw new Error(`${found.length} networks instead of ${count}`);
      return (performance.now() - started) / 1000;
    }),
  );
  return { medianSeconds: median(seconds), mostSeconds: Math.max(...seconds) };
};

/** Parts of the space that can be enumerated: `size` choices, the others left out. */
const agreement = (costs, names, rounds) => {
  const size = 6;
  let agreed = 0;
  for (let seed = 0; seed < rounds; seed++) {
    const first = new Random({ seed, stream: 'bench.part' }).integer(costs[0].candidates.length - size);
    const part = (rows) => rows.slice(first, first + size);
    const tables = names.map((which) => {
      const table = costs.find((candidate) => candidate.name === which);
      return { ...table, candidates: part(table.candidates) };
    });
    const gains = part(gatesOf(costs[0].candidates, seed));
    const limits = tables.map((table) => limitOn(table, 0.4));
    let networks = [{ choices: [], gain: 0 }];
    for (const candidates of gains)
      networks = networks.flatMap(({ choices, gain }) => candidates.map((more, j) => ({ choices: [...choices, j], gain: gain + more })));
    const best = networks
      .filter(({ choices }) => tables.every((table, index) => pathCost(table, choices) <= limits[index].limit))
      .toSorted((a, b) => b.gain - a.gain)
      .slice(0, count);
    const found = knapsack({ gains, limits, count });
    if (JSON.stringify(found) === JSON.stringify(best)) agreed++;
  }
  return { agreed, of: rounds };
};

/** By what is limited: seconds on the whole space, and how many enumerated parts of it agree. */
export const measureSelection = ({ rounds = 5 } = {}) => {
  const costs = costsOfSpace();
  return limited.map((names) => ({ limits: names, ...timeSelection(costs, names, rounds), ...agreement(costs, names, rounds) }));
};

export const selectionTable = (results) =>
  [
    '| limits | median, s | longest, s | equal to enumeration |',
    '| --- | --- | --- | --- |',
    ...results.map(
      ({ limits, medianSeconds, mostSeconds, agreed, of }) =>
        `| ${limits.join(', ')} | ${medianSeconds.toFixed(3)} | ${mostSeconds.toFixed(3)} | ${agreed} of ${of} |`,
    ),
  ].join('\n');

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
  console.log(selectionTable(measureSelection({ rounds: Number(values.rounds) })));
}
