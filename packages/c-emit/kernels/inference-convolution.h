/* Dense K x K convolution, stride S, padding K >> 1, with bias, activation and residual: tiles of T output pixels of a
   row and N vectors of output channels. For stems (few input channels) and for ordinary convolutions.

   Weights: bias [V * lanes], then for every panel of N vectors [K][K][I][N * lanes]. The caller lists the tiles of a row
   as for the depthwise convolution. */

NASC_INLINE void nasc_convolution_tile(const int K, const int S, const int T, const int N, const int W, const int I, const int O,
                                       const int left, const int right, const float *input, const int ky_first, const int ky_end,
                                       const float *weights, const float *bias, const int last, float *output, const float *residual,
                                       const int activation) {
  nasc_vector sum[32][9];
  NASC_UNROLL for (int n = 0; n < N; n++) {
    const nasc_vector start = nasc_load(bias + n * NASC_LANES);
    NASC_UNROLL for (int t = 0; t < T; t++) sum[t][n] = start;
  }
  for (int ky = ky_first; ky < ky_end; ky++) {
    const float *row = input + (ptrdiff_t)ky * W * I;
    NASC_UNROLL for (int kx = 0; kx < K; kx++) {
      const float *taps = weights + (size_t)(ky * K + kx) * I * N * NASC_LANES;
      for (int i = 0; i < I; i++) {
        nasc_vector w[9];
        NASC_UNROLL for (int n = 0; n < N; n++) {
          w[n] = nasc_load(taps + ((size_t)i * N + n) * NASC_LANES);
          NASC_KEEP(w[n]);
        }
        NASC_UNROLL for (int t = 0; t < T; t++) {
          const int column = t * S + kx;
          if (column < left || column >= right) continue;
          const nasc_vector x = nasc_broadcast(row[(ptrdiff_t)column * I + i]);
          NASC_UNROLL for (int n = 0; n < N; n++) sum[t][n] = nasc_fma(x, w[n], sum[t][n]);
        }
      }
    }
  }
  NASC_UNROLL for (int t = 0; t < T; t++) {
    NASC_UNROLL for (int n = 0; n < N; n++) {
      const int channel = n == N - 1 ? last : n * NASC_LANES;
      float *to = output + (size_t)t * O + channel;
      const float *shortcut = residual ? residual + (size_t)t * O + channel : residual;
      nasc_vector y = nasc_activate(sum[t][n], activation);
      if (O < NASC_LANES) {
        if (shortcut) y = nasc_add(y, nasc_load_first(shortcut, O));
        nasc_store_first(to, y, O);
      } else {
        if (shortcut) y = nasc_add(y, nasc_load(shortcut));
        nasc_store(to, y);
      }
    }
  }
}
