// The closest known name to a misspelt one.

/** Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment). */
const editDistance = (a: string, b: string): number => {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? beforeLast[j - 2]! + 1 : Infinity;
      current[j] = Math.min(substitution, swap, last[j]! + 1, current[j - 1]! + 1);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length]!;
};

/** The known name within a third of the word's length in edits (one at least, letter case ignored), or undefined. */
export const didYouMean = (word: string, known: Iterable<string>): string | undefined => {
  let best: string | undefined;
  // A word of which no letter is kept suggests nothing.
  let bestDistance = Math.min(Math.max(1, Math.floor(word.length / 3)) + 0.5, word.length);
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
};
