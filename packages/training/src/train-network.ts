// The training loop: of a supernet with a path a step, or of a network without choices.
import type { BatchSource, Mixture, Program, SgdOptions, TrainingHistory } from '@nasc/core';
import { DiagnosticError } from '@nasc/diagnostics';
import { columnRecorder } from './column-recorder.ts';
import type { Schedule } from './cosine-schedule.ts';
import { messages } from './messages.ts';
import { readAhead } from './read-ahead.ts';
import { stepKey } from './step-key.ts';

export interface TrainNetworkOptions {
  readonly program: Program;
  readonly batches: BatchSource;
  readonly steps: number;
  readonly schedule: Schedule;
  readonly optimizer: Omit<SgdOptions, 'kind' | 'learningRate'>;
  /** Which candidates run in a step; a network without choices has the empty mixture. */
  readonly path?: (step: number) => Mixture;
  readonly seed: number;
  /** Name of the training, e.g. `warmup`: keys its random numbers. */
  readonly stream: string;
  /** Where the recipe stands in the config, for diagnostics. */
  readonly at: string;
  readonly signal: AbortSignal;
  progress(done: number, total: number, unit: string, message?: string): void;
}

export interface TrainedNetwork {
  /** Columns step, learningRate, loss, accuracy. */
  readonly history: TrainingHistory;
  readonly images: number;
}

/** How much the loss shown with the progress forgets a step. */
const smoothing = 0.05;

/** Ids of parameters with a value that is not a number. Some activations turn such values into 0, so the loss alone does not show them. */
const notFinite = async (program: Program): Promise<readonly string[]> =>
  [...(await program.readState()).parameters].filter(([, { data }]) => !data.every(Number.isFinite)).map(([id]) => id);

/** Trains in place. Throws `TRAINING_DIVERGED` at the first loss that is not a number, or at the end for such a weight. */
export const trainNetwork = async (options: TrainNetworkOptions): Promise<TrainedNetwork> => {
  const { program, steps, schedule, optimizer, path = () => [], seed, stream, signal } = options;
  const history = columnRecorder(['step', 'learningRate', 'loss', 'accuracy']);
  const batch = readAhead(options.batches, steps);
  let images = 0;
  let shown: number | undefined;
  for (let step = 0; step < steps; step++) {
    signal.throwIfAborted();
    const learningRate = schedule(step);
    const current = await batch(step);
    const { loss, correct } = await program.trainStep(
      current,
      path(step),
      { batchNorm: 'update', randomKey: stepKey(seed, stream, step), signal },
      { kind: 'sgd', learningRate, ...optimizer },
    );
    if (!Number.isFinite(loss)) throw new DiagnosticError([messages.diverged(step, steps, learningRate, options.at)]);
    images += current.count;
    shown = shown === undefined ? loss : shown + smoothing * (loss - shown);
    history.add({ step, learningRate, loss, accuracy: correct / current.count });
    options.progress(step + 1, steps, 'step', `loss ${shown.toFixed(3)}`);
  }
  const [bad] = await notFinite(program);
  if (bad !== undefined) throw new DiagnosticError([messages.weightsNotFinite(bad, options.at)]);
  return { history: { columns: history.columns() }, images };
};
