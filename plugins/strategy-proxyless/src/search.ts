// The search: path-level binarisation, the gates' gradients and the expected latency, Adam (ProxylessNAS, sections 3.2 and 3.3).
import type { GateSample, SearchContext, SearchResult } from '@nasc/core';
import { singlePath } from '@nasc/core';
import { DiagnosticError } from '@nasc/diagnostics';
import { choicesOf } from '@nasc/ir';
import type { ChoiceNode } from '@nasc/ir';
import { Random } from '@nasc/random';
import { columnRecorder, cosineSchedule, readAhead, stepKey } from '@nasc/training';
import { adamState, adamStep } from './adam.ts';
import { alphaGradient, alphaGradientOfPair, pairProbabilities } from './alpha-gradient.ts';
import { entropy } from './entropy.ts';
import { expectedLatency, expectedLatencyGradient } from './expected-latency.ts';
import { latencyTerm } from './latency-term.ts';
import { messages } from './messages.ts';
import type { ProxylessOptions } from './options.ts';
import { rescalePair } from './rescale-pair.ts';
import { sampleGates, samplePath } from './sample-gates.ts';
import { logSoftmax, softmax } from './softmax.ts';

/** alpha ~ N(0, 0.001^2): close to uniform, but no two candidates are tied. */
const initialAlpha = (choice: ChoiceNode, index: number, seed: number): Float64Array => {
  const random = new Random({ seed, stream: 'search.alpha', index });
  return Float64Array.from(choice.candidates, () => 1e-3 * random.normal());
};

const isZero = (choice: ChoiceNode, candidate: number): boolean =>
  choice.candidates[candidate]!.graph.nodes.some(({ op }) => op === 'zero');

/** The probabilities that the expected latency is taken over: all candidates', or those of the sampled pair alone. */
const latencyProbabilities = (alpha: Float64Array, p: Float64Array, pair: readonly [number, number] | undefined): Float64Array => {
  if (!pair) return p;
  const ofPair = pairProbabilities(alpha, pair);
  const spread = new Float64Array(alpha.length);
  spread[pair[0]] = ofPair[0];
  spread[pair[1]] = ofPair[1];
  return spread;
};

const pairOf = (sample: GateSample, choice: number): readonly [number, number] | undefined =>
  sample.mode === 'two' ? [sample.active[choice]!, sample.other![choice]!] : undefined;

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** Images of a gate step in units of one forward and one backward pass: each further candidate costs a forward pass, a third of that. */
const gateStepCost = (choices: readonly ChoiceNode[], mode: GateSample['mode']): number =>
  1 + mean(choices.map(({ candidates }) => (mode === 'two' ? 1 : candidates.length - 1))) / 3;

