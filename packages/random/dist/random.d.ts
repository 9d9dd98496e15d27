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
export declare const streamNumber: (name: string) => number;
/** The sequence that belongs to a key. The same key always yields the same sequence. */
export declare class Random {
    #private;
    constructor(key: RandomKey);
    uint32(): number;
    /** Uniform in [0, 1), 32 bits. */
    uniform(): number;
    /** Uniform integer in [0, bound), without bias. */
    integer(bound: number): number;
    /** Standard normal (Box-Muller). */
    normal(): number;
    /** Index drawn with the given probabilities (they need not be normalised). */
    categorical(probabilities: ArrayLike<number>): number;
    /** A permutation of 0..length-1 (Fisher-Yates). */
    permutation(length: number): Uint32Array;
}
//# sourceMappingURL=random.d.ts.map