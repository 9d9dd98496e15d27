// A region from its inputs to its output.
import type { NodeId } from '@nasc/ir';
import type { BatchStatistics, Tensor, Tfjs } from '@nasc/tfjs';
import type { PlannedChoice, PlannedOp, Region } from './plan.ts';

/** Batch statistics of a node, and what its running ones become with them; tensors of the current scope. */
export type Collect = (node: NodeId, batch: BatchStatistics, moved: () => Readonly<Record<string, Tensor>>) => void;

/** What all ops of a pass over the network have in common. */
export interface Pass {
  readonly tf: Tfjs;
  /** Images, N. */
  readonly count: number;
  /** By parameter id. */
  readonly parameter: (id: string) => Tensor;
  readonly statistics: 'batch' | 'running';
  /** Key of what is random; absent where nothing is. */
  readonly randomKey?: readonly [number, number];
  readonly collect?: Collect;
}

export type RunChoice = (choice: PlannedChoice, inputs: readonly Tensor[]) => Tensor;

const runOp = ({ tf, count, parameter, statistics, randomKey, collect }: Pass, step: PlannedOp, inputs: readonly Tensor[]): Tensor => {
  const { node, lowering, parameters, salt } = step;
  const output = tf.tidy(() =>
    lowering({
      tf,
      attributes: node.attributes,
      inputs,
      parameters: Object.fromEntries(parameters.map(({ name, id }) => [name, parameter(id)])),
      shape: [count, ...node.type.shape],
      statistics,
      ...(randomKey && { random: { key: randomKey, salt } }),
      ...(collect && { collect: (batch, moved) => collect(node.id, batch, moved) }),
    }),
  );
  return inputs.includes(output) ? tf.clone(output) : output;
};

/**
 * The output as a tensor of its own. Every value is disposed of after its last reader: what the gradient needs of it, the
 * library keeps for itself. `inputs` stay.
 */
export const runRegion = (pass: Pass, region: Region, inputs: readonly Tensor[], runChoice?: RunChoice): Tensor => {
  const values = new Map(region.inputs.map((id, index) => [id, inputs[index]!]));
  region.steps.forEach((step, at) => {
    const operands = step.node.inputs.map((id) => values.get(id)!);
    values.set(step.node.id, step.kind === 'op' ? runOp(pass, step, operands) : runChoice!(step, operands));
    for (const id of region.released[at]!) values.get(id)!.dispose();
  });
  const output = values.get(region.output)!;
  return inputs.includes(output) ? pass.tf.clone(output) : output;
};
