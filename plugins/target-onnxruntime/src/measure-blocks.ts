// Times every candidate of every choice in place: whole networks of the space, written as ONNX with arbitrary weights and
// run by ONNX Runtime, each with a plain session for its latency and a profiled one for its blocks.
import type { BlockLatencies, DeviceDescription, LatencyValue, MeasureContext } from '@nasc/core';
import { choicesOf, initialiseParameters } from '@nasc/ir';
import type { NetworkGraph, SearchSpaceGraph } from '@nasc/ir';
import { blockKeys, fixedKeys, median, protocolVersion, timeInBatches } from '@nasc/measure';
import type { BlockKey } from '@nasc/measure';
import { writeOnnx } from '@nasc/onnx';
import { deployedGraph } from '@nasc/transforms';
import { blockEntry, fitLatencies, predictWhole } from './fit-latencies.ts';
import type { NetworkTiming } from './fit-latencies.ts';
import { sampleRounds } from './sample-rounds.ts';
import { profileBlocks, profiledRuns, timeWhole } from './time-network.ts';
import type { ProfiledBlock } from './time-network.ts';

/** How often each candidate is seen by the fit. */
const fittedRounds = 8;
/** Rounds that only check what the fit predicts. */
const heldOutRounds = 1;
/** Networks between two measurements of the reference network. */
const batchSize = 4;
/** Relative change of the reference network that makes a batch repeat, and how often it may. */
const allowedDrift = 0.03;
const mostRepeats = 1;
/** The fit never believes whole networks more than this. */
const leastNoise = 0.005;

/** The cost of a call as such: a network that only copies its input. */
export const callKey = 'call';

/** A network's timing as a checkpoint holds it. */
interface StoredTiming {
  readonly wholeMs: number;
  readonly blocks: readonly (readonly [BlockKey, ProfiledBlock])[];
}

/** Robust standard deviation of one of several measurements of one thing, as a share, from one to the next: drift is no noise. */
const relativeNoise = (values: readonly number[]): number =>
  (1.4826 * median(values.slice(1).map((value, index) => Math.abs(value / values[index]! - 1)))) / Math.SQRT2;

const rootMeanSquare = (values: readonly number[]): number => Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);

export const measureBlocks = async (
  space: SearchSpaceGraph,
  context: MeasureContext,
  device: DeviceDescription,
  threads: number,
): Promise<BlockLatencies> => {
  const { registry, seed, signal } = context;
  const keyOf = blockKeys(space);
  const options = { threads, signal, folder: context.cacheFolder };
  const candidateCounts = choicesOf(space).map((choice) => choice.candidates.length);
  const networks = sampleRounds(candidateCounts, fittedRounds + heldOutRounds, seed);
  const write = (graph: NetworkGraph) => writeOnnx(graph, initialiseParameters(graph, registry.ops, seed), registry.ops, { name: 'timed' });

  const empty: NetworkGraph = { ...space, nodes: [], outputs: [space.inputs[0]!.id], groups: [] };
  const emptyBytes = write(empty);
  const reference = deployedGraph(space, networks[0]!, registry.patterns);
  const referenceBytes = write(reference);
  const timeNetwork = async (choices: readonly number[]): Promise<StoredTiming> => {
    const graph = deployedGraph(space, choices, registry.patterns);
    const bytes = write(graph);
    return { wholeMs: await timeWhole(bytes, graph, options), blocks: [...(await profileBlocks(bytes, graph, keyOf, options))] };
  };

  const { timed, references, batchesRepeated } = await timeInBatches({
    count: networks.length,
    batchSize,
    allowedDrift,
    mostRepeats,
    time: (network) => timeNetwork(networks[network]!),
    timeReference: async () => ({
      ms: await timeWhole(referenceBytes, reference, options),
      emptyMs: await timeWhole(emptyBytes, empty, options),
    }),
    checkpoint: context.checkpoint,
    progress: (done) => context.progress(done, networks.length, 'networks timed'),
  });
  const referencesMs = references.map(({ ms }) => ms);
  const referenceMs = median(referencesMs);
  // As if the reference network had taken `referenceMs` all the time.
  const emptyMs = median(references.map((one) => one.emptyMs / one.ms)) * referenceMs;
  const timings = timed.map(({ value, referenceMs: around }, network): NetworkTiming => ({
    choices: networks[network]!,
    wholeMs: (value.wholeMs / around) * referenceMs,
    blocks: new Map(value.blocks),
  }));
  const noise = Math.max(leastNoise, relativeNoise(referencesMs));
  const heldOutCount = (networks.length / (fittedRounds + heldOutRounds)) * heldOutRounds;
  const fitted = fitLatencies(timings.slice(0, -heldOutCount), emptyMs, noise);
  const errors = timings.slice(-heldOutCount).map((timing) => predictWhole(fitted, timing) / timing.wholeMs - 1);

  const value = (entry: string): LatencyValue => {
    // What is fixed but leaves nothing to run (an identity, say) is never in a profile, and costs nothing.
    const { ms, samples, spread } = fitted.blocks.get(entry) ?? { ms: 0, samples: timings.length, spread: 0 };
    return { ms, source: 'measured', samples, spread, deviceId: device.id };
  };
  const call: LatencyValue = { ms: fitted.callMs, source: 'measured', samples: referencesMs.length, spread: 0, deviceId: device.id };
  return {
    device,
    choices: candidateCounts.map((count, choice) => Array.from({ length: count }, (_, candidate) => value(blockEntry(choice, candidate)))),
    fixed: { [callKey]: call, ...Object.fromEntries(fixedKeys(space).map((key) => [key, value(key)])) },
    protocol: {
      method: 'whole networks and ONNX Runtime profiles, ridge regression',
      version: protocolVersion,
      networks: timings.length,
      profiledRunsPerNetwork: profiledRuns,
      batchesRepeated,
      referenceMs,
      referenceNoise: relativeNoise(referencesMs),
      heldOutNetworks: heldOutCount,
      heldOutRelativeError: rootMeanSquare(errors),
      profileShare: fitted.alpha,
      dispatchMs: fitted.dispatchMs,
    },
  };
};
