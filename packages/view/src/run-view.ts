// A run as plain data to look at: its report, and of its stored artifacts what changes over time. What is missing is undefined.
import type { ArtifactStore, PredictionAccuracy, SelectRound } from '@nasc/core';
import { choicesOf, unitsOf } from '@nasc/ir';
import type { Attributes, Graph } from '@nasc/ir';
import type { Report, ReportNetwork, ReportNetworkTiming } from '@nasc/report';

/** Columns of equal length; what they are is in docs/formats.md. */
export type Columns = Readonly<Record<string, readonly number[]>>;

export interface GateView {
  readonly choice: string;
  readonly candidates: readonly string[];
  /** Architecture steps at which the probabilities were kept. */
  readonly steps: readonly number[];
  /** Per kept step, one for each candidate. */
  readonly probabilities: readonly (readonly number[])[];
}

export interface BlockView {
  readonly id: string;
  /** Name of the chosen candidate, or of the macro where nothing was to choose. */
  readonly name: string;
  readonly kernel: number | undefined;
  readonly expansion: number | undefined;
  readonly width: number | undefined;
  readonly stride: number | undefined;
  /** As the cost model predicts it. */
  readonly latencyMs: number | undefined;
}

export interface NetworkView {
  readonly name: string;
  readonly report: ReportNetwork;
  readonly timing: ReportNetworkTiming;
  readonly search: Columns | undefined;
  readonly gates: readonly GateView[] | undefined;
  readonly training: Columns | undefined;
  readonly blocks: readonly BlockView[] | undefined;
  readonly rounds: readonly SelectRound[] | undefined;
  readonly accuracy: PredictionAccuracy | undefined;
}

export interface RunView {
  /** How the user named the run. */
  readonly name: string;
  readonly report: Report;
  readonly warmUp: Columns | undefined;
  readonly networks: readonly NetworkView[];
  /** Kinds of artifacts that the store no longer has, by network. */
  readonly missing: readonly string[];
}

const numberOf = (attributes: Attributes, key: string): number | undefined => {
  const value = attributes[key];
  return typeof value === 'number' ? value : undefined;
};

/** Values of the cost model; `fixed` by unit. */
interface Latencies {
  readonly choices: readonly (readonly { readonly ms: number }[])[];
  readonly fixed: Readonly<Record<string, { readonly ms: number }>>;
}

/** The blocks in the order of the network. The latency of a unit of several blocks stands at its first one. */
export const blocksOf = (graph: Graph, chosen: readonly number[], latencies: Latencies | undefined): readonly BlockView[] => {
  const unitOf = unitsOf(graph.groups);
  const choices = choicesOf(graph);
  const told = new Set<string>();
  const blocks = graph.groups
    .toSorted((a, b) => a.position - b.position)
    .map(({ id, macro, attributes }) => {
      const index = choices.findIndex((choice) => choice.group === id);
      const candidate = choices[index]?.candidates[chosen[index]!];
      const own = candidate?.attributes ?? attributes;
      const unit = unitOf({ id, group: id });
      const fixed = told.has(unit) ? undefined : latencies?.fixed[unit]?.ms;
      told.add(unit);
      return {
        id,
        name: candidate?.name ?? macro,
        kernel: numberOf(own, 'kernel'),
        expansion: numberOf(own, 'expansion'),
        width: numberOf(own, 'width') ?? numberOf(attributes, 'width'),
        stride: numberOf(own, 'stride') ?? numberOf(attributes, 'stride'),
        latencyMs: candidate ? latencies?.choices[index]?.[chosen[index]!]?.ms : fixed,
      };
    });
  const grouped = new Set(graph.groups.map(({ id }) => id));
  const rest = Object.entries(latencies?.fixed ?? {}).filter(([unit]) => !told.has(unit) && !grouped.has(unit));
  const nothing = { kernel: undefined, expansion: undefined, width: undefined, stride: undefined };
  const loose = choices.flatMap((choice, index) =>
    choice.group === undefined
      ? [
          {
            id: choice.id,
            name: choice.candidates[chosen[index]!]!.name,
            ...nothing,
            latencyMs: latencies?.choices[index]?.[chosen[index]!]?.ms,
          },
        ]
      : [],
  );
  return [...blocks, ...loose, ...rest.map(([id, { ms }]) => ({ id, name: 'fixed', ...nothing, latencyMs: ms }))];
};

/** What the store still has of the run whose report this is. Artifacts of another version of nasc do not have the hashes of the report. */
export const viewRun = async (name: string, report: Report, store: ArtifactStore): Promise<RunView> => {
  const missing: string[] = [];
  const get = async <K extends Parameters<ArtifactStore['get']>[0]>(kind: K, hash: string | undefined, of: string) => {
    const found = hash === undefined ? undefined : await store.get(kind, hash, () => {});
    if (!found) missing.push(`${of}${kind}`);
    return found?.value;
  };
  const space = await get('searchSpace', report.hashes['searchSpace'], '');
  const supernet = await get('supernet', report.hashes['supernet'], '');
  const choices = space ? choicesOf(space.graph) : [];
  const networks: NetworkView[] = [];
  for (const network of report.networks) {
    const timing = report.timing.networks[network.name]!;
    const of = `${network.name}/`;
    const result = await get('searchResult', network.hashes['searchResult'], of);
    const derived = await get('derived', network.hashes['derived'], of);
    const model = await get('costModel', timing.hashes['costModel'], of);
    const architecture = await get('architecture', timing.hashes['architecture'], of);
    const snapshots = result?.history.snapshots;
    networks.push({
      name: network.name,
      report: network,
      timing,
      search: result?.history.columns,
      gates:
        space && snapshots
          ? choices.map(({ id, group, candidates }, index) => ({
              choice: group ?? id,
              candidates: candidates.map((candidate) => candidate.name),
              steps: snapshots.map(({ step }) => step),
              probabilities: snapshots.map(({ probabilities }) => probabilities[index]!),
            }))
          : undefined,
      training: derived?.history.columns,
      blocks: space && architecture ? blocksOf(space.graph, architecture.choices, model) : undefined,
      rounds: architecture?.rounds,
      accuracy: model?.accuracy,
    });
  }
  return { name, report, warmUp: supernet?.history.columns, networks, missing };
};
