export type Counter = readonly [number, number, number, number];
/** Writes the four uniform uint32 of a 128-bit counter and a 64-bit key to `into`. */
export declare const philoxInto: (into: Uint32Array, c0: number, c1: number, c2: number, c3: number, k0: number, k1: number) => void;
/** Four uniform uint32 for a 128-bit counter and a 64-bit key. */
export declare const philox4x32: (counter: Counter, key: readonly [number, number]) => [number, number, number, number];
//# sourceMappingURL=philox.d.ts.map