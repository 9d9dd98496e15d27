/* Convolutions as matrix products: rows are pixels, a row of the left matrix is what one output pixel sees (its channels
   for a 1x1 convolution, its window for others), the right matrix is the weight [depth, O] as it is stored.

   Everything rests on one tile: T rows by N vectors that stay in registers over the whole sum.

   Work items are groups of rows; within one, chunks of NASC_CHUNK_ROWS rows are prepared in scratch (normalised input,
   windows, gradient behind a batch normalisation) and used while they are in cache. */

#if NASC_LANES == 8 || (NASC_LANES == 4 && !defined(__aarch64__))
enum { NASC_T1 = 8, NASC_T2 = 6, NASC_T3 = 4 }; /* 16 registers */
#else
enum { NASC_T1 = 16, NASC_T2 = 12, NASC_T3 = 8 }; /* 32 registers */
#endif

/* sum[t][n] += sum over k of a[t * at + k * ak] * b[k * bk + n vectors] */
NASC_INLINE void nasc_multiply(const int T, const int N, nasc_vector (*sum)[3], const float *a, const int64_t at, const int64_t ak,
                               const float *b, const int64_t bk, const int64_t depth) {
  for (int64_t k = 0; k < depth; k++) {
    nasc_vector w[3];
    NASC_UNROLL for (int n = 0; n < N; n++) {
      w[n] = nasc_load(b + k * bk + n * NASC_LANES);
      NASC_KEEP(w[n]);
    }
    NASC_UNROLL for (int t = 0; t < T; t++) {
      const nasc_vector x = nasc_broadcast(a[t * at + k * ak]);
      NASC_UNROLL for (int n = 0; n < N; n++) sum[t][n] = nasc_fma(x, w[n], sum[t][n]);
    }
  }
}

/* Vectors of the next panel when so many are left: threes, and never a single one where two pairs do. */
NASC_INLINE int nasc_panel(int left) { return left == 2 || left == 4 ? 2 : left >= 3 ? 3 : 1; }

/* Runs PANEL_1, _2 or _3 over all vectors of `columns`. */
#define NASC_PANELS(PANEL, argument, columns)                                   \
  do {                                                                          \
    const int vectors = (int)(NASC_ROUND_UP(columns) / NASC_LANES);             \
    for (int v = 0, n; v < vectors; v += n) {                                   \
      n = nasc_panel(vectors - v);                                              \
      if (n == 3) PANEL##_3(argument, v);                                       \
      else if (n == 2) PANEL##_2(argument, v);                                  \
      else PANEL##_1(argument, v);                                              \
    }                                                                           \
  } while (0)

/* The three panels of a tile function TILE(T, N, argument, first vector, first row). */
#define NASC_DEFINE_PANELS(PANEL, TILE, TYPE)                                                     \
  NASC_NOINLINE void PANEL##_1(TYPE *g, int v) {                                                  \
    int64_t row = 0;                                                                              \
    for (; row + NASC_T1 <= g->rows; row += NASC_T1) TILE(NASC_T1, 1, g, v, row);                 \
    for (; row + 4 <= g->rows; row += 4) TILE(4, 1, g, v, row);                                   \
    for (; row < g->rows; row++) TILE(1, 1, g, v, row);                                           \
  }                                                                                               \
  NASC_NOINLINE void PANEL##_2(TYPE *g, int v) {                                                  \
    int64_t row = 0;                                                                              \
    for (; row + NASC_T2 <= g->rows; row += NASC_T2) TILE(NASC_T2, 2, g, v, row);                 \
    for (; row + 4 <= g->rows; row += 4) TILE(4, 2, g, v, row);                                   \
    for (; row < g->rows; row++) TILE(1, 2, g, v, row);                                           \
  }                                                                                               \
  NASC_NOINLINE void PANEL##_3(TYPE *g, int v) {                                                  \
    int64_t row = 0;                                                                              \
    for (; row + NASC_T3 <= g->rows; row += NASC_T3) TILE(NASC_T3, 3, g, v, row);                 \
    for (; row + 4 <= g->rows; row += 4) TILE(4, 3, g, v, row);                                   \
    for (; row < g->rows; row++) TILE(1, 3, g, v, row);                                           \
  }

/* ---- forward ---- */

typedef struct {
  const float *a, *b, *bias;
  float *z, *partials;
  nasc_layout layout; /* of z */
  int64_t rows, lda, depth, columns;
  int64_t writable; /* columns of z that may be written */
  int starts;       /* the first rows of their group: row 0 is the pivot */
} nasc_product;

