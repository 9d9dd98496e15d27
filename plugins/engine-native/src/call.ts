// A kernel call on named buffers, and its form as words for the C runtime.

/**
 * Name of a buffer. Within a region (the graph between choices, or one candidate):
 *   `v:ID` value, `g:ID` gradient of a value, `a:ID` what is added to the gradient of a region's input, `s:NODE.NAME` kept
 *   from forward to backward, `t:...` temporary.
 * Of the whole program: `p:ID` parameter, `d:ID` gradient of a parameter, `@NAME` engine's own.
 */
export type BufferId = string;

export interface Call {
  readonly kernel: string;
  readonly tensors: readonly BufferId[];
  /** `dims[0]` is the batch. */
  readonly dims: readonly number[];
  readonly scalars: readonly number[];
  readonly items: number;
  /** It needs nothing of the call before it, and may run along with it. */
  readonly joins?: boolean;
}

/** Bytes of a line: every buffer starts at one, and addresses are counted in them. */
export const lineBytes = 64;
/** Floats of the longest vector. */
const longestVector = 16;
/** With room for a vector that begins at the last float: kernels read whole vectors at the end of a row. */
export const linesOf = (floats: number): number => Math.ceil(((floats + longestVector - 1) * 4) / lineBytes);

/** Elements of an item of the elementwise kernels in `kernels/step.h`: NASC_RUN. */
const run = 4096;

/** An elementwise kernel of `kernels/step.h` over `count` floats. */
export const elementwise = (
  kernel: 'nasc_copy' | 'nasc_clear' | 'nasc_sum' | 'nasc_scale' | 'nasc_accumulate_scaled' | 'nasc_sgd',
  tensors: readonly BufferId[],
  batch: number,
  count: number,
  scalars: readonly number[] = [],
  extraDims: readonly number[] = [],
): Call => ({ kernel, tensors, dims: [batch, count, ...extraDims], scalars, items: Math.ceil(count / run) });

/** Partials of a dot product over `count` floats, in doubles. */
export const dotPartials = (count: number): number => Math.ceil(count / run);

/** <x, y> into the line `result`; `partials` is scratch for `dotPartials(count)` doubles. */
export const dotProduct = (
  x: BufferId,
  y: BufferId,
  partials: BufferId,
  result: BufferId,
  batch: number,
  count: number,
): readonly Call[] => [
  { kernel: 'nasc_dot_partials', tensors: [x, y, partials], dims: [batch, count], scalars: [], items: dotPartials(count) },
  { kernel: 'nasc_dot_sum', tensors: [partials, result], dims: [batch, dotPartials(count)], scalars: [], items: 1 },
];

const joinsFlag = 1;

/** Words of some calls (see `kernels/runtime.h`); `lineOf` places buffers. */
export const encodeCalls = (
  calls: readonly Call[],
  kernels: ReadonlyMap<string, number>,
  lineOf: (buffer: BufferId) => number,
): Int32Array => {
  const length = calls.reduce((sum, { tensors, dims, scalars }) => sum + 6 + tensors.length + dims.length + 2 * scalars.length, 0);
  const words = new Int32Array(length);
  const scalar = new Float64Array(1);
  const halves = new Int32Array(scalar.buffer);
  let at = 0;
  for (const { kernel, tensors, dims, scalars, items, joins } of calls) {
    const flag = joins ? joinsFlag : 0;
    const number = kernels.get(kernel);
    if (number === undefined) throw new Error(`There is no kernel "${kernel}".`);
    for (const word of [number, tensors.length, dims.length, scalars.length, items, flag]) words[at++] = word;
    for (const buffer of tensors) words[at++] = lineOf(buffer);
    for (const dim of dims) words[at++] = dim;
    for (const value of scalars) {
      scalar[0] = value;
      words[at++] = halves[0]!;
      words[at++] = halves[1]!;
    }
  }
  return words;
};

/** What can be told of an encoded call without the names of its buffers. */
export interface DecodedCall {
  readonly kernel: number;
  readonly dims: Int32Array;
  readonly items: number;
}

/** The calls in what `encodeCalls` wrote. */
export function* decodeCalls(words: Int32Array): Generator<DecodedCall> {
  for (let at = 0; at < words.length;) {
    const [kernel, tensors, dims, scalars, items] = words.subarray(at, at + 5) as unknown as [number, number, number, number, number];
    const first = at + 6 + tensors;
    yield { kernel, dims: words.subarray(first, first + dims), items };
    at = first + dims + 2 * scalars;
  }
}
