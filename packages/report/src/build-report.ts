// From the artifacts of a whole run to report.json: the facts of each, none of them computed anew.
import type {
  Accuracy,
  Architecture,
  CostModel,
  DerivedNetwork,
  FoldedNetwork,
  NetworkArtifacts,
  NetworkLatency,
  NetworkOrigin,
  PipelineResult,
  SearchSpaceArtifact,
  Timing,
  TrainingCost,
  Verification,
} from '@nasc/core';
import { choicesOf, costSummary } from '@nasc/ir';
import type { Cost } from '@nasc/ir';
import { writeNetConfig } from '@nasc/net-config';
import type {
  Report,
  ReportAccuracy,
  ReportHashes,
  ReportLatency,
  ReportNetwork,
  ReportNetworkTiming,
  ReportPrediction,
  ReportSearchCost,
  ReportVerification,
} from './generated/report.ts';

export interface ReportContext {
  readonly seed: number;
  /** Latency of each network's ONNX file in ONNX Runtime on this machine, by network, where it was measured. */
  readonly onnxRuntime?: Readonly<Record<string, Pick<NetworkLatency, 'ms' | 'spread' | 'samples'>>>;
}

/**
 * What is written for a network: the target's files; beside them the ONNX file where it is not one of them, and net.config where its
 * format can say the network.
 */
export const outputFiles = ({
  files,
  onnx,
  derived,
}: Pick<NetworkArtifacts, 'files' | 'onnx' | 'derived'>): ReadonlyMap<string, string | Uint8Array> => {
  const netConfig = writeNetConfig(derived.graph);
  return new Map<string, string | Uint8Array>([
    ['model.onnx', onnx.bytes],
    ...('text' in netConfig ? [['net.config', netConfig.text] as const] : []),
    ...files.files,
  ]);
};

/** Artifacts that hold clock readings, or follow from them: the same run has other hashes on another day. */
const measuredKinds: readonly string[] = ['costModel', 'architecture', 'files'];

const accuracy = ({ correct, correctTop5, count, crossEntropy }: Accuracy): ReportAccuracy => ({
  correct,
  correctTop5: correctTop5 ?? null,
  count,
  crossEntropy,
});

const verification = ({ images, maximumError, relativeError, sameClass }: Verification): ReportVerification => ({
  images,
  maximumError,
  relativeError,
  sameClass,
});

const latency = (value: Pick<NetworkLatency, 'ms' | 'spread' | 'samples'> | undefined): ReportLatency | null =>
  value ? { ms: value.ms, spreadMs: value.spread, samples: value.samples } : null;

/**
 * Costs survive with the ids of the nodes, so those of the network are a sum over the space's table. What a recipe adds while it
 * trains (dropout) is not in it; it has no weights, and is gone from the folded network.
 */
const networkCost = (
  { graph, weights }: DerivedNetwork,
  folded: FoldedNetwork,
  costs: Readonly<Record<string, Cost>>,
): { parameters: number; macs: number } | undefined => {
  const owners = [...weights.keys()].map((parameter) => parameter.slice(0, parameter.lastIndexOf('.')));
  const counted = new Set([...folded.graph.nodes.map(({ id }) => id), ...owners]);
  const known = graph.nodes.filter(({ id }) => id in costs || counted.has(id)).map(({ id }) => costs[id]);
  if (known.some((cost) => cost === undefined)) return undefined;
  return {
    parameters: known.reduce((sum, cost) => sum + cost!.parameters, 0),
    macs: known.reduce((sum, cost) => sum + cost!.macs, 0),
  };
};

/** Hashes of a place, the measured ones or the others. */
const hashesOf = (hashes: Readonly<Record<string, string>>, place: string, measured: boolean): ReportHashes =>
  Object.fromEntries(
    Object.entries(hashes)
      .filter(([name]) => name.startsWith(place) && !name.slice(place.length).includes('/'))
      .map(([name, hash]) => [name.slice(place.length), hash])
      .filter(([kind]) => measuredKinds.includes(kind!) === measured),
  ) as ReportHashes;

const searchCost = ({ imagesForwardBackward, peakMemoryBytes }: TrainingCost): ReportSearchCost => ({
  imagesForwardBackward,
  peakMemoryBytes: peakMemoryBytes ?? null,
});

const madeIn = (timings: readonly Timing[], part: string, network?: string): number =>
  timings.find((timing) => timing.part === part && timing.target === network)?.madeInMs ?? 0;