NASC_INLINE void nasc_product_tile(const int T, const int N, nasc_product *g, int v, int64_t row) {
  const int64_t column = (int64_t)v * NASC_LANES;
  nasc_vector sum[16][3];
  NASC_UNROLL for (int n = 0; n < N; n++) {
    const nasc_vector start = g->bias ? nasc_load(g->bias + column + n * NASC_LANES) : (nasc_vector){0};
    NASC_UNROLL for (int t = 0; t < T; t++) sum[t][n] = start;
  }
  nasc_multiply(T, N, sum, g->a + row * g->lda, g->lda, 1, g->b + column, g->columns, g->depth);
  NASC_UNROLL for (int n = 0; n < N; n++) {
    const int64_t c = column + n * NASC_LANES, left = g->writable - c;
    float *z = g->z + nasc_at(g->layout, row, c);
    if (n < N - 1 || left >= NASC_LANES) {
      NASC_UNROLL for (int t = 0; t < T; t++) nasc_store(z + t * g->layout.row, sum[t][n]);
    } else {
      NASC_UNROLL for (int t = 0; t < T; t++) nasc_store_some(z + t * g->layout.row, sum[t][n], (int)left);
    }
  }
  if (!g->partials) return;
  const int64_t padded = NASC_ROUND_UP(g->columns);
  NASC_UNROLL for (int n = 0; n < N; n++) {
    float *partials = g->partials + column + n * NASC_LANES;
    nasc_vector pivot = nasc_load(partials), total = nasc_load(partials + padded), square = nasc_load(partials + 2 * padded);
    if (g->starts && row == 0) {
      pivot = sum[0][n];
      total = square = (nasc_vector){0};
      nasc_store(partials, pivot);
    }
    NASC_UNROLL for (int t = 0; t < T; t++) {
      const nasc_vector off = sum[t][n] - pivot;
      total += off;
      square = nasc_fma(off, off, square);
    }
    nasc_store(partials + padded, total);
    nasc_store(partials + 2 * padded, square);
  }
}
NASC_DEFINE_PANELS(nasc_product_panel, nasc_product_tile, nasc_product)

/* ---- gradient of the input ---- */

typedef struct {
  const float *a, *b;             /* gradient behind the product [rows, lda], transposed weight [depth, padded columns] */
  const float *z, *affine, *mean; /* of a normalised input, else null */
  const float *added;             /* to dx, in the same layout, or null */
  float *dx, *sums;
  nasc_layout layout; /* of dx and z */
  int64_t rows, lda, depth, columns;
  int64_t writable; /* columns of dx that may be written */
  int starts;
  float low, high;
} nasc_input_gradient;

NASC_INLINE void nasc_input_gradient_tile(const int T, const int N, nasc_input_gradient *g, int v, int64_t row) {
  const int64_t column = (int64_t)v * NASC_LANES, padded = NASC_ROUND_UP(g->columns);
  nasc_vector sum[16][3];
  NASC_UNROLL for (int n = 0; n < N; n++) {
    NASC_UNROLL for (int t = 0; t < T; t++) sum[t][n] = (nasc_vector){0};
  }
  nasc_multiply(T, N, sum, g->a + row * g->lda, g->lda, 1, g->b + column, padded, g->depth);
  NASC_UNROLL for (int n = 0; n < N; n++) {
    const int64_t c = column + n * NASC_LANES, at = nasc_at(g->layout, row, c), step = g->layout.row, left = g->writable - c;
    if (g->z) {
      const nasc_vector low = nasc_broadcast(g->low), high = nasc_broadcast(g->high);
      const nasc_vector scale = nasc_load(g->affine + c), shift = nasc_load(g->affine + padded + c), mean = nasc_load(g->mean + c);
      nasc_vector total = nasc_load(g->sums + c), product = nasc_load(g->sums + padded + c);
      if (g->starts && row == 0) total = product = (nasc_vector){0};
      NASC_UNROLL for (int t = 0; t < T; t++) {
        const nasc_vector z = nasc_load(g->z + at + t * step);
        sum[t][n] = nasc_activation_gradient(sum[t][n], nasc_fma(z, scale, shift), low, high);
        total += sum[t][n];
        product = nasc_fma(sum[t][n], z - mean, product);
      }
      nasc_store(g->sums + c, total);
      nasc_store(g->sums + padded + c, product);
    } else if (g->added) {
      NASC_UNROLL for (int t = 0; t < T; t++) sum[t][n] += nasc_load(g->added + at + t * step);
    }
    if (n < N - 1 || left >= NASC_LANES) {
      NASC_UNROLL for (int t = 0; t < T; t++) nasc_store(g->dx + at + t * step, sum[t][n]);
    } else {
      NASC_UNROLL for (int t = 0; t < T; t++) nasc_store_some(g->dx + at + t * step, sum[t][n], (int)left);
    }
  }
}
NASC_DEFINE_PANELS(nasc_input_gradient_panel, nasc_input_gradient_tile, nasc_input_gradient)

/* ---- gradient of the weight: out[r][c] (+)= sum over k of a[k][r] b[k][c] ---- */

typedef struct {
  const float *a, *b;
  float *out; /* [rows, padded columns] */
  int64_t rows, lda, ldb, depth, columns;
  int starts;
} nasc_outer;

NASC_INLINE void nasc_outer_tile(const int T, const int N, nasc_outer *g, int v, int64_t row) {
  const int64_t column = (int64_t)v * NASC_LANES, padded = NASC_ROUND_UP(g->columns);
  float *out = g->out + row * padded + column;
  nasc_vector sum[16][3];
  NASC_UNROLL for (int t = 0; t < T; t++) {
    NASC_UNROLL for (int n = 0; n < N; n++) sum[t][n] = g->starts ? (nasc_vector){0} : nasc_load(out + t * padded + n * NASC_LANES);
  }
  nasc_multiply(T, N, sum, g->a + row, 1, g->lda, g->b + column, g->ldb, g->depth);
  NASC_UNROLL for (int t = 0; t < T; t++) {
    NASC_UNROLL for (int n = 0; n < N; n++) nasc_store(out + t * padded + n * NASC_LANES, sum[t][n]);
  }
}
NASC_DEFINE_PANELS(nasc_outer_panel, nasc_outer_tile, nasc_outer)
