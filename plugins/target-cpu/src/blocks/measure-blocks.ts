// Times every candidate of every choice in place: inside whole networks drawn uniformly, many runs each, one binary.
import type { BlockLatencies, DeviceDescription, LatencyValue, MeasureContext } from '@nasc/core';
import { choicesOf } from '@nasc/ir';
import type { SearchSpaceGraph } from '@nasc/ir';
import { interquartileMean, median, medianAbsoluteDeviation, protocolVersion, sampleNetworks, timeInBatches } from '@nasc/measure';
import type { CpuOptions } from '../options.ts';
import { buildBlockProgram } from './block-program.ts';
import { BlockTimer, runsFor } from './block-timer.ts';
import { networkCalls } from './network-calls.ts';
import type { BlockPosition, NetworkCalls } from './network-calls.ts';

/** Times that each candidate is seen: at least, and where the time allows. */
const leastVisits = 8;
const mostVisits = 40;
/** About how long the timing of all networks may take. */
const budgetMs = 8000;

/** Networks between two measurements of the reference. */
const batchSize = 16;
/** Relative change of the reference that rejects a batch, and how often one is rejected. */
const allowedDrift = 0.03;
const mostRepeats = 2;

/** What is found out once, whatever interrupts: how many networks are timed, how often, follows from the speed of the machine. */
interface Begun {
  readonly networks: number;
  readonly runsPerNetwork: number;
}

/** Networks that the budget pays for, each candidate of the widest choice seen equally often. */
const networkCount = (widestChoice: number, networkMs: number): number => {
  const affordable = budgetMs / (networkMs * (runsFor(networkMs) + 3) * (1 + 1 / batchSize));
  const visits = Math.floor(affordable / widestChoice);
  return widestChoice * Math.min(mostVisits, Math.max(leastVisits, visits));
};

/** Milliseconds by position and candidate, one sample for every network that the candidate was in. */
const collectSamples = (
  positions: readonly BlockPosition[],
  networks: readonly { readonly choices: readonly number[]; readonly calls: NetworkCalls }[],
  blocksMs: readonly (readonly number[])[],
): readonly (readonly number[][])[] => {
  const samples = positions.map(({ variants }) => variants.map((): number[] => []));
  for (const [network, { choices, calls }] of networks.entries()) {
    const byPosition = new Map(calls.positions.map((position, call) => [position, blocksMs[network]![call]!]));
    for (const [position, { choice }] of positions.entries()) {
      // A block that computes nothing makes no call: it costs nothing.
      samples[position]![choice === undefined ? 0 : choices[choice]!]!.push(byPosition.get(position) ?? 0);
    }
  }
  return samples;
};

const latencyValue = (samples: readonly number[], deviceId: string): LatencyValue => ({
  ms: interquartileMean(samples),
  source: 'measured',
  samples: samples.length,
  spread: medianAbsoluteDeviation(samples),
  deviceId,
});

/** Pieces of one group that other groups lie between count together. */
const sumOf = (a: LatencyValue | undefined, b: LatencyValue): LatencyValue =>
  a ? { ...b, ms: a.ms + b.ms, spread: a.spread + b.spread, samples: Math.min(a.samples, b.samples) } : b;

export const measureBlocks = async (
  space: SearchSpaceGraph,
  context: MeasureContext,
  options: CpuOptions,
  device: DeviceDescription,
): Promise<BlockLatencies> => {
  context.progress(0, 1, 'compiling every candidate');
  const program = await buildBlockProgram(space, context, options);
  const { positions, layout } = program;
  const candidates = choicesOf(space).map((choice) => choice.candidates.length);
  const widestChoice = Math.max(1, ...candidates);
  const draw = (count: number) =>
    sampleNetworks(candidates, count, { seed: context.seed, stream: 'target-cpu.networks' }).map((choices) => ({
      choices,
      calls: networkCalls(positions, layout, choices),
    }));

  const most = draw(widestChoice * mostVisits);
  const timer = new BlockTimer(program);
  try {
    const reference = most[0]!.calls;
    const warmMs = await timer.warmUp(reference, context.signal);
    const begun = await context.checkpoint.resume<Begun>();
    const { networks: count, runsPerNetwork } = begun ?? { networks: networkCount(widestChoice, warmMs), runsPerNetwork: runsFor(warmMs) };
    if (!begun) await context.checkpoint.store({ networks: count, runsPerNetwork } satisfies Begun);
    const networks = count === most.length ? most : draw(count);
    const { timed, references, batchesRepeated } = await timeInBatches({
      count,
      batchSize,
      allowedDrift,
      mostRepeats,
      time: (network) => timer.blocksMs(networks[network]!.calls, runsPerNetwork),
      timeReference: async () => ({ ms: await timer.wholeMs(reference, runsPerNetwork) }),
      checkpoint: context.checkpoint.part('networks'),
      progress: (done) => context.progress(done, count, 'networks timed'),
    });
    const referencesMs = references.map(({ ms }) => ms);
    const usualMs = median(referencesMs);
    // At the usual speed of the machine.
    const blocksMs = timed.map(({ value, referenceMs }) => value.map((ms) => (ms * usualMs) / referenceMs));
    const sumOfBlocksMs = (await timer.blocksMs(reference, runsPerNetwork)).reduce((a, b) => a + b, 0);

    const samples = collectSamples(positions, networks, blocksMs);
    const fixed: Record<string, LatencyValue> = {};
    const choices: LatencyValue[][] = candidates.map(() => []);
    for (const [index, { id, choice }] of positions.entries()) {
      const values = samples[index]!.map((ms) => latencyValue(ms, device.id));
      if (choice === undefined) fixed[id] = sumOf(fixed[id], values[0]!);
      else choices[choice] = values;
    }
    return {
      device,
      choices,
      fixed,
      protocol: {
        method: 'blocks in place, inside uniformly sampled networks',
        version: protocolVersion,
        networks: networks.length,
        runsPerNetwork,
        batchesRepeated,
        referenceMs: usualMs,
        referenceSpreadMs: medianAbsoluteDeviation(referencesMs),
        referenceSumOfBlocksMs: sumOfBlocksMs,
        functions: program.functions,
      },
    };
  } finally {
    timer.dispose();
  }
};
