// Everything that plugins registered, with who did it.
import { DiagnosticError } from '@nasc/diagnostics';
import type { MacroDefinition, OpDefinition, PatternDefinition } from '@nasc/ir';
import type {
  DatasetDefinition,
  LatencyPredictorDefinition,
  SpaceDefinition,
  StrategyDefinition,
  TargetDefinition,
  TrainingEngine,
} from '../kinds/index.ts';
import { messages } from '../messages.ts';
import { registrationProblem } from './check-registration.ts';
import { valueDigest } from './source-digest.ts';

export interface Kinds {
  op: OpDefinition;
  macro: MacroDefinition;
  pattern: PatternDefinition;
  space: SpaceDefinition;
  dataset: DatasetDefinition;
  engine: TrainingEngine;
  target: TargetDefinition;
  strategy: StrategyDefinition;
  latencyPredictor: LatencyPredictorDefinition;
}

export type Kind = keyof Kinds;

/** How a kind reads in a message. */
const kindNames: Readonly<Record<Kind, string>> = {
  op: 'op',
  macro: 'macro',
  pattern: 'pattern',
  space: 'search space',
  dataset: 'data set',
  engine: 'training engine',
  target: 'target',
  strategy: 'search strategy',
  latencyPredictor: 'latency predictor',
};

/** The plugin behind a registration, as it enters keys. */
export interface Provenance {
  readonly plugin: string;
  readonly digest: string;
}

export interface Registration<T> {
  readonly value: T;
  readonly provenance: Provenance;
}

export interface Registrations {
  add<K extends Kind>(kind: K, value: Kinds[K], provenance: Provenance): void;
  get<K extends Kind>(kind: K, name: string): Registration<Kinds[K]> | undefined;
  require<K extends Kind>(kind: K, name: string, at?: string): Registration<Kinds[K]>;
  all<K extends Kind>(kind: K): readonly Registration<Kinds[K]>[];
  names(kind: Kind): readonly string[];
}

export const createRegistrations = (): Registrations => {
  const byKind = new Map<Kind, Map<string, Registration<Kinds[Kind]>>>();
  const table = (kind: Kind) => {
    let entries = byKind.get(kind);
    if (!entries) byKind.set(kind, (entries = new Map()));
    return entries;
  };
  const get = <K extends Kind>(kind: K, name: string) => table(kind).get(name) as Registration<Kinds[K]> | undefined;
  return {
    add(kind, value, provenance) {
      const problem = registrationProblem(kind, value);
      if (problem) {
        const name = String((value as { name?: unknown } | undefined)?.name ?? '');
        throw new DiagnosticError([messages.malformedRegistration(kindNames[kind], name, problem, provenance.plugin)]);
      }
      const first = get(kind, value.name);
      if (first) {
        throw new DiagnosticError([messages.duplicateName(kindNames[kind], value.name, first.provenance.plugin, provenance.plugin)]);
      }
      table(kind).set(value.name, { value, provenance });
    },
    get,
    require(kind, name, at) {
      const found = get(kind, name);
      if (!found) throw new DiagnosticError([messages.unknownName(kindNames[kind], name, [...table(kind).keys()], at)]);
      return found;
    },
    all: <K extends Kind>(kind: K) => [...table(kind).values()] as Registration<Kinds[K]>[],
    names: (kind) => [...table(kind).keys()],
  };
};

const digests = new WeakMap<object, string>();

/** What of a registration enters a key: its plugin, and its own text or data. */
export const registrationDigest = ({ value, provenance }: Registration<object>): string => {
  let own = digests.get(value);
  if (!own) digests.set(value, (own = valueDigest(value)));
  return `${provenance.plugin}:${provenance.digest}:${own}`;
};
