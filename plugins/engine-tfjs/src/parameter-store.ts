// What a program keeps between its calls: parameters, momentum, their moving average, and the gradients gathered since the last update.
import type { GraphParameter, Tensor as HostTensor, TensorTable } from '@nasc/ir';
import type { Tensor, Tfjs } from '@nasc/tfjs';

type Slot = 'values' | 'momentum' | 'average' | 'gradients';

/** Owns the tensors that it is given. Parameters and momentum are zero until they are written; averages and gradients may be absent. */
export class ParameterStore {
  readonly #tf: Tfjs;
  readonly #parameters: ReadonlyMap<string, GraphParameter>;
  readonly #slots: Readonly<Record<Slot, Map<string, Tensor>>> = {
    values: new Map(),
    momentum: new Map(),
    average: new Map(),
    gradients: new Map(),
  };

  constructor(tf: Tfjs, parameters: ReadonlyMap<string, GraphParameter>) {
    this.#tf = tf;
    this.#parameters = parameters;
    for (const { id, spec } of parameters.values()) {
      this.set('values', id, tf.zeros([...spec.shape]));
      if (spec.trainable) this.set('momentum', id, tf.zeros([...spec.shape]));
    }
  }

  value(id: string): Tensor {
    return this.#slots.values.get(id)!;
  }

  momentum(id: string): Tensor {
    return this.#slots.momentum.get(id)!;
  }

  average(id: string): Tensor {
    return this.#slots.average.get(id)!;
  }

  gradient(id: string): Tensor | undefined {
    return this.#slots.gradients.get(id);
  }

  /** `tensor` survives the scope that it was made in; what it replaces is disposed of. */
  set(slot: Slot, id: string, tensor: Tensor): void {
    this.#slots[slot].get(id)?.dispose();
    this.#slots[slot].set(id, this.#tf.keep(tensor));
  }

  write(slot: Slot, table: TensorTable): void {
    // A copy, because the library may read the array later, at the first op.
    for (const [id, { data }] of table) this.set(slot, id, this.#tf.tensor(data.slice(), [...this.#parameters.get(id)!.spec.shape]));
  }

  get hasAverage(): boolean {
    return this.#slots.average.size > 0;
  }

  /** Where there is no average yet, it is the weights. */
  beginAverage(): void {
    if (this.hasAverage) return;
    for (const { id, spec } of this.#parameters.values()) if (spec.trainable) this.set('average', id, this.#tf.clone(this.value(id)));
  }

  clearAverage(): void {
    for (const average of this.#slots.average.values()) average.dispose();
    this.#slots.average.clear();
  }

  clearMomentum(): void {
    for (const [id, { shape }] of this.#slots.momentum) this.set('momentum', id, this.#tf.zeros(shape));
  }

  clearGradients(): void {
    for (const gradient of this.#slots.gradients.values()) gradient.dispose();
    this.#slots.gradients.clear();
  }

  /** A copy. Absent gradients are zero; only what is trained has momentum and gradients. */
  read(slot: Slot): TensorTable {
    const table = new Map<string, HostTensor>();
    for (const { id, spec } of this.#parameters.values()) {
      if (slot !== 'values' && !spec.trainable) continue;
      const data = this.#slots[slot].get(id)?.dataSync<'float32'>().slice();
      table.set(id, { shape: spec.shape, data: data ?? new Float32Array(spec.shape.reduce((product, size) => product * size, 1)) });
    }
    return table;
  }

  dispose(): void {
    for (const tensors of Object.values(this.#slots)) for (const tensor of tensors.values()) tensor.dispose();
  }
}