export const search = async (context: SearchContext, options: ProxylessOptions): Promise<SearchResult> => {
  const { program, latency, signal } = context;
  const choices = choicesOf(context.space.graph);
  if (choices.every(({ candidates }) => candidates.length < 2)) context.report(messages.nothingToChoose());

  const seed = options.seed ?? context.config.seed;
  const term = latencyTerm(options, latency, context.limitMs);
  const adam = { learningRate: options.learningRate, beta1: 0, beta2: 0.999, epsilon: 1e-8 };
  const alphas = choices.map((choice, index) => initialAlpha(choice, index, seed));
  const states = alphas.map(({ length }) => adamState(length));

  const weightStepsTotal = options.steps * options.weightSteps;
  const weightRate = cosineSchedule({ learningRate: options.weightLearningRate, warmUpSteps: 0, steps: weightStepsTotal });
  const trainBatch = readAhead(context.trainBatches, weightStepsTotal);
  const validationBatch = readAhead(context.validationBatches, options.steps);

  const history = columnRecorder(['step', 'loss', 'accuracy', 'expectedMs', 'lambda', 'entropy']);
  const snapshots: { step: number; probabilities: number[][] }[] = [];
  const snapshotEvery = Math.max(1, Math.round(options.steps / 20));
  let lambda = term.initialLambda;
  let images = 0;

  for (let step = 0; step < options.steps; step++) {
    signal.throwIfAborted();
    const probabilities = alphas.map(softmax);

    for (let k = 0; k < options.weightSteps; k++) {
      const weightStep = step * options.weightSteps + k;
      const batch = await trainBatch(weightStep);
      const path = samplePath(probabilities, new Random({ seed, stream: 'search.weightPath', step: weightStep }));
      const { loss } = await program.trainStep(
        batch,
        singlePath(path),
        { batchNorm: 'update', randomKey: stepKey(seed, 'search.weights', weightStep), signal },
        {
          kind: 'sgd',
          learningRate: weightRate(weightStep),
          momentum: options.momentum,
          nesterov: true,
          weightDecay: options.weightDecay,
          decayRoles: ['weight'],
        },
      );
      if (!Number.isFinite(loss)) throw new DiagnosticError([messages.notFinite(step, 'the training loss')]);
      images += batch.count;
    }

    const batch = await validationBatch(step);
    const sample = sampleGates(options.gates, alphas, probabilities, new Random({ seed, stream: 'search.gates', step }));
    const { loss, correct, gradients } = await program.candidateGradients(batch, sample, {
      randomKey: stepKey(seed, 'search.gateStep', step),
      signal,
    });
    if (!Number.isFinite(loss)) throw new DiagnosticError([messages.notFinite(step, 'the cross-entropy')]);
    images += batch.count * gateStepCost(choices, options.gates);

    const latencyPairs = choices.map((_, choice) => (options.expectedOver === 'sampled' ? pairOf(sample, choice) : undefined));
    const latencyP = alphas.map((alpha, choice) => latencyProbabilities(alpha, probabilities[choice]!, latencyPairs[choice]));
    const expectedMs = expectedLatency(latencyP, latency);
    const { perCrossEntropy, perMs } = term.loss(loss, expectedMs, lambda);

    for (const [choice, alpha] of alphas.entries()) {
      const pair = pairOf(sample, choice);
      const gates = gradients[choice]!;
      const silent =
        !options.crossEntropyGradients || (options.zero === 'latency-only' && isZero(choices[choice]!, sample.active[choice]!));
      const ofCrossEntropy = pair ? alphaGradientOfPair(alpha, gates, pair) : alphaGradient(probabilities[choice]!, gates);
      const ofLatency = expectedLatencyGradient(latencyP[choice]!, latency.candidatesMs[choice]!);
      const gradient = ofLatency.map((g, i) => perMs * g + (silent ? 0 : perCrossEntropy * ofCrossEntropy[i]!));
      if (!gradient.every(Number.isFinite))
        throw new DiagnosticError([messages.notFinite(step, `a gate's gradient at ${choices[choice]!.id}`)]);
      const before = alpha.slice();
      adamStep(alpha, gradient, states[choice]!, adam);
      if (pair) rescalePair(alpha, before, pair);
    }

    history.add({ step, loss, accuracy: correct / batch.count, expectedMs, lambda, entropy: mean(probabilities.map(entropy)) });
    if (step % snapshotEvery === 0) snapshots.push({ step, probabilities: probabilities.map((p) => [...p]) });
    lambda = term.nextLambda(lambda, expectedMs);
    context.progress(step + 1, options.steps, 'step', `loss ${loss.toFixed(3)}, expected ${expectedMs.toFixed(3)} ms`);
  }
  snapshots.push({ step: options.steps, probabilities: alphas.map((alpha) => [...softmax(alpha)]) });

  return {
    kind: 'distribution',
    strategy: 'proxyless-gradient',
    logProbabilities: alphas.map((alpha) => [...logSoftmax(alpha)]),
    weights: (await program.readState()).parameters,
    history: { columns: history.columns(), snapshots },
    imagesForwardBackward: Math.round(images),
  };
};
