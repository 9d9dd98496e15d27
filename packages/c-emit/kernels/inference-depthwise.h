/* Depthwise convolution, K x K taps, stride S, padding K >> 1, with bias and activation: vectors over channels, T output
   pixels of a row at a time. Weights: bias [C], then [K][K][C]. C >= lanes.

   The caller lists the tiles of a row with constants `left` and `right`: input columns [left, right) of the tile's
   S (T - 1) + K are inside the image. */

NASC_INLINE void nasc_depthwise_tile(const int K, const int S, const int T, const int W, const int C, const int left, const int right,
                                     const float *input, const int ky_first, const int ky_end, const float *weights,
                                     const nasc_vector bias, float *output, const int activation) {
  nasc_vector sum[32];
  NASC_UNROLL for (int t = 0; t < T; t++) sum[t] = bias;
  for (int ky = ky_first; ky < ky_end; ky++) {
    nasc_vector w[9];
    NASC_UNROLL for (int kx = 0; kx < K; kx++) {
      w[kx] = nasc_load(weights + (size_t)(ky * K + kx) * C);
      NASC_KEEP(w[kx]);
    }
    const float *row = input + (ptrdiff_t)ky * W * C;
    NASC_UNROLL for (int column = left; column < right; column++) {
      const nasc_vector x = nasc_load(row + (ptrdiff_t)column * C);
      NASC_UNROLL for (int kx = 0; kx < K; kx++) {
        if (column >= kx && (column - kx) % S == 0 && (column - kx) / S < T)
          sum[(column - kx) / S] = nasc_fma(x, w[kx], sum[(column - kx) / S]);
      }
    }
  }
  NASC_UNROLL for (int t = 0; t < T; t++) nasc_store(output + (size_t)t * C, nasc_activate(sum[t], activation));
}
