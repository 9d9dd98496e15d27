// How undecided a choice is: from log N (all candidates alike) down to 0 (decided).

/** H = -sum_i p_i log p_i, nats; 0 log 0 is 0. */
export const entropy = (p: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < p.length; i++) if (p[i]! > 0) sum -= p[i]! * Math.log(p[i]!);
  return sum;
};
