// Named streams of random numbers on top of Philox.
import { philoxInto } from './philox.ts';

export interface RandomKey {
  readonly seed: number;
  /** What the numbers are for, e.g. `warmup.path`; streams with different names are independent. */
  readonly stream: string;
  readonly epoch?: number;
  readonly step?: number;
  /** Which of many equal things, e.g. the image within the data set. */
  readonly index?: number;
}

/** FNV-1a, 32 bits: a stream's name as a number. */
export const streamNumber = (name: string): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash >>> 0;
};

/** The sequence that belongs to a key. The same key always yields the same sequence. */
export class Random {
  readonly #key: readonly [number, number];
  readonly #counter: readonly [number, number, number];
  #block = 0;
  readonly #words = new Uint32Array(4);
  #used = 4;

  constructor(key: RandomKey) {
    this.#key = [key.seed >>> 0, streamNumber(key.stream)];
    this.#counter = [(key.index ?? 0) >>> 0, (key.step ?? 0) >>> 0, (key.epoch ?? 0) >>> 0];
  }

  uint32(): number {
    if (this.#used === 4) {
      const [index, step, epoch] = this.#counter;
      philoxInto(this.#words, this.#block++, index, step, epoch, this.#key[0], this.#key[1]);
      this.#used = 0;
    }
    return this.#words[this.#used++]!;
  }

  /** Uniform in [0, 1), 32 bits. */
  uniform(): number {
    return this.uint32() / 4294967296;
  }

  /** Uniform integer in [0, bound), without bias. */
  integer(bound: number): number {
    const limit = 4294967296 - (4294967296 % bound);
    for (;;) {
      const word = this.uint32();
      if (word < limit) return word % bound;
    }
  }

  /** Standard normal (Box-Muller). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log((this.uint32() + 1) / 4294967296));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /**
   * Logarithm of a draw from Gamma(shape, 1), shape > 0: Marsaglia and Tsang (2000), "A simple method for generating gamma
   * variables"; shapes below 1 by Gamma(shape) = Gamma(shape + 1) * U^(1 / shape). A logarithm, as small shapes underflow.
   */
  logGamma(shape: number): number {
    if (shape < 1) return this.logGamma(shape + 1) + Math.log((this.uint32() + 1) / 4294967296) / shape;
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = this.normal();
      const v = (1 + c * x) ** 3;
      if (v <= 0) continue;
      const u = (this.uint32() + 1) / 4294967296;
      if (Math.log(u) < 0.5 * x * x + d * (1 - v + Math.log(v))) return Math.log(d * v);
    }
  }

  /** Beta(a, b) in [0, 1], both > 0: X / (X + Y) of X from Gamma(a, 1) and Y from Gamma(b, 1). */
  beta(a: number, b: number): number {
    const x = this.logGamma(a);
    const y = this.logGamma(b);
    return 1 / (1 + Math.exp(y - x));
  }

  /** Index drawn with the given probabilities (they need not be normalised). */
  categorical(probabilities: ArrayLike<number>): number {
    let total = 0;
    for (let i = 0; i < probabilities.length; i++) total += probabilities[i]!;
    let rest = this.uniform() * total;
    for (let i = 0; i < probabilities.length; i++) {
      rest -= probabilities[i]!;
      if (rest < 0) return i;
    }
    let last = probabilities.length - 1;
    while (last > 0 && probabilities[last] === 0) last--;
    return last;
  }

  /** A permutation of 0..length-1 (Fisher-Yates). */
  permutation(length: number): Uint32Array {
    const order = Uint32Array.from({ length }, (_, index) => index);
    for (let i = length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const swapped = order[i]!;
      order[i] = order[j]!;
      order[j] = swapped;
    }
    return order;
  }
}
