// Plugin kind `latencyPredictor`: turns a target's measured blocks into the cost model that search and select use.
import type { SearchSpaceGraph } from '@nasc/ir';
import type { BlockLatencies, LatencyValue } from './target.ts';

export interface LatencyPredictor {
  readonly name: string;
  readonly description: string;
  /** Values for every candidate; a missing one is an error that names the key and the command that measures it. */
  predict(
    space: SearchSpaceGraph,
    measured: BlockLatencies,
  ): {
    readonly choices: readonly (readonly LatencyValue[])[];
    readonly fixed: Readonly<Record<string, LatencyValue>>;
  };
}
