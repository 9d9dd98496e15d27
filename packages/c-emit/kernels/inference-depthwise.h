/* Depthwise convolution, K x K taps, stride S, with bias and activation: T output pixels of a row by one vector, of which `lanes`
   are channels.

   rows[ky]: the input row of tap row ky, at the vector's first channel; [ky_first, ky_end) are those inside the image. `start`: input
   column of the first tap, perhaps outside; columns [left, right) of the tile's S (T - 1) + K are inside, both constants. `in`, `tap`,
   `out`: floats from one pixel, or tap, to the next. */

/* The taps of one row. */
NASC_INLINE void nasc_add_taps(const int K, const int S, const int T, const int lanes, const int left, const int right, const int in,
                               const float *row, const float *taps, const int tap, nasc_vector *sum) {
  nasc_vector w[9];
  NASC_UNROLL for (int kx = 0; kx < K; kx++) {
    w[kx] = nasc_load(taps + (size_t)kx * tap);
    NASC_KEEP_INPUT(w[kx]);
  }
  NASC_KEEP_ADDRESS(row);
  NASC_UNROLL for (int column = left; column < right; column++) {
    const float *p = row + (ptrdiff_t)(column - left) * in;
    nasc_vector x = lanes < NASC_LANES ? nasc_load_first(p, lanes) : nasc_load(p);
    NASC_KEEP_INPUT(x);
    NASC_UNROLL for (int kx = 0; kx < K; kx++) {
      if (column >= kx && (column - kx) % S == 0 && (column - kx) / S < T)
        sum[(column - kx) / S] = nasc_fma(x, w[kx], sum[(column - kx) / S]);
    }
  }
}

/* `whole`: all K rows are inside, and their taps are written out instead of looped over. */
NASC_INLINE void nasc_depthwise_tile(const int K, const int S, const int T, const int lanes, const int left, const int right,
                                     const int activation, const int whole, const float *const *rows, const int start, const int in,
                                     const int ky_first, const int ky_end, const float *taps, const int tap, const nasc_vector bias,
                                     float *output, const int out) {
  nasc_vector sum[NASC_MOST_PIXELS];
  NASC_UNROLL for (int t = 0; t < T; t++) sum[t] = bias;
  if (whole) {
    NASC_UNROLL for (int ky = 0; ky < K; ky++)
      nasc_add_taps(K, S, T, lanes, left, right, in, rows[ky] + (ptrdiff_t)(start + left) * in, taps + (size_t)ky * K * tap, tap, sum);
  } else {
    for (int ky = ky_first; ky < ky_end; ky++)
      nasc_add_taps(K, S, T, lanes, left, right, in, rows[ky] + (ptrdiff_t)(start + left) * in, taps + (size_t)ky * K * tap, tap, sum);
  }
  NASC_UNROLL for (int t = 0; t < T; t++) {
    const nasc_vector y = nasc_activate(sum[t], activation);
    if (lanes < NASC_LANES) nasc_store_first(output + (size_t)t * out, y, lanes);
    else nasc_store(output + (size_t)t * out, y);
  }
}
