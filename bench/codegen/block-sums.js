// Do the blocks that a search counts with add up to the emitted network? `measureBlocks` times a space; then random networks of it are
// emitted, compiled and measured whole, and compared with the sums of their blocks: those of the table, which was made some time before,
// and those that the same binary finds in turns with the emitted network.
import { startPeakMeter } from '../../packages/c-emit/dist/index.js';
import { noCheckpoint } from '../../packages/core/dist/index.js';
import { choicesOf } from '../../packages/ir/dist/index.js';
import { Random } from '../../packages/random/dist/index.js';
import { deployedGraph } from '../../packages/transforms/dist/index.js';
import { buildBlockProgram } from '../../plugins/target-cpu/dist/blocks/block-program.js';
import { BlockTimer, runsFor } from '../../plugins/target-cpu/dist/blocks/block-timer.js';
import { networkCalls } from '../../plugins/target-cpu/dist/blocks/network-calls.js';
import { readCpuOptions } from '../../plugins/target-cpu/dist/options.js';
import { median, spread } from '../engine/statistics.js';
import { buildOwn, cacheFolder, serveOwn } from './own-program.js';
import { deployable, expand, registry } from './prepare-network.js';
import { peakAround, playRounds } from './rounds.js';

/** Space -> input, and what `size` says of the weights. */
const spaces = {
  'mobile-small': { size: 'small', input: { resolution: 28, channels: 1, classes: 10 }, networks: 8 },
  'proxyless-imagenet': { size: 'large', input: { resolution: 224, channels: 3, classes: 1000 }, networks: 5 },
};

export const spaceNames = Object.keys(spaces);

const peakRounds = 3;

const context = {
  signal: new AbortController().signal,
  seed: 0,
  cacheFolder,
  registry,
  checkpoint: noCheckpoint(),
  progress: () => {},
};

const sumOf = ({ fixed, choices: table }, choices) =>
  Object.values(fixed).reduce((sum, { ms }) => sum + ms, 0) +
  choices.reduce((sum, candidate, index) => sum + table[index][candidate].ms, 0);

const largestAndMedian = (differences) => {
  const sizes = differences.map(Math.abs);
  return { largest: Math.max(...sizes), median: median(sizes) };
};

/**
 * Of one network: `table`: its sum in the table over its time, less one, at the network's clock, because the processor may clock
 * differently while the blocks and while the network is timed; `inTurns`: the same of the sum found in turns.
 */
const compareNetwork = async (space, choices, { size, input, width, rounds, table, tablePeak, binary, timer, around }) => {
  const prepared = { size, ...deployable('network', deployedGraph(space, choices, registry.patterns), input) };
  const calls = networkCalls(binary.positions, binary.layout, choices);
  const runs = runsFor(sumOf(table, choices));
  const blocks = async () => (await timer.blocksMs(calls, runs)).reduce((sum, ms) => sum + ms, 0);
  const ours = serveOwn(await buildOwn(prepared, { width }));
  try {
    const played = await playRounds({ ours: ours.milliseconds, blocks }, { rounds, around, surrounded: ['ours'] });
    const sumMs = sumOf(table, choices);
    return {
      choices,
      ms: median(played.map(({ ours }) => ours.ms)),
      sumMs,
      table: spread(played.map(({ ours }) => (sumMs * tablePeak) / peakAround(ours) / ours.ms - 1)),
      inTurns: spread(played.map(({ ours, blocks }) => blocks.ms / ours.ms - 1)),
    };
  } finally {
    ours.dispose();
  }
};

export const blockSums = async (name, { width, rounds }) => {
  const { size, input, networks } = spaces[name];
  const space = expand(name, input);
  const options = { vectorWidth: width };
  const peak = await startPeakMeter({ threads: 1, width, cacheFolder });
  const around = () => peak.gigaflops(peakRounds);
  const binary = await buildBlockProgram(space, context, readCpuOptions(options)); // `measureBlocks` finds it in the cache
  const timer = new BlockTimer(binary);
  try {
    const before = await around();
    const table = await registry.targets.require('cpu').create(options, { folder: '.' }).measureBlocks(space, context);
    const tablePeak = peakAround({ around: [before, await around()] });
    const random = new Random({ seed: 1, stream: 'bench.blockSums' });
    const measured = [];
    for (let i = 0; i < networks; i++) {
      const choices = choicesOf(space).map(({ candidates }) => random.integer(candidates.length));
      measured.push(await compareNetwork(space, choices, { size, input, width, rounds, table, tablePeak, binary, timer, around }));
    }
    return {
      rounds,
      networks: measured,
      protocol: table.protocol,
      table: largestAndMedian(measured.map(({ table }) => table.median)),
      inTurns: largestAndMedian(measured.map(({ inTurns }) => inTurns.median)),
    };
  } finally {
    timer.dispose();
    peak.dispose();
  }
};
