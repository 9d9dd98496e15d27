// The loop of every strategy that learns architecture parameters: weight steps, architecture steps, multipliers, history, checkpoints.
import type { CostTable, Mixture, ProgramState, SearchContext, SearchHistory, SearchResult, TrainingBatch } from '@nasc/core';
import { singlePath } from '@nasc/core';
import { DiagnosticError } from '@nasc/diagnostics';
import { choicesOf } from '@nasc/ir';
import { Random } from '@nasc/random';
import { columnRecorder, firstNotFinite, readAhead, stepsOf, trainingCost } from '@nasc/training';
import { initialArchitecture, restoreArchitecture, storeArchitecture } from '../gates/architecture-parameters.ts';
import type { ArchitectureParameters, StoredArchitecture } from '../gates/architecture-parameters.ts';
import { entropy } from '../gates/entropy.ts';
import { samplePath } from '../gates/sample-gates.ts';
import { logSoftmax, softmax } from '../gates/softmax.ts';
import { costText, messages } from '../messages.ts';
import type { SeedOption } from '../options.ts';
import { searchSchedule } from './search-schedule.ts';
import type { ScheduleOptions } from './search-schedule.ts';
import { weightTraining } from './weight-training.ts';
import type { WeightOptions } from './weight-training.ts';

export type LoopOptions = ScheduleOptions & WeightOptions & SeedOption & { readonly learningRate: number };

export interface ArchitectureStep<Memory> {
  /** From 0 on. */
  readonly step: number;
  readonly seed: number;
  /** Changed in place. */
  readonly architecture: ArchitectureParameters;
  /** Softmax of the architecture parameters, by choice. */
  readonly probabilities: readonly Float64Array[];
  /** What the strategy carried over from the step before. */
  readonly memory: Memory;
  /** Arch-validation batch number `index` of this step, from 0 on. */
  batch(index: number): Promise<TrainingBatch>;
  /** What is thrown where a value is not a number: `the cross-entropy is not a number`. */
  diverged(what: string): Error;
}

export interface ArchitectureOutcome<Memory> {
  /** Mean cross-entropy of the arch-validation images, nats. */
  readonly loss: number;
  /** Share of them that were classified right. */
  readonly accuracy: number;
  /** Expected costs before the step, in the order of the strategy's. */
  readonly expected: readonly number[];
  /** The strategy's own columns. */
  readonly columns: Readonly<Record<string, number>>;
  /** Images forward and backward. */
  readonly images: number;
  readonly memory: Memory;
}

export interface LoopStrategy<Memory> {
  readonly name: string;
  /** Those that take part. */
  readonly costs: readonly CostTable[];
  /** Names of what it adds to the history. */
  readonly columns: readonly string[];
  /** Plain data. */
  readonly initialMemory: Memory;
  /** Architecture parameters at the beginning; those of `initialArchitecture` when absent. */
  readonly architecture?: ArchitectureParameters;
  /** Arch-validation batches of a step; 1 when absent. */
  readonly batchesPerStep?: number;
  step(given: ArchitectureStep<Memory>): Promise<ArchitectureOutcome<Memory>>;
  /** Which candidates a weight step trains; one path drawn by the gates when absent. */
  weightMixture?(probabilities: readonly Float64Array[]): Mixture;
  /** Images forward and backward that one image of a weight step counts as; 1 when absent. */
  readonly weightStepCost?: number;
}

/** All that the steps from there on depend on: random numbers, batches and rates are functions of the step. */
interface LoopState<Memory> {
  /** Architecture steps done, and weight steps. */
  readonly step: number;
  readonly weightStep: number;
  readonly architecture: StoredArchitecture;
  readonly memory: Memory;
  readonly images: number;
  readonly columns: Readonly<Record<string, readonly number[]>>;
  readonly snapshots: NonNullable<SearchHistory['snapshots']>;
  /** Shared weights and their momentum; undefined where they rest, as the warm-up left them. */
  readonly weights: ProgramState | undefined;
}

const snapshotCount = 20;

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/**
 * Runs a strategy's steps to the end, from its checkpoint where there is one. Columns: step, loss, accuracy, entropy,
 * `expected.COST` of every cost that takes part, and the strategy's own. Throws SEARCH_NOT_FINITE.
 */
