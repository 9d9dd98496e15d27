// Top-5: the images whose label is among the five largest logits.

const five = 5;

/**
 * Of logits [N, classes] and class indices [N]. Undefined for five classes or fewer, where every image would count. Of equal
 * logits the first comes first, as for the largest one; one that is not a number is right for no image, and comes before all others.
 */
export const countTopFive = (logits: ArrayLike<number>, labels: ArrayLike<number>, classes: number): number | undefined => {
  if (classes <= five) return undefined;
  let count = 0;
  for (let n = 0; n < labels.length; n++) {
    const start = n * classes;
    const own = logits[start + labels[n]!]!;
    let before = 0;
    for (let i = 0; i < classes; i++) {
      const other = logits[start + i]!;
      if (i < labels[n]! ? !(other < own) : i > labels[n]! && !(other <= own)) before++;
    }
    if (before < five) count++;
  }
  return count;
};
