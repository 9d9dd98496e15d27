// One pass forward and backward over a mixture of paths: gradients of parameters, and of gates.
import type { Mixture, TrainingBatch } from '@nasc/core';
import { differentiate } from '@nasc/tfjs';
import type { Tensor, Tfjs } from '@nasc/tfjs';
import { runRegion } from './forward.ts';
import type { Pass, RunChoice } from './forward.ts';
import { crossEntropy } from './loss.ts';
import type { Plan } from './plan.ts';

export interface Wanted {
  /** Ids of parameters. */
  readonly parameters: readonly string[];
  /** Candidates of every choice whose gate gradient is wanted; those that the mixture does not run are run once more. */
  readonly gates?: readonly (readonly number[])[];
}

export interface StepGradients {
  /** [N * classes] */
  readonly logits: Float32Array;
  /** Tensors of the caller's scope; undefined where the loss does not depend on the parameter. */
  readonly parameters: readonly (Tensor | undefined)[];
  /** dL/dg, by choice and in the order of the gates that were asked for. */
  readonly gates: readonly (readonly number[])[];
}

/** y = sum over entries of weight * output; with `offset` added. */
const mix = (tf: Tfjs, outputs: readonly Tensor[], weights: readonly number[], offset?: Tensor): Tensor => {
  const terms = outputs.map((output, entry) => (weights[entry] === 1 ? output : tf.mul(output, weights[entry]!)));
  if (offset) terms.push(offset);
  return terms.length === 1 ? terms[0]! : tf.addN(terms);
};

/** Runs the candidates of a mixture at every choice. */
export const mixedChoice =
  (pass: Pass, mixture: Mixture): RunChoice =>
  (choice, inputs) => {
    const { indices, weights } = mixture[choice.index]!;
    const outputs = indices.map((index) => runRegion(pass, choice.candidates[index]!, inputs));
    const mixed = mix(pass.tf, outputs, weights);
    for (const output of outputs) if (output !== mixed) output.dispose();
    return mixed;
  };

/** What a choice saw and made, kept for its gates. */
interface Trace {
  readonly inputs: readonly Tensor[];
  readonly outputs: ReadonlyMap<number, Tensor>;
}

/** <output, gradient> of every image, [N]. */
const dotProducts = (tf: Tfjs, output: Tensor, gradient: Tensor): Tensor =>
  tf.sum(tf.mul(output, gradient), output.shape.map((_, axis) => axis).slice(1));

/** The sum of each tensor [N], in double, all of them read at once. */
const readSums = (tf: Tfjs, table: readonly (readonly Tensor[])[]): readonly (readonly number[])[] => {
  const flat = table.flat();
  if (flat.length === 0) return table.map(() => []);
  const values = tf.stack(flat).dataSync<'float32'>();
  const count = values.length / flat.length;
  let at = 0;
  return table.map((row) => row.map(() => values.subarray(at * count, ++at * count).reduce((sum, value) => sum + value, 0)));
};

/**
 * Inside of one `tf.tidy` of the caller. A gate multiplies a candidate's output o, so dL/dg = <o, dL/dy>, y being the output of
 * the choice: a zero that is added to y is what the loss is differentiated by.
 */
export const forwardBackward = (pass: Pass, plan: Plan, mixture: Mixture, batch: TrainingBatch, wanted: Wanted): StepGradients => {
  const { tf } = pass;
  const kept: Tensor[] = [];
  const keep = (tensor: Tensor): Tensor => {
    const copy = tf.keep(tf.clone(tensor));
    kept.push(copy);
    return copy;
  };
  const traces: Trace[] = [];
  const offsets = wanted.gates ? plan.choices.map(({ node }) => tf.zeros([pass.count, ...node.type.shape])) : [];
  const traced: RunChoice = (choice, inputs) => {
    const { indices, weights } = mixture[choice.index]!;
    const outputs = indices.map((index) => runRegion(pass, choice.candidates[index]!, inputs));
    traces[choice.index] = { inputs: inputs.map(keep), outputs: new Map(indices.map((index, entry) => [index, keep(outputs[entry]!)])) };
    const mixed = mix(tf, outputs, weights, offsets[choice.index]);
    for (const output of outputs) output.dispose();
    return mixed;
  };

  try {
    const images = tf.tensor(batch.images, [pass.count, ...plan.imageShape]);
    let logits: Tensor | undefined;
    const { gradients } = differentiate(tf, () => {
      const output = runRegion(pass, plan.trunk, [images], wanted.gates ? traced : mixedChoice(pass, mixture));
      const rows = tf.reshape(output, [pass.count, plan.classes]);
      logits = keep(rows);
      return crossEntropy(tf, rows, batch);
    }, [...wanted.parameters.map(pass.parameter), ...offsets]);
    const { collect: _, ...alone } = pass;
    const gateProducts = (wanted.gates ?? []).map((candidates, index) => {
      const gradient = gradients[wanted.parameters.length + index];
      const { inputs, outputs } = traces[index]!;
      const regions = plan.choices[index]!.candidates;
      return candidates.map((candidate) =>
        // Nothing leads from the choice to the loss where all that follows is Zero.
        gradient
          ? tf.tidy(() => dotProducts(tf, outputs.get(candidate) ?? runRegion(alone, regions[candidate]!, inputs), gradient))
          : tf.zeros([pass.count]),
      );
    });
    return {
      logits: logits!.dataSync<'float32'>().slice(),
      parameters: gradients.slice(0, wanted.parameters.length),
      gates: readSums(tf, gateProducts),
    };
  } finally {
    for (const tensor of kept) tensor.dispose();
  }
};
