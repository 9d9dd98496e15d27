// The context that a pass gets: the run's shared things, with every consultation written down.
import { DiagnosticError } from '@nasc/diagnostics';
import type { Target } from '../kinds/index.ts';
import { messages } from '../messages.ts';
import type { StagePart } from '../part.ts';
import type { PassContext } from '../pass.ts';
import type { Consulted } from '../plugins/tracked-registry.ts';
import { trackedRegistry } from '../plugins/tracked-registry.ts';
import type { RunState } from './run-state.ts';
import { datasetName } from './run-state.ts';

export const createPassContext = (
  state: RunState,
  part: StagePart,
  passName: string,
  target: Target | undefined,
  consulted: Consulted,
): PassContext => {
  const registry = trackedRegistry(state.host.registrations, consulted);
  const started = performance.now();
  let first: { readonly done: number; readonly at: number } | undefined;
  return {
    config: state.config,
    folder: state.folder,
    signal: state.signal,
    registry,
    get target() {
      if (!target) throw new DiagnosticError([messages.noTarget(passName)]);
      return target;
    },
    cacheFolder: state.cacheFolder,
    async engine() {
      const chosen = await state.engine();
      registry.engines.require(chosen.engine.name);
      return chosen;
    },
    async dataset() {
      registry.datasets.require(datasetName(state.config));
      return state.dataset();
    },
    latencyPredictor() {
      const predictor = state.latencyPredictor();
      registry.latencyPredictors.require(predictor.name);
      return predictor;
    },
    report(diagnostic) {
      state.listener('diagnostic', { stage: part.stage, pass: passName, ...diagnostic });
    },
    progress(done, total, unit, message) {
      const now = performance.now();
      // The speed is taken from the first report on: what came before it (compiling, loading) does not repeat.
      if (!first || done < first.done) first = { done, at: now };
      const rate = done > first.done ? (now - first.at) / (done - first.done) : undefined;
      state.listener('progress', {
        stage: part.stage,
        pass: passName,
        ...(target && { target: target.name }),
        done,
        total,
        unit,
        ...(message !== undefined && { message }),
        elapsedMs: now - started,
        remainingMs: rate === undefined ? undefined : rate * (total - done),
      });
    },
  };
};
