/* Matrix products. Everything rests on one tile: T rows by N vectors that stay in registers over the whole sum. It runs at the
   processor's peak from the first cache and from the second, whatever the strides are, so nothing is packed; what counts is
   that memory answers in time (nasc_multiply_fetching) and that no tile is narrow. */

#if NASC_LANES == 8 || (NASC_LANES == 4 && !defined(__aarch64__))
enum { NASC_T1 = 8, NASC_T2 = 6, NASC_T3 = 4 }; /* 16 registers */
#else
enum { NASC_T1 = 16, NASC_T2 = 12, NASC_T3 = 8 }; /* 32 registers */
#endif

/* sum[t][n] += sum over k of a[t * at + k * ak] * b[k * bk + n vectors].
   Rows are reached from two addresses, those of the first and the ninth: compilers, left alone, keep one for every row, which is
   more than there are registers for, and load most of them anew for every product. */
NASC_INLINE void nasc_multiply(const int T, const int N, nasc_vector (*sum)[3], const float *a, const int64_t at, const int64_t ak,
                               const float *b, const int64_t bk, const int64_t depth) {
  const float *low = a, *high = a + 8 * at;
  for (int64_t k = 0; k < depth; k++) {
    nasc_vector w[3];
    NASC_UNROLL for (int n = 0; n < N; n++) {
      w[n] = nasc_load(b + k * bk + n * NASC_LANES);
      NASC_KEEP(w[n]);
    }
    NASC_KEEP_ADDRESS(low);
    NASC_KEEP_ADDRESS(high);
    NASC_UNROLL for (int t = 0; t < T; t++) {
      const nasc_vector x = nasc_broadcast((t < 8 ? low : high)[t % 8 * at]);
      NASC_UNROLL for (int n = 0; n < N; n++) sum[t][n] = nasc_fma(x, w[n], sum[t][n]);
    }
    low += ak;
    high += ak;
  }
}

/* Rows of a tensor that will soon be read, or written. */
typedef struct {
  const float *rows; /* or null */
  nasc_layout layout;
} nasc_upcoming;

/* Asks for block c of T rows, into the second cache: hardware foresees few streams at a time, on some machines none. It is T blocks
   beside each other: in a plain layout those of the same rows that c / 16 calls before did not ask for. */
NASC_INLINE void nasc_fetch(const int T, const nasc_upcoming *next, int64_t row, int64_t c) {
  if (!next->rows) return;
  const float *from = next->rows + row * next->layout.row + (next->layout.row == NASC_BLOCK ? c / NASC_BLOCK * next->layout.block : c * T);
  NASC_UNROLL for (int t = 0; t < T; t++) __builtin_prefetch(from + t * NASC_BLOCK, 0, 2);
}

/* nasc_multiply for a row-major a, fetching blocks of two tensors, as many as `depth` has, on the way. */
NASC_INLINE void nasc_multiply_fetching(const int T, const int N, nasc_vector (*sum)[3], const float *a, const int64_t at, const float *b,
                                        const int64_t bk, const int64_t depth, const nasc_upcoming next[2], int64_t row) {
  for (int64_t k = 0; k < depth; k += NASC_BLOCK) {
    nasc_fetch(T, &next[0], row, k);
    nasc_fetch(T, &next[1], row, k);
    nasc_multiply(T, N, sum, a + k, at, 1, b + k * bk, bk, nasc_min(NASC_BLOCK, depth - k));
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

/* Runs TILE(T, N, argument, first vector, first row) over all rows: whole tiles, fours, and one for what is left. */
#define NASC_TILES(TILE, T, N, g, v)                                \
  do {                                                              \
    int64_t row = 0;                                                \
    for (; row + (T) <= (g)->rows; row += (T)) TILE(T, N, g, v, row); \
    for (; row + 4 <= (g)->rows; row += 4) TILE(4, N, g, v, row);   \
    const int64_t left = (g)->rows - row;                           \
    if (left == 3) TILE(3, N, g, v, row);                           \
    else if (left == 2) TILE(2, N, g, v, row);                      \
    else if (left == 1) TILE(1, N, g, v, row);                      \
  } while (0)

/* The three panels of a tile function. */
#define NASC_DEFINE_PANELS(PANEL, TILE, TYPE)                                               \
  NASC_NOINLINE void PANEL##_1(TYPE *g, int v) { NASC_TILES(TILE, NASC_T1, 1, g, v); }      \
  NASC_NOINLINE void PANEL##_2(TYPE *g, int v) { NASC_TILES(TILE, NASC_T2, 2, g, v); }      \
  NASC_NOINLINE void PANEL##_3(TYPE *g, int v) { NASC_TILES(TILE, NASC_T3, 3, g, v); }
