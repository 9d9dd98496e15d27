// Weights as the kernels read them: panels of vectors of output channels.
import type { VectorDescription } from '@nasc/c-emit';

/** Vectors that hold `channels`. */
export const kernelVectors = (channels: number, vector: VectorDescription): number => Math.ceil(channels / vector.lanes);

/** First channel of vector `index`: `nasc_first_channel` of the C header. */
export const firstChannel = (index: number, channels: number, lanes: number): number =>
  channels >= lanes ? Math.min(index * lanes, channels - lanes) : index * lanes;

/**
 * Weights [rows, channels] and bias [channels] as `bias [V * lanes]`, then for each panel of `panel` vectors
 * `[rows][vectors * lanes]`; channels past the end are 0.
 */
export const packPanels = (
  weights: Float32Array,
  bias: Float32Array,
  rows: number,
  channels: number,
  panel: number,
  lanes: number,
): Float32Array => {
  const vectors = Math.ceil(channels / lanes);
  const packed = new Float32Array(vectors * lanes * (rows + 1));
  const copy = (from: Float32Array, row: number, vector: number, to: number) => {
    const channel = firstChannel(vector, channels, lanes);
    for (let lane = 0; lane < lanes && channel + lane < channels; lane++) packed[to + lane] = from[row * channels + channel + lane]!;
  };
  for (let vector = 0; vector < vectors; vector++) copy(bias, 0, vector, vector * lanes);
  let offset = vectors * lanes;
  for (let first = 0; first < vectors; first += panel) {
    const size = Math.min(panel, vectors - first);
    for (let row = 0; row < rows; row++) {
      for (let n = 0; n < size; n++, offset += lanes) copy(weights, row, first + n, offset);
    }
  }
  return packed;
};
