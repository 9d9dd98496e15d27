// The training loop: of a supernet with a path a step, or of a network without choices.
import type {
  BatchSource,
  Checkpoint,
  Mixture,
  Program,
  ProgramState,
  SgdOptions,
  TeacherSignal,
  TrainingBatch,
  TrainingHistory,
} from '@nasc/core';
import { DiagnosticError } from '@nasc/diagnostics';
import type { TensorTable } from '@nasc/ir';
import { columnRecorder } from './column-recorder.ts';
import type { Schedule } from './cosine-schedule.ts';
import { firstNotFinite } from './first-not-finite.ts';
import { messages } from './messages.ts';
import { readAhead } from './read-ahead.ts';
import { stepKey } from './step-key.ts';

export interface TrainNetworkOptions {
  /** Holds the initial weights. */
  readonly program: Program;
  readonly batches: BatchSource;
  readonly steps: number;
  readonly schedule: Schedule;
  readonly optimizer: Omit<SgdOptions, 'kind' | 'learningRate' | 'averageDecay'>;
  /** Decay d of a moving average of the weights, which is then the result: min(d, (1 + t) / (10 + t)) at step t, from 0. */
  readonly averageDecay?: number | undefined;
  /** What a teacher says of a batch. It has to depend on the batch only. */
  readonly teach?: ((batch: TrainingBatch) => Promise<TeacherSignal>) | undefined;
  /** Which candidates run in a step; a network without choices has the empty mixture. */
  readonly path?: (step: number) => Mixture;
  readonly seed: number;
  /** Name of the training, e.g. `warmup`: keys its random numbers. */
  readonly stream: string;
  /** Where the recipe stands in the config, for diagnostics. */
  readonly at: string;
  /** Of this training alone; holds its end, too, so that what follows need not train again. */
  readonly checkpoint: Checkpoint;
  progress(done: number, total: number, unit: string, message?: string): void;
}

export interface TrainedNetwork {
  /** With running statistics; the trained ones averaged where that was asked for. */
  readonly parameters: TensorTable;
  /** Columns step, learningRate, loss, accuracy. */
  readonly history: TrainingHistory;
  readonly images: number;
}

const columnNames = ['step', 'learningRate', 'loss', 'accuracy'] as const;

/** All that the steps from `step` on depend on: random numbers, batches and rates are functions of the step. */
interface TrainingState extends ProgramState {
  readonly step: number;
  readonly images: number;
  readonly shownLoss: number | undefined;
  readonly columns: Readonly<Record<(typeof columnNames)[number], readonly number[]>>;
}

/** How much the loss shown with the progress forgets a step. */
const smoothing = 0.05;

/**
 * Trains in place. A step is never broken off half way: running statistics may have moved by then. Throws `TRAINING_DIVERGED` at the
 * first loss that is not a number, and where weights that would be kept are not: some activations turn such values into 0, so the loss
 * alone does not show them.
 */
export const trainNetwork = async (options: TrainNetworkOptions): Promise<TrainedNetwork> => {
  const { program, steps, schedule, optimizer, averageDecay, teach, path = () => [], seed, stream, checkpoint, at } = options;
  const resumed = await checkpoint.resume<TrainingState>();
  if (resumed) {
    await program.writeState(resumed);
    options.progress(resumed.step, steps, 'steps');
  }
  const history = columnRecorder(columnNames, resumed?.columns);
  const batch = readAhead(options.batches, steps);
  let images = resumed?.images ?? 0;
  let shownLoss = resumed?.shownLoss;
  let keptSteps = resumed?.step;

  const diverged = (what: string, step: number, lastGood: number): DiagnosticError => {
    const loss = history.columns().loss[lastGood];
    return new DiagnosticError([
      messages.diverged({
        what,
        step: step + 1,
        steps,
        learningRate: schedule(step),
        lastGood: loss === undefined ? undefined : { step: lastGood + 1, loss },
        keptSteps,
        at,
      }),
    ]);
  };
  const stateBefore = async (step: number): Promise<TrainingState> => {
    const { parameters, momentum, average } = await program.readState();
    const bad = firstNotFinite(parameters) ?? firstNotFinite(momentum) ?? (average && firstNotFinite(average));
    if (bad !== undefined) throw diverged(`values of "${bad}" are not numbers`, step - 1, (keptSteps ?? 0) - 1);
    keptSteps = step;
    return { step, images, shownLoss, columns: history.columns(), parameters, momentum, ...(average && { average }) };
  };

  for (let step = resumed?.step ?? 0; step < steps; step++) {
    await checkpoint.offer(() => stateBefore(step));
    const learningRate = schedule(step);
    const current = await batch(step);
    const teacher = await teach?.(current);
    const { loss, correct } = await program.trainStep(
      teacher ? { ...current, teacher } : current,
      path(step),
      { batchNorm: 'update', randomKey: stepKey(seed, stream, step) },
      {
        kind: 'sgd',
        learningRate,
        ...optimizer,
        ...(averageDecay !== undefined && { averageDecay: Math.min(averageDecay, (1 + step) / (10 + step)) }),
      },
    );
    if (!Number.isFinite(loss)) throw diverged('the loss is not a number', step, step - 1);
    images += current.count;
    shownLoss = shownLoss === undefined ? loss : shownLoss + smoothing * (loss - shownLoss);
    history.add({ step, learningRate, loss, accuracy: correct / current.count });
    options.progress(step + 1, steps, 'steps', `loss ${shownLoss.toFixed(3)}`);
  }
  const end = resumed?.step === steps ? resumed : await stateBefore(steps);
  if (end !== resumed) await checkpoint.store(end);
  const parameters = new Map([...end.parameters, ...(end.average ?? [])]);
  return { parameters, history: { columns: end.columns }, images };
};
