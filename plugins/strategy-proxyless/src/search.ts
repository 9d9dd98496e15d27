// The search: path-level binarisation, the gates' gradients and the expected latency, Adam (ProxylessNAS, sections 3.2 and 3.3).
import type { GateMode, ProgramState, SearchContext, SearchHistory, SearchResult } from '@nasc/core';
import { DiagnosticError } from '@nasc/diagnostics';
import { choicesOf } from '@nasc/ir';
import type { ChoiceNode } from '@nasc/ir';
import { Random } from '@nasc/random';
import { columnRecorder, firstNotFinite, readAhead, stepKey } from '@nasc/training';
import { initialArchitecture, restoreArchitecture, storeArchitecture } from './architecture-parameters.ts';
import type { StoredArchitecture } from './architecture-parameters.ts';
import { architectureStep } from './architecture-step.ts';
import { entropy } from './entropy.ts';
import { latencyTerm } from './latency-term.ts';
import { messages } from './messages.ts';
import type { ProxylessOptions } from './options.ts';
import { sampleGates } from './sample-gates.ts';
import { logSoftmax, softmax } from './softmax.ts';
import { weightTraining } from './weight-steps.ts';

const snapshotCount = 20;

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** Cost of a gate step on one image, in forward and backward passes of one path: each further candidate is a forward pass, a third of that. */
const gateStepCost = (choices: readonly ChoiceNode[], mode: GateMode): number =>
  1 + mean(choices.map(({ candidates }) => (mode === 'two' ? 1 : candidates.length - 1))) / 3;

const columnNames = ['step', 'loss', 'accuracy', 'expectedMs', 'lambda', 'entropy'] as const;

type Snapshot = NonNullable<SearchHistory['snapshots']>[number];

/** All that the steps from `step` on depend on: random numbers, batches and rates are functions of the step. */
interface SearchState {
  readonly step: number;
  readonly architecture: StoredArchitecture;
  readonly lambda: number;
  readonly images: number;
  readonly columns: Readonly<Record<(typeof columnNames)[number], readonly number[]>>;
  readonly snapshots: readonly Snapshot[];
  /** Shared weights and their momentum; undefined where they rest, as the warm-up left them. */
  readonly weights: ProgramState | undefined;
}

export const search = async (context: SearchContext, options: ProxylessOptions): Promise<SearchResult> => {
  const { program, latency, checkpoint } = context;
  const choices = choicesOf(context.space.graph);
  if (choices.every(({ candidates }) => candidates.length < 2)) context.report(messages.nothingToChoose());

  const { steps, gates } = options;
  const seed = options.seed ?? context.config.seed;
  const term = latencyTerm(options, latency, context.limitMs);
  const resumed = await checkpoint.resume<SearchState>();
  if (resumed?.weights) await program.writeState(resumed.weights);
  if (resumed) context.progress(resumed.step, steps, 'steps');

  const architecture = resumed ? restoreArchitecture(choices, resumed.architecture) : initialArchitecture(choices, seed);
  const { alphas } = architecture;
  const trainWeights = weightTraining(context, options, seed);
  const validationBatch = readAhead(context.validationBatches, steps);
  const history = columnRecorder(columnNames, resumed?.columns);
  const snapshots = [...(resumed?.snapshots ?? [])];
  const snapshotEvery = Math.max(1, Math.round(steps / snapshotCount));
  let lambda = resumed?.lambda ?? term.initialLambda;
  let images = resumed?.images ?? 0;
  let keptSteps = resumed?.step;

  const divergedAt = (step: number) => (what: string) => {
    const loss = history.columns().loss[step - 1];
    const lastGood = loss === undefined ? undefined : { step, loss };
    return new DiagnosticError([messages.notFinite({ what, step: step + 1, options, lastGood, keptSteps })]);
  };
  const finiteWeights = async (step: number): Promise<ProgramState> => {
    const state = await program.readState();
    const bad = firstNotFinite(state.parameters) ?? firstNotFinite(state.momentum);
    if (bad !== undefined) throw divergedAt(step - 1)(`values of "${bad}" are not numbers`);
    return state;
  };
  const stateBefore = async (step: number): Promise<SearchState> => {
    const weights = options.weightSteps > 0 ? await finiteWeights(step) : undefined;
    keptSteps = step;
    return { step, architecture: storeArchitecture(architecture), lambda, images, columns: history.columns(), snapshots, weights };
  };

  for (let step = resumed?.step ?? 0; step < steps; step++) {
    await checkpoint.offer(() => stateBefore(step));
    const diverged = divergedAt(step);
    const probabilities = alphas.map(softmax);
    images += await trainWeights(step, probabilities, diverged);

    const batch = await validationBatch(step);
    const sample = sampleGates(gates, alphas, probabilities, new Random({ seed, stream: 'search.gates', step }));
    const measured = await program.candidateGradients(batch, sample, { randomKey: stepKey(seed, 'search.gateStep', step) });
    if (!Number.isFinite(measured.loss)) throw diverged('the cross-entropy is not a number');
    images += batch.count * gateStepCost(choices, gates);

    const expectedMs = architectureStep(architecture, { options, latency, term, lambda, sample, measured, diverged });
    const { loss, correct } = measured;
    history.add({ step, loss, accuracy: correct / batch.count, expectedMs, lambda, entropy: mean(probabilities.map(entropy)) });
    if (step % snapshotEvery === 0) snapshots.push({ step, probabilities: probabilities.map((p) => [...p]) });
    lambda = term.nextLambda(lambda, expectedMs);
    context.progress(step + 1, steps, 'steps', `loss ${loss.toFixed(3)}, expected ${expectedMs.toFixed(3)} ms`);
  }
  snapshots.push({ step: steps, probabilities: alphas.map((alpha) => [...softmax(alpha)]) });

  return {
    kind: 'distribution',
    strategy: 'proxyless-gradient',
    logProbabilities: alphas.map((alpha) => [...logSoftmax(alpha)]),
    weights: (await finiteWeights(steps)).parameters,
    history: { columns: history.columns(), snapshots },
    imagesForwardBackward: Math.round(images),
  };
};
