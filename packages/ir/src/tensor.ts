// Values of parameters: side tables keyed by parameter id, in canonical layout (convolutions [kh, kw, cin/groups, cout],
// depthwise [kh, kw, c], linear [in, out], vectors [c]), little-endian float32.

export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Parameter id -> values. */
export type TensorTable = ReadonlyMap<string, Tensor>;
