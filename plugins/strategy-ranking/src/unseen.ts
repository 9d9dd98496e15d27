// No network is scored twice.
import type { ScoredNetwork } from './rank-networks.ts';

export interface UnseenOptions {
  readonly tries: number;
  /** What else is asked of a network. */
  fits?(choices: readonly number[]): boolean;
}

/** Of 200 networks, drawn uniformly, the last one is missed once in 10^8 times. */
const drawn: UnseenOptions = { tries: 4000 };

/** What `propose` gives that is not among the scored ones; undefined where it gives nothing, or in so many tries nothing new. */
export const unseen = (
  scored: readonly ScoredNetwork[],
  propose: () => readonly number[] | undefined,
  { tries, fits = () => true }: UnseenOptions = drawn,
): readonly number[] | undefined => {
  const seen = new Set(scored.map(({ choices }) => choices.join(',')));
  for (let attempt = 0; attempt < tries; attempt++) {
    const choices = propose();
    if (!choices) return undefined;
    if (fits(choices) && !seen.has(choices.join(','))) return choices;
  }
  return undefined;
};
