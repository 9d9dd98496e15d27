/* 1x1 convolution and linear layer: a matrix product [pixels, I] x [I, O] with bias, activation and residual, by tiles
   of T pixels and N vectors of output channels that stay in registers over the whole sum. All sizes are constants where
   these functions are inlined.

   Weights: bias [V * lanes], then for every panel of N vectors [I][N * lanes]; V = vectors of output channels. */

NASC_INLINE void nasc_pointwise_tile(const int T, const int N, const int I, const int O, const float *input, const float *weights,
                                     const float *bias, const int last, float *output, const float *residual, const int activation) {
  nasc_vector sum[32][9]; /* [T][N]: of constant size, so that it becomes registers */
  NASC_UNROLL for (int n = 0; n < N; n++) {
    const nasc_vector start = nasc_load(bias + n * NASC_LANES);
    NASC_UNROLL for (int t = 0; t < T; t++) sum[t][n] = start;
  }
  NASC_UNROLL_BY_4 for (int i = 0; i < I; i++) {
    nasc_vector w[9];
    NASC_UNROLL for (int n = 0; n < N; n++) {
      w[n] = nasc_load(weights + ((size_t)i * N + n) * NASC_LANES);
      NASC_KEEP(w[n]);
    }
    NASC_UNROLL for (int t = 0; t < T; t++) {
      const nasc_vector x = nasc_broadcast(input[(size_t)t * I + i]);
      NASC_UNROLL for (int n = 0; n < N; n++) sum[t][n] = nasc_fma(x, w[n], sum[t][n]);
    }
  }
  NASC_UNROLL for (int t = 0; t < T; t++) {
    NASC_UNROLL for (int n = 0; n < N; n++) {
      const int channel = n == N - 1 ? last : n * NASC_LANES;
      float *to = output + (size_t)t * O + channel;
      const float *shortcut = residual ? residual + (size_t)t * O + channel : residual;
      if (O < NASC_LANES) {
        nasc_vector y = nasc_activate(sum[t][n], activation);
        if (shortcut) y = nasc_add(y, nasc_load_first(shortcut, O));
        nasc_store_first(to, y, O);
      } else {
        nasc_vector y = nasc_activate(sum[t][n], activation);
        if (shortcut) y = nasc_add(y, nasc_load(shortcut));
        nasc_store(to, y);
      }
    }
  }
}

/* N vectors of output channels from vector `first` on, for all pixels; the last tile is moved back to end with them. */
NASC_INLINE void nasc_pointwise_panel(const int pixels, const int I, const int O, const int T, const int N, const int first,
                                      const float *input, const float *bias, const float *weights, float *output,
                                      const float *residual, const int activation) {
  const int channel = nasc_first_channel(first, O);
  const int last = nasc_first_channel(first + N - 1, O) - channel;
  for (int pixel = 0; pixel < pixels; pixel += T) {
    const int p = pixel + T > pixels ? pixels - T : pixel;
    nasc_pointwise_tile(T, N, I, O, input + (size_t)p * I, weights, bias + first * NASC_LANES, last, output + (size_t)p * O + channel,
                        residual ? residual + (size_t)p * O + channel : residual, activation);
  }
}

/* T x N is the tile; what is left of the vectors after panels of N uses tiles of `T_rest` pixels. */
NASC_INLINE void nasc_pointwise(const int pixels, const int I, const int O, const int T, const int N, const int T_rest, const float *input,
                                const float *weights, float *output, const float *residual, const int activation) {
  const int vectors = (O + NASC_LANES - 1) / NASC_LANES;
  const int rest = vectors % N;
  const float *panel = weights + vectors * NASC_LANES;
  for (int first = 0; first + N <= vectors; first += N, panel += (size_t)I * N * NASC_LANES)
    nasc_pointwise_panel(pixels, I, O, T, N, first, input, weights, panel, output, residual, activation);
  if (rest > 0)
    nasc_pointwise_panel(pixels, I, O, T_rest, rest, vectors - rest, input, weights, panel, output, residual, activation);
}
