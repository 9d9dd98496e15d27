/* Gradients of weights: out[r][c] (+)= sum over k of a[k][r] b[k][c]. */

typedef struct {
  const float *a, *b;
  float *out;
  int64_t rows, lda, ldb, ldo, depth;
  int64_t writable; /* columns of out that may be written */
  int starts;       /* nothing is in out yet */
} nasc_outer;

/* What is in `out` is added last: long sums are sums of short ones. */
NASC_INLINE void nasc_outer_tile(const int T, const int N, nasc_outer *g, int v, int64_t row) {
  const int64_t column = (int64_t)v * NASC_LANES, left = g->writable - column - (N - 1) * NASC_LANES;
  float *out = g->out + row * g->ldo + column;
  nasc_vector sum[16][3];
  NASC_UNROLL for (int t = 0; t < T; t++) {
    NASC_UNROLL for (int n = 0; n < N; n++) sum[t][n] = (nasc_vector){0};
  }
  nasc_multiply(T, N, sum, g->a + row, 1, g->lda, g->b + column, g->ldb, g->depth);
  NASC_UNROLL for (int t = 0; t < T; t++) {
    NASC_UNROLL for (int n = 0; n < N; n++) {
      float *at = out + t * g->ldo + n * NASC_LANES;
      if (n < N - 1 || left >= NASC_LANES) nasc_store(at, g->starts ? sum[t][n] : nasc_load(at) + sum[t][n]);
      else nasc_store_some(at, g->starts ? sum[t][n] : nasc_load_some(at, (int)left) + sum[t][n], (int)left);
    }
  }
}
NASC_DEFINE_PANELS(nasc_outer_panel, nasc_outer_tile, nasc_outer)
