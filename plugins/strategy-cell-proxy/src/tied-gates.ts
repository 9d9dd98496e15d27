// Architecture parameters that several choices share. Every choice keeps a copy; they begin alike, get the same gradients, and so stay alike.
import type { ChoiceNode } from '@nasc/ir';
import { Random } from '@nasc/random';
import { adamState } from '@nasc/search';
import type { ArchitectureParameters } from '@nasc/search';

/** Key of a candidate's shared parameter: the cell, and what the candidate is. */
const keysOf = ({ candidates }: ChoiceNode, cell: string): readonly string[] => candidates.map(({ name }) => `${cell} ${name}`);

export interface TiedGates {
  /** alpha ~ N(0, 0.001^2), the same wherever it is shared. */
  readonly initial: ArchitectureParameters;
  /** A path on which every cell is the same wherever it is repeated. */
  samplePath(alphas: readonly ArrayLike<number>[], random: Random): readonly number[];
  /** Sums of gradients over the choices that share a parameter, for each of them. */
  tie(gradients: readonly Float64Array[]): readonly Float64Array[];
}

/** `cells`: of each choice the cell that it belongs to. */
export const tiedGates = (choices: readonly ChoiceNode[], cells: readonly string[], seed: number): TiedGates => {
  const keys = choices.map((choice, index) => keysOf(choice, cells[index]!));
  const shared = [...new Set(keys.flat())];
  const random = new Random({ seed, stream: 'search.alpha' });
  const alphaOf = new Map(shared.map((key) => [key, 1e-3 * random.normal()]));
  return {
    initial: {
      choices,
      alphas: keys.map((row) => Float64Array.from(row, (key) => alphaOf.get(key)!)),
      states: keys.map((row) => adamState(row.length)),
    },
    // The largest of alpha + Gumbel noise is a draw by the softmax. Noise is shared, too; where the winner is missing the next one is taken.
    samplePath(alphas, draws) {
      const noise = new Map(shared.map((key) => [key, -Math.log(-Math.log((draws.uint32() + 0.5) / 4294967296))]));
      return alphas.map((alpha, choice) => {
        const values = Array.from(alpha, (value, index) => value + noise.get(keys[choice]![index]!)!);
        return values.indexOf(Math.max(...values));
      });
    },
    tie(gradients) {
      const sums = new Map<string, number>();
      for (const [choice, row] of keys.entries())
        for (const [index, key] of row.entries()) sums.set(key, (sums.get(key) ?? 0) + gradients[choice]![index]!);
      return keys.map((row) => Float64Array.from(row, (key) => sums.get(key)!));
    },
  };
};