export const searchLoop = async <Memory>(
  context: SearchContext,
  options: LoopOptions,
  strategy: LoopStrategy<Memory>,
): Promise<SearchResult> => {
  const { program, checkpoint, trainBatches } = context;
  const choices = choicesOf(context.space.graph);
  if (choices.every(({ candidates }) => candidates.length < 2)) context.report(messages.nothingToChoose());

  const seed = options.seed ?? context.config.seed;
  const schedule = searchSchedule(options, stepsOf(1, trainBatches));
  const steps = choices.length === 0 ? 0 : schedule.steps;
  const trainsWeights = steps > 0 && schedule.weightSteps > 0;
  const resumed = await checkpoint.resume<LoopState<Memory>>();
  if (resumed?.weights) await program.writeState(resumed.weights);
  let weightStep = resumed?.weightStep ?? 0;
  const report = (step: number, message?: string) =>
    context.progress(step + weightStep, steps + (trainsWeights ? schedule.weightSteps : 0), 'steps', message);
  if (resumed) report(resumed.step);

  const architecture = resumed
    ? restoreArchitecture(choices, resumed.architecture)
    : (strategy.architecture ?? initialArchitecture(choices, seed));
  const { alphas } = architecture;
  const weights = weightTraining(context, options, { seed, steps: schedule.weightSteps });
  const mixtureOf = (probabilities: readonly Float64Array[], at: number) =>
    strategy.weightMixture?.(probabilities) ??
    singlePath(samplePath(probabilities, new Random({ seed, stream: 'search.weightPath', step: at })));
  const { costs, batchesPerStep = 1 } = strategy;
  const validationBatch = readAhead(context.validationBatches, steps * batchesPerStep);
  const expectedColumns = costs.map(({ name }) => `expected.${name}`);
  const history = columnRecorder(['step', 'loss', 'accuracy', 'entropy', ...expectedColumns, ...strategy.columns], resumed?.columns);
  const snapshots = [...(resumed?.snapshots ?? [])];
  const snapshotEvery = Math.max(1, Math.round(steps / snapshotCount));
  let memory = resumed ? resumed.memory : strategy.initialMemory;
  let images = resumed?.images ?? 0;
  let keptSteps = resumed?.step;

  const divergedAt = (step: number) => (what: string) => {
    const loss = history.columns()['loss']![step - 1];
    const lastGood = loss === undefined ? undefined : { step, loss };
    const weightLearningRate = trainsWeights ? options.weightLearningRate : undefined;
    const { learningRate } = options;
    return new DiagnosticError([
      messages.notFinite({ what, step: step + 1, steps, learningRate, weightLearningRate, lastGood, keptSteps }),
    ]);
  };
  const finiteWeights = async (step: number): Promise<ProgramState> => {
    const state = await program.readState();
    const bad = firstNotFinite(state.parameters) ?? firstNotFinite(state.momentum);
    if (bad !== undefined) throw divergedAt(step - 1)(`values of "${bad}" are not numbers`);
    return state;
  };
  const stateBefore = async (step: number): Promise<LoopState<Memory>> => {
    const finite = trainsWeights ? await finiteWeights(step) : undefined;
    keptSteps = step;
    return {
      step,
      weightStep,
      architecture: storeArchitecture(architecture),
      memory,
      images,
      columns: history.columns(),
      snapshots,
      weights: finite,
    };
  };
  /** Up to architecture step `step`. */
  const trainWeights = async (step: number, probabilities: readonly Float64Array[]): Promise<void> => {
    const diverged = divergedAt(step);
    while (weightStep < schedule.weightStepsBefore(step)) {
      await checkpoint.offer(() => stateBefore(step));
      images += (await weights.step(weightStep, mixtureOf(probabilities, weightStep), diverged)) * (strategy.weightStepCost ?? 1);
      weightStep++;
      report(step);
    }
  };

  for (let step = resumed?.step ?? 0; step < steps; step++) {
    const probabilities = alphas.map(softmax);
    await trainWeights(step, probabilities);
    await checkpoint.offer(() => stateBefore(step));

    const batch = (index: number) => validationBatch(step * batchesPerStep + index);
    const given = { step, seed, architecture, probabilities, memory, batch, diverged: divergedAt(step) };
    const { loss, accuracy, expected, columns, ...outcome } = await strategy.step(given);
    images += outcome.images;
    memory = outcome.memory;
    const expectedRow = Object.fromEntries(expectedColumns.map((name, cost) => [name, expected[cost]!]));
    history.add({ step, loss, accuracy, entropy: mean(probabilities.map(entropy)), ...expectedRow, ...columns });
    if (step % snapshotEvery === 0) snapshots.push({ step, probabilities: probabilities.map((p) => [...p]) });
    const shown = costs.map((cost, index) => `, expected ${costText(expected[index]!, cost)}`).join('');
    report(step + 1, `loss ${loss.toFixed(3)}${shown}`);
  }
  const last = alphas.map(softmax);
  if (trainsWeights) await trainWeights(steps, last);
  snapshots.push({ step: steps, probabilities: last.map((p) => [...p]) });

  return {
    kind: 'distribution',
    strategy: strategy.name,
    logProbabilities: alphas.map((alpha) => [...logSoftmax(alpha)]),
    weights: (await finiteWeights(steps)).parameters,
    history: { columns: history.columns(), snapshots },
    cost: trainingCost(images, program),
  };
};
