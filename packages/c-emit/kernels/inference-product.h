/* The register tile of a matrix product: T pixels by N vectors of output channels stay in registers over the whole sum. All
   sizes are constants where these functions are inlined: with others the sums would lie in memory. */

enum { NASC_MOST_VECTORS = 9 };

/* Weights lie in the order in which they are used and come from far: what lies so many bytes behind them is asked for. */
#ifndef NASC_AHEAD
enum { NASC_AHEAD = NASC_LANES == 16 ? 262144 : 131072 };
#endif

NASC_INLINE void nasc_start_sums(const int T, const int N, const float *bias, nasc_vector (*sum)[NASC_MOST_VECTORS]) {
  NASC_UNROLL for (int n = 0; n < N; n++) {
    const nasc_vector start = nasc_load(bias + n * NASC_LANES);
    NASC_UNROLL for (int t = 0; t < T; t++) sum[t][n] = start;
  }
}

/* sum[t][n] += sum over k < K of input[t * in + k] * panel[k][n]; `in`: floats from one pixel to the next. `fetch`, or null: K
   lines from NASC_AHEAD bytes behind it on are asked for on the way. */
NASC_INLINE void nasc_add_products(const int T, const int N, const int K, const int in, const float *input, const float *panel,
                                   const float *fetch, nasc_vector (*sum)[NASC_MOST_VECTORS]) {
  NASC_UNROLL_BY_4 for (int k = 0; k < K; k++) {
    nasc_vector w[NASC_MOST_VECTORS];
    if (fetch) NASC_FETCH(fetch, NASC_AHEAD + (size_t)k * NASC_LINE);
    NASC_UNROLL for (int n = 0; n < N; n++) {
      w[n] = nasc_load(panel + ((size_t)k * N + n) * NASC_LANES);
      NASC_KEEP(w[n]);
    }
    NASC_UNROLL for (int t = 0; t < T; t++) {
      const nasc_vector x = nasc_broadcast(input[(size_t)t * in + k]);
      NASC_UNROLL for (int n = 0; n < N; n++) sum[t][n] = nasc_fma(x, w[n], sum[t][n]);
    }
  }
}

/* Stores act(sum) + shortcut, of the last vector only `tail` lanes; `out`: floats from one pixel to the next. Nothing is read of
   the shortcut after it was written, so it may lie where the output does. */
NASC_INLINE void nasc_store_sums(const int T, const int N, const int tail, const int out, const int activation,
                                 nasc_vector (*sum)[NASC_MOST_VECTORS], const float *shortcut, float *output) {
  NASC_UNROLL for (int t = 0; t < T; t++) {
    NASC_UNROLL for (int n = 0; n < N; n++) {
      const size_t at = (size_t)t * out + n * NASC_LANES;
      const nasc_vector y = nasc_activate(sum[t][n], activation);
      if (n == N - 1 && tail < NASC_LANES)
        nasc_store_first(output + at, shortcut ? nasc_add(y, nasc_load_first(shortcut + at, tail)) : y, tail);
      else nasc_store(output + at, shortcut ? nasc_add(y, nasc_load(shortcut + at)) : y);
    }
  }
}
