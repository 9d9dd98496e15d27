// Arrays for kernels under test, with guard elements on both sides that tell when a kernel writes outside.

export type PlainValues = Float64Array | Float32Array;

export interface GuardedMemory {
  /** An array with that content: one value everywhere, or a copy. */
  allocate(length: number, content: number | ArrayLike<number>): PlainValues;
  /** Whether nothing was written next to an array of this memory. */
  isIntact(values: PlainValues): boolean;
}

const guardLength = 32;
/** Exact in both precisions, and nothing that a kernel is likely to write. */
const guardValue = -6143.125;

export const createGuardedMemory = (precision: 'double' | 'float'): GuardedMemory => {
  const surroundings = new WeakMap<PlainValues, PlainValues>();
  return {
    allocate(length, content) {
      const size = length + 2 * guardLength;
      const whole = precision === 'double' ? new Float64Array(size) : new Float32Array(size);
      whole.fill(guardValue, 0, guardLength).fill(guardValue, size - guardLength);
      const values = whole.subarray(guardLength, guardLength + length);
      if (typeof content === 'number') values.fill(content);
      else values.set(content);
      surroundings.set(values, whole);
      return values;
    },
    isIntact(values) {
      const whole = surroundings.get(values);
      if (!whole) return true;
      for (let i = 0; i < guardLength; i++) {
        if (whole[i] !== guardValue || whole[whole.length - 1 - i] !== guardValue) return false;
      }
      return true;
    },
  };
};
