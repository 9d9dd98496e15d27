/* Dense K x K convolution, stride S, with bias, activation and shortcut: tiles of T output pixels of a row and N vectors of output
   channels. For stems (few input channels) and for ordinary convolutions.

   Weights: bias [V * lanes], then for every panel of N vectors [K][K][I][N * lanes]. `input`: the first tap's pixel, perhaps outside
   the image; columns [left, right) of the tile's S (T - 1) + K are inside, both constants, and so are tap rows [ky_first, ky_end).
   `row`, `P`, `out`: floats from one input row, input pixel, or output pixel, to the next; P is more than I for one of several groups. */
NASC_INLINE void nasc_convolution_tile(const int K, const int S, const int T, const int N, const int I, const int P, const int tail, const int left,
                                       const int right, const int activation, const float *input, const ptrdiff_t row, const int ky_first,
                                       const int ky_end, const float *bias, const float *panel, const float *shortcut, float *output,
                                       const int out) {
  nasc_vector sum[NASC_MOST_PIXELS][NASC_MOST_VECTORS];
  nasc_start_sums(T, N, bias, sum);
  for (int ky = ky_first; ky < ky_end; ky++) {
    const float *from = input + ky * row;
    NASC_UNROLL for (int kx = 0; kx < K; kx++) {
      const float *taps = panel + (size_t)(ky * K + kx) * I * N * NASC_LANES;
      for (int i = 0; i < I; i++) {
        NASC_KEEP_ADDRESS(from);
        nasc_vector w[NASC_MOST_VECTORS];
        NASC_UNROLL for (int n = 0; n < N; n++) {
          w[n] = nasc_load(taps + ((size_t)i * N + n) * NASC_LANES);
          NASC_KEEP(w[n]);
        }
        NASC_UNROLL for (int t = 0; t < T; t++) {
          const int column = t * S + kx;
          if (column < left || column >= right) continue;
          const nasc_vector x = nasc_broadcast(from[(ptrdiff_t)column * P + i]);
          NASC_UNROLL for (int n = 0; n < N; n++) sum[t][n] = nasc_fma(x, w[n], sum[t][n]);
        }
      }
    }
  }
  nasc_store_sums(T, N, tail, out, activation, sum, shortcut, output);
}
