// Which engine trains in a stage: the one that the config names, or what `auto` finds on this machine.
import type { Config } from '@nasc/config';
import { DiagnosticError } from '@nasc/diagnostics';
import type { Availability, EngineOptions, TrainingEngine } from '../kinds/index.ts';
import { messages } from '../messages.ts';
import type { StageName } from '../part.ts';
import type { Registrations } from '../plugins/registrations.ts';

export interface ChosenEngine {
  readonly engine: TrainingEngine;
  readonly options: EngineOptions;
  /** Of the numbers that it computes: enters the keys of the parts that depend on the engine. */
  readonly identity: string;
}

export interface WantedEngine {
  readonly name: string;
  /** Where the config says so. */
  readonly at: string;
}

/** Every engine that a config names. */
export const wantedEngines = ({ engine }: Config): readonly WantedEngine[] =>
  typeof engine === 'string'
    ? [{ name: engine, at: '/engine' }]
    : [
        { name: engine.train, at: '/engine/train' },
        { name: engine.derive, at: '/engine/derive' },
      ];

/** Warm-up has its own; what uses an engine after it (to check an export, say) takes that of the network's training. */
export const wantedEngine = (config: Config, stage: StageName): WantedEngine => {
  const wanted = wantedEngines(config);
  return stage === 'train' ? wanted[0]! : wanted.at(-1)!;
};

/**
 * `auto` is the first engine for GPUs that found one, else the first that may be taken wherever it works. Throws
 * ENGINE_NOT_AVAILABLE, with what each engine lacks.
 */
export const chooseEngine = async (
  registrations: Registrations,
  { name, at }: WantedEngine,
  options: EngineOptions,
): Promise<ChosenEngine> => {
  const chosen = (engine: TrainingEngine, { identity }: Availability): ChosenEngine => ({
    engine,
    options,
    identity: identity ?? engine.name,
  });
  if (name !== 'auto') {
    const engine = registrations.require('engine', name, at).value;
    const found = await engine.probe(options);
    if (!found.available) throw new DiagnosticError([messages.engineUnavailable(engine.name, found.detail, at)]);
    return chosen(engine, found);
  }
  const engines = registrations.all('engine').map(({ value }) => value);
  const lacking = new Map<string, string>();
  for (const engine of engines.filter(({ automatic }) => automatic === 'withGpu')) {
    const found = await engine.probe(options);
    if (found.available && found.gpu !== undefined) return chosen(engine, found);
    lacking.set(engine.name, found.available ? `sees no GPU; \`engine: "${engine.name}"\` takes it all the same` : found.detail);
  }
  for (const engine of engines.filter(({ automatic }) => automatic === 'whenAvailable')) {
    const found = await engine.probe(options);
    if (found.available) return chosen(engine, found);
    lacking.set(engine.name, found.detail);
  }
  throw new DiagnosticError([messages.noEngine(engines.map((engine) => `${engine.name}: ${lacking.get(engine.name)}`))]);
};
