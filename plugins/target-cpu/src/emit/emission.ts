// Everything that the writers of the single files share.
import type { CProgram, MemoryPlan, VectorWidth } from '@nasc/c-emit';
import type { DeployableNetwork } from '@nasc/core';
import type { TensorType } from '@nasc/ir';

export interface Emission {
  /** Prefix of files, functions and macros. */
  readonly name: string;
  readonly network: DeployableNetwork;
  readonly program: CProgram;
  readonly plan: MemoryPlan;
  readonly vectorWidth: VectorWidth;
  readonly inputShape: readonly [number, number, number];
  /** Values and weight arrays by id -> C identifier. */
  readonly nameOf: (id: string) => string;
  readonly typeOf: (id: string) => TensorType;
}

/** Name of a weight array in C. */
export const weightName = (emission: Emission, id: string): string => emission.nameOf(`${emission.name}_weights_${id}`);
