// Partial networks of the first choices, one a row: what they gain and cost, and what they are made of. Rows stand in the order of their
// candidates (the first choice counts most), so that of two equal networks the one of the lower row comes first.

export interface Labels {
  readonly count: number;
  readonly gain: Float64Array;
  /** By limit. */
  readonly costs: readonly Float64Array[];
  /** The most that any completion gains in all. */
  readonly bound: Float64Array;
  /** Row of the choices before the last one, and its candidate. */
  readonly parent: Int32Array;
  readonly candidate: Uint16Array;
}

const arraysFor = (capacity: number, limits: number) => ({
  gain: new Float64Array(capacity),
  costs: Array.from({ length: limits }, () => new Float64Array(capacity)),
  bound: new Float64Array(capacity),
  parent: new Int32Array(capacity),
  candidate: new Uint16Array(capacity),
});

export const noChoices = (constants: readonly number[]): Labels => {
  const { costs, ...arrays } = arraysFor(1, constants.length);
  for (const [limit, constant] of constants.entries()) costs[limit]![0] = constant;
  arrays.bound[0] = Infinity;
  return { count: 1, costs, ...arrays };
};

/** Rows by their indices, in that order. */
export const pickRows = (labels: Labels, rows: ArrayLike<number>): Labels => {
  const { costs, ...picked } = arraysFor(rows.length, labels.costs.length);
  for (let row = 0; row < rows.length; row++) {
    const from = rows[row]!;
    picked.gain[row] = labels.gain[from]!;
    picked.bound[row] = labels.bound[from]!;
    picked.parent[row] = labels.parent[from]!;
    picked.candidate[row] = labels.candidate[from]!;
    for (let limit = 0; limit < costs.length; limit++) costs[limit]![row] = labels.costs[limit]![from]!;
  }
  return { count: rows.length, costs, ...picked };
};

/** Collects rows; the arrays grow. */
export class LabelList {
  #arrays: ReturnType<typeof arraysFor>;
  readonly #limits: number;
  #count = 0;

  constructor(limits: number) {
    this.#limits = limits;
    this.#arrays = arraysFor(1024, limits);
  }

  add(gain: number, costs: Float64Array, bound: number, parent: number, candidate: number): void {
    if (this.#count === this.#arrays.gain.length) this.#grow();
    const { gain: gains, costs: allCosts, bound: bounds, parent: parents, candidate: candidates } = this.#arrays;
    const row = this.#count++;
    gains[row] = gain;
    bounds[row] = bound;
    parents[row] = parent;
    candidates[row] = candidate;
    for (let limit = 0; limit < allCosts.length; limit++) allCosts[limit]![row] = costs[limit]!;
  }

  /** Valid until the next `add`. */
  labels(): Labels {
    return { count: this.#count, ...this.#arrays };
  }

  #grow(): void {
    const old = this.#arrays;
    const larger = arraysFor(2 * old.gain.length, this.#limits);
    larger.gain.set(old.gain);
    larger.bound.set(old.bound);
    larger.parent.set(old.parent);
    larger.candidate.set(old.candidate);
    for (const [limit, costs] of larger.costs.entries()) costs.set(old.costs[limit]!);
    this.#arrays = larger;
  }
}
