// The context that a pass gets: the run's shared things, with every consultation written down.
import { DiagnosticError } from '@nasc/diagnostics';
import type { Checkpoint } from '../checkpoint.ts';
import { messages } from '../messages.ts';
import type { PassContext } from '../pass.ts';
import type { Consulted } from '../plugins/tracked-registry.ts';
import { trackedRegistry } from '../plugins/tracked-registry.ts';
import { reportProgress } from './report-progress.ts';
import type { PartRequest } from './run-part.ts';
import type { RunState } from './run-state.ts';
import { datasetName } from './run-state.ts';

/** Content hashes of a part's inputs, by kind. */
export const inputHashesOf = ({ inputs }: PartRequest): PassContext['inputHashes'] =>
  Object.fromEntries([...inputs].map(([kind, artifact]) => [kind, artifact.hash]));

export const createPassContext = (
  state: RunState,
  request: PartRequest,
  passName: string,
  consulted: Consulted,
  checkpoint: Checkpoint,
): PassContext => {
  const { subject } = request;
  const { part } = request.ordered;
  const registry = trackedRegistry(state.host.registrations, consulted);
  return {
    config: state.config,
    folder: state.folder,
    signal: state.signal,
    inputHashes: inputHashesOf(request),
    registry,
    get target() {
      if (!subject) throw new DiagnosticError([messages.noTarget(passName)]);
      return subject.target;
    },
    get limits() {
      if (!subject?.limits) throw new DiagnosticError([messages.noLimits(passName)]);
      return subject.limits;
    },
    cacheFolder: state.cacheFolder,
    checkpoint,
    async engine() {
      const chosen = await state.engine(part.stage);
      registry.engines.require(chosen.engine.name);
      return chosen;
    },
    async dataset() {
      registry.datasets.require(datasetName(state.config));
      return state.dataset(part.stage);
    },
    dataWorkers: state.dataWorkers,
    latencyPredictor() {
      const predictor = state.latencyPredictor();
      registry.latencyPredictors.require(predictor.name);
      return predictor;
    },
    report(diagnostic) {
      state.listener('diagnostic', { stage: part.stage, pass: passName, ...diagnostic });
    },
    progress: reportProgress(state.listener, { stage: part.stage, pass: passName, ...(subject && { target: subject.name }) }),
  };
};
