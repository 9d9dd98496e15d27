// From the artifacts of a whole run to report.json: the facts of each, none of them computed anew.
import type {
  Accuracy,
  DerivedNetwork,
  FoldedNetwork,
  NetworkLatency,
  PipelineResult,
  SearchSpaceArtifact,
  TargetArtifacts,
  Verification,
} from '@nasc/core';
import { choicesOf, costSummary } from '@nasc/ir';
import type { Cost } from '@nasc/ir';
import type {
  Report,
  ReportAccuracy,
  ReportHashes,
  ReportLatency,
  ReportTarget,
  ReportTargetTiming,
  ReportVerification,
} from './generated/report.ts';

export interface ReportContext {
  readonly seed: number;
  /** Latency of each target's ONNX file in ONNX Runtime on this machine, by target, where it was measured. */
  readonly onnxRuntime?: Readonly<Record<string, Pick<NetworkLatency, 'ms' | 'spread' | 'samples'>>>;
}

/** What is written for a target: its files, and the ONNX file beside them where it is not one of them. */
export const outputFiles = ({ files, onnx }: Pick<TargetArtifacts, 'files' | 'onnx'>): ReadonlyMap<string, string | Uint8Array> =>
  files.files.has('model.onnx') ? files.files : new Map([...files.files, ['model.onnx', onnx.bytes]]);

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

const hashesOf = (hashes: Readonly<Record<string, string>>, prefix: string, measured: boolean): ReportHashes =>
  Object.fromEntries(
    Object.entries(hashes)
      .filter(([place]) => place.startsWith(prefix) && !place.slice(prefix.length).includes('/'))
      .map(([place, hash]) => [place.slice(prefix.length), hash])
      .filter(([kind]) => measuredKinds.includes(kind!) === measured),
  ) as ReportHashes;

const reportTarget = (
  name: string,
  artifacts: TargetArtifacts,
  space: SearchSpaceArtifact,
  hashes: Readonly<Record<string, string>>,
): ReportTarget => {
  const { searchResult, architecture, derived, folded, onnx, files } = artifacts;
  const cost = networkCost(derived, folded, space.costs);
  const kernels = (kind: string) => files.coverage.filter((row) => row.kind === kind).length;
  return {
    name,
    search: { strategy: searchResult.strategy, imagesForwardBackward: searchResult.imagesForwardBackward },
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
    memory: files.memory ? { ...files.memory } : null,
    validation: accuracy(derived.validation),
    test: accuracy(derived.test),
    codeTest: files.test ? accuracy(files.test) : null,
    onnx: { opset: onnx.opset, bytes: onnx.bytes.byteLength, verification: verification(onnx.verification) },
    code: files.verification ? verification(files.verification) : null,
    coverage: { special: kernels('special'), plain: kernels('plain'), unsupported: kernels('unsupported') },
    files: [...outputFiles(artifacts)]
      .map(([file, content]) => ({ name: file, bytes: Buffer.byteLength(content) }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    hashes: hashesOf(hashes, `${name}/`, false),
  };
};

const targetTiming = (
  name: string,
  { costModel, architecture, files }: TargetArtifacts,
  context: ReportContext,
  hashes: Readonly<Record<string, string>>,
): ReportTargetTiming => ({
  device: costModel.measured.device.description,
  limitMs: architecture.limitMs ?? null,
  predictedMs: architecture.predictedMs,
  selectedMs: architecture.measuredMs ?? null,
  code: latency(files.latency),
  onnxRuntime: latency(context.onnxRuntime?.[name]),
  choicesMs: architecture.choices.map((chosen, choice) => costModel.choices[choice]![chosen]!.ms),
  networksMeasured: architecture.rounds.filter(({ measuredMs }) => measuredMs !== undefined).length,
  hashes: hashesOf(hashes, `${name}/`, true),
});

/** The report of a run that went through all stages, in the format of schemas/report.schema.json. */
export const buildReport = (result: PipelineResult, context: ReportContext): Report => {
  const { searchSpace, supernet, targets, timings, hashes } = result;
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
    warmUp: { imagesForwardBackward: supernet.imagesForwardBackward },
    hashes: hashesOf(hashes, '', false),
    targets: Object.entries(targets).map(([name, artifacts]) => reportTarget(name, artifacts, searchSpace, hashes)),
    timing: {
      targets: Object.fromEntries(
        Object.entries(targets).map(([name, artifacts]) => [name, targetTiming(name, artifacts, context, hashes)]),
      ),
      stages: timings.map(({ stage, part, target, cached, elapsedMs }) => ({ stage, part, target: target ?? null, cached, ms: elapsedMs })),
      totalMs: timings.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0),
    },
  };
};
