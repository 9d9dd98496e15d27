// Philox4x32-10 (Salmon et al., SC 2011): a counter-based generator. Every random number of the project is a pure
// function of (seed, stream, epoch, step, index), so that any worker, thread or resumed run draws the same ones.
const multiplier0 = 0xd2511f53;
const multiplier1 = 0xcd9e8d57;
const weyl0 = 0x9e3779b9;
const weyl1 = 0xbb67ae85;
/** High 32 bits of `a * b`; b is given by its halves. */
const multiplyHigh = (a, bLow, bHigh) => {
    const aLow = a & 0xffff;
    const aHigh = a >>> 16;
    const middle1 = aHigh * bLow + ((aLow * bLow) >>> 16); // < 2^32
    const middle2 = aLow * bHigh + (middle1 & 0xffff); // < 2^32
    return (aHigh * bHigh + (middle1 >>> 16) + (middle2 >>> 16)) | 0;
};
/** Writes the four uniform uint32 of a 128-bit counter and a 64-bit key to `into`. */
export const philoxInto = (into, c0, c1, c2, c3, k0, k1) => {
    for (let round = 0; round < 10; round++) {
        const high0 = multiplyHigh(c0, multiplier0 & 0xffff, multiplier0 >>> 16);
        const low0 = Math.imul(multiplier0, c0);
        const high1 = multiplyHigh(c2, multiplier1 & 0xffff, multiplier1 >>> 16);
        const low1 = Math.imul(multiplier1, c2);
        c0 = high1 ^ c1 ^ k0;
        c1 = low1;
        c2 = high0 ^ c3 ^ k1;
        c3 = low0;
        k0 = (k0 + weyl0) | 0;
        k1 = (k1 + weyl1) | 0;
    }
    into[0] = c0;
    into[1] = c1;
    into[2] = c2;
    into[3] = c3;
};
/** Four uniform uint32 for a 128-bit counter and a 64-bit key. */
export const philox4x32 = (counter, key) => {
    const words = new Uint32Array(4);
    philoxInto(words, ...counter, ...key);
    return [words[0], words[1], words[2], words[3]];
};
//# sourceMappingURL=philox.js.map