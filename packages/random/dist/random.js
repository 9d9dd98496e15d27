// Named streams of random numbers on top of Philox.
import { philoxInto } from './philox.js';
/** FNV-1a, 32 bits: a stream's name as a number. */
export const streamNumber = (name) => {
    let hash = 0x811c9dc5;
    for (let i = 0; i < name.length; i++)
        hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
    return hash >>> 0;
};
/** The sequence that belongs to a key. The same key always yields the same sequence. */
export class Random {
    #key;
    #counter;
    #block = 0;
    #words = new Uint32Array(4);
    #used = 4;
    constructor(key) {
        this.#key = [key.seed >>> 0, streamNumber(key.stream)];
        this.#counter = [(key.index ?? 0) >>> 0, (key.step ?? 0) >>> 0, (key.epoch ?? 0) >>> 0];
    }
    uint32() {
        if (this.#used === 4) {
            const [index, step, epoch] = this.#counter;
            philoxInto(this.#words, this.#block++, index, step, epoch, this.#key[0], this.#key[1]);
            this.#used = 0;
        }
        return this.#words[this.#used++];
    }
    /** Uniform in [0, 1), 32 bits. */
    uniform() {
        return this.uint32() / 4294967296;
    }
    /** Uniform integer in [0, bound), without bias. */
    integer(bound) {
        const limit = 4294967296 - (4294967296 % bound);
        for (;;) {
            const word = this.uint32();
            if (word < limit)
                return word % bound;
        }
    }
    /** Standard normal (Box-Muller). */
    normal() {
        const radius = Math.sqrt(-2 * Math.log((this.uint32() + 1) / 4294967296));
        return radius * Math.cos(2 * Math.PI * this.uniform());
    }
    /** Index drawn with the given probabilities (they need not be normalised). */
    categorical(probabilities) {
        let total = 0;
        for (let i = 0; i < probabilities.length; i++)
            total += probabilities[i];
        let rest = this.uniform() * total;
        for (let i = 0; i < probabilities.length; i++) {
            rest -= probabilities[i];
            if (rest < 0)
                return i;
        }
        let last = probabilities.length - 1;
        while (last > 0 && probabilities[last] === 0)
            last--;
        return last;
    }
    /** A permutation of 0..length-1 (Fisher-Yates). */
    permutation(length) {
        const order = Uint32Array.from({ length }, (_, index) => index);
        for (let i = length - 1; i > 0; i--) {
            const j = this.integer(i + 1);
            const swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
        return order;
    }
}
//# sourceMappingURL=random.js.map