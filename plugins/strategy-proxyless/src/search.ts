// The search: path-level binarisation, the gates' gradients and the expected latency, Adam (ProxylessNAS, sections 3.2 and 3.3).
import type { GateMode, SearchContext, SearchResult } from '@nasc/core';
import { DiagnosticError } from '@nasc/diagnostics';
import { choicesOf } from '@nasc/ir';
import type { ChoiceNode } from '@nasc/ir';
import { Random } from '@nasc/random';
import { columnRecorder, readAhead, stepKey } from '@nasc/training';
import { architectureStep, initialArchitecture } from './architecture-step.ts';
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

export const search = async (context: SearchContext, options: ProxylessOptions): Promise<SearchResult> => {
  const { program, latency, signal } = context;
  const choices = choicesOf(context.space.graph);
  if (choices.every(({ candidates }) => candidates.length < 2)) context.report(messages.nothingToChoose());

  const { steps, gates } = options;
  const seed = options.seed ?? context.config.seed;
  const term = latencyTerm(options, latency, context.limitMs);
  const architecture = initialArchitecture(choices, seed);
  const { alphas } = architecture;
  const trainWeights = weightTraining(context, options, seed);
  const validationBatch = readAhead(context.validationBatches, steps);
  const history = columnRecorder(['step', 'loss', 'accuracy', 'expectedMs', 'lambda', 'entropy']);
  const snapshots: { step: number; probabilities: number[][] }[] = [];
  const snapshotEvery = Math.max(1, Math.round(steps / snapshotCount));
  let lambda = term.initialLambda;
  let images = 0;

  for (let step = 0; step < steps; step++) {
    signal.throwIfAborted();
    const probabilities = alphas.map(softmax);
    images += await trainWeights(step, probabilities);

    const batch = await validationBatch(step);
    const sample = sampleGates(gates, alphas, probabilities, new Random({ seed, stream: 'search.gates', step }));
    const measured = await program.candidateGradients(batch, sample, { randomKey: stepKey(seed, 'search.gateStep', step), signal });
    if (!Number.isFinite(measured.loss)) throw new DiagnosticError([messages.notFinite(step, 'the cross-entropy')]);
    images += batch.count * gateStepCost(choices, gates);

    const expectedMs = architectureStep(architecture, { step, options, latency, term, lambda, sample, measured });
    const { loss, correct } = measured;
    history.add({ step, loss, accuracy: correct / batch.count, expectedMs, lambda, entropy: mean(probabilities.map(entropy)) });
    if (step % snapshotEvery === 0) snapshots.push({ step, probabilities: probabilities.map((p) => [...p]) });
    lambda = term.nextLambda(lambda, expectedMs);
    context.progress(step + 1, steps, 'step', `loss ${loss.toFixed(3)}, expected ${expectedMs.toFixed(3)} ms`);
  }
  snapshots.push({ step: steps, probabilities: alphas.map((alpha) => [...softmax(alpha)]) });

  return {
    kind: 'distribution',
    strategy: 'proxyless-gradient',
    logProbabilities: alphas.map((alpha) => [...logSoftmax(alpha)]),
    weights: (await program.readState()).parameters,
    history: { columns: history.columns(), snapshots },
    imagesForwardBackward: Math.round(images),
  };
};