const reportNetwork = (
  name: string,
  artifacts: NetworkArtifacts & NetworkOrigin,
  space: SearchSpaceArtifact,
  hashes: Readonly<Record<string, string>>,
): ReportNetwork => {
  const { searchResult, architecture, derived, folded, onnx, files } = artifacts;
  const netConfig = writeNetConfig(derived.graph);
  const cost = networkCost(derived, folded, space.costs);
  const kernels = (kind: string) => files.coverage.filter((row) => row.kind === kind).length;
  return {
    name,
    target: artifacts.target,
    search: { strategy: searchResult.strategy, cost: searchCost(searchResult.cost) },
    choices: choicesOf(space.graph).map((choice, index) => {
      const chosen = architecture.choices[index]!;
      const candidate = choice.candidates[chosen]!;
      return {
        id: choice.group ?? choice.id,
        candidate: candidate.name,
        macro: candidate.macro,
        alternatives: choice.candidates.length,
        probability: searchResult.kind === 'distribution' ? Math.exp(searchResult.logProbabilities[index]![chosen]!) : null,
      };
    }),
    parameters: cost?.parameters ?? null,
    macs: cost?.macs ?? null,
    costs: architecture.costs.flatMap(({ name: which, unit, predicted, planned, limit }) =>
      which === 'latency' ? [] : [{ name: which, unit, value: predicted, planned: planned ?? null, limit: limit ?? null }],
    ),
    memory: files.memory ? { ...files.memory } : null,
    validation: accuracy(derived.validation),
    test: accuracy(derived.test),
    codeTest: files.test ? accuracy(files.test) : null,
    onnx: { opset: onnx.opset, bytes: onnx.bytes.byteLength, verification: verification(onnx.verification) },
    netConfig: 'reason' in netConfig ? netConfig.reason : null,
    code: files.verification ? verification(files.verification) : null,
    coverage: { special: kernels('special'), plain: kernels('plain'), unsupported: kernels('unsupported') },
    files: [...outputFiles(artifacts)]
      .map(([file, content]) => ({ name: file, bytes: Buffer.byteLength(content) }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    hashes: hashesOf(hashes, `${name}/`, false),
  };
};

const prediction = ({ predictor, accuracy: known }: CostModel, { predictedMs }: Architecture): ReportPrediction | null => {
  if (!known) return null;
  const { networks, method, rmspe, interval } = known;
  const { confidence, low, high } = interval;
  return { predictor, networks, method, rmspe, confidence, lowMs: low * predictedMs, highMs: high * predictedMs };
};

const networkTiming = (
  name: string,
  { target, costModel, architecture, files }: NetworkArtifacts & NetworkOrigin,
  context: ReportContext,
  { hashes, timings }: PipelineResult,
): ReportNetworkTiming => ({
  device: costModel.profile.device.description,
  searchMs: madeIn(timings, 'search', name),
  limitMs: architecture.costs.find((cost) => cost.name === 'latency')!.limit ?? null,
  predictedMs: architecture.predictedMs,
  prediction: prediction(costModel, architecture),
  rounds: architecture.rounds.map(({ askedMs, predictedMs, correctedMs, measuredMs, score, keepsLimit }) => ({
    askedMs: askedMs ?? null,
    predictedMs,
    correctedMs,
    measuredMs: measuredMs ?? null,
    score: score ?? null,
    keepsLimit,
  })),
  selectedMs: architecture.measuredMs ?? null,
  code: latency(files.latency),
  onnxRuntime: latency(context.onnxRuntime?.[name]),
  choicesMs: architecture.choices.map((chosen, choice) => costModel.choices[choice]![chosen]!.ms),
  networksMeasured: architecture.rounds.filter(({ measuredMs }) => measuredMs !== undefined).length,
  hashes: { ...hashesOf(hashes, `${target}/`, true), ...hashesOf(hashes, `${name}/`, true) },
});

/** The report of a run that went through all stages, in the format of schemas/report.schema.json. */
export const buildReport = (result: PipelineResult, context: ReportContext): Report => {
  const { searchSpace, supernet, networks: found, timings, hashes } = result;
  const { task, graph, costs } = searchSpace;
  const { networks, minimum, maximum } = costSummary(graph, costs);
  const range = (field: 'parameters' | 'macs') => ({ minimum: minimum[field], maximum: maximum[field] });
  return {
    format: 1,
    seed: context.seed,
    task: { dataset: task.dataset, classes: [...task.classes], inputShape: [...task.inputShape], manifestHash: task.manifestHash },
    space: {
      name: searchSpace.name,
      choices: choicesOf(graph).length,
      networks: String(networks),
      parameters: range('parameters'),
      macs: range('macs'),
    },
    warmUp: { cost: searchCost(supernet.cost) },
    hashes: hashesOf(hashes, '', false),
    networks: Object.entries(found).map(([name, artifacts]) => reportNetwork(name, artifacts, searchSpace, hashes)),
    timing: {
      warmUpMs: madeIn(timings, 'train'),
      networks: Object.fromEntries(
        Object.entries(found).map(([name, artifacts]) => [name, networkTiming(name, artifacts, context, result)]),
      ),
      stages: timings.map(({ stage, part, target, cached, elapsedMs }) => ({ stage, part, target: target ?? null, cached, ms: elapsedMs })),
      totalMs: timings.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0),
    },
  };
};
