/* Depthwise convolutions, K x K taps (3, 5, 7), stride S (1, 2), padding K >> 1: what all kernels share. Vectors run over
   channels; a tile of T pixels of a row stays in registers. */

struct nasc_depthwise {
  int64_t batch, heightIn, widthIn, channels, heightOut, widthOut;
  int64_t kernel, stride;
  int64_t images;   /* of an item */
  int64_t together; /* images in scratch at a time */
  int64_t band;     /* output rows in scratch at a time: all, where there are several images */
  /* As for convolutions. */
  int64_t normalised, bias, statistics, behindNorm, add, inputGradient, weightGradient, inputBlocked, gradientBlocked;
};

enum { NASC_BLOCK_VECTORS = NASC_BLOCK / NASC_LANES };

/* Keeps a value that was loaded for several multiply-adds in a register. gcc would load it again for each, and these
   kernels have hardly more multiply-adds than loads. */
#if NASC_LANES == 16 && defined(__AVX512F__)
#define NASC_REUSE(vector) __asm__("" : "+v"(vector))
#else
#define NASC_REUSE(vector) NASC_KEEP(vector)
#endif

/* sum[t] += sum over taps of rows[ky][t S + kx] weight[ky][kx]; `across` floats from row to row, weights `tap_y` and
   `tap_x` floats apart. Of the S (T - 1) + K columns, those outside [left, right) are not in the image. */
NASC_INLINE void nasc_depthwise_tile(const int K, const int S, const int T, const int left, const int right, int64_t KY, nasc_vector *sum,
                                     const float *rows, int64_t across, const float *weight, int64_t tap_y, int64_t tap_x) {
  for (int64_t ky = 0; ky < KY; ky++) {
    nasc_vector w[7];
    NASC_UNROLL for (int kx = 0; kx < K; kx++) {
      w[kx] = nasc_load(weight + ky * tap_y + kx * tap_x);
      NASC_REUSE(w[kx]);
    }
    const float *row = rows + ky * across;
    NASC_KEEP_ADDRESS(row);
    NASC_UNROLL for (int column = left; column < right; column++) {
      nasc_vector x = nasc_load(row + column * NASC_BLOCK);
      NASC_REUSE(x);
      NASC_UNROLL for (int kx = 0; kx < K; kx++) {
        if (column >= kx && (column - kx) % S == 0 && (column - kx) / S < T) sum[(column - kx) / S] = nasc_fma(x, w[kx], sum[(column - kx) / S]);
      }
    }
  }
}

/* The transposed: sum[t] += sum over taps of rows[r][column] weight[r][kx] with S column + kx = t + (K >> 1). Columns
   outside [left, right) are not in the image. */
NASC_INLINE void nasc_depthwise_transposed_tile(const int K, const int S, const int T, const int left, const int right, int64_t KY, nasc_vector *sum,
                                                const float *rows, int64_t across, const float *weight, int64_t tap_y, int64_t tap_x) {
  for (int64_t r = 0; r < KY; r++) {
    nasc_vector w[7];
    NASC_UNROLL for (int kx = 0; kx < K; kx++) {
      w[kx] = nasc_load(weight + r * tap_y + kx * tap_x);
      NASC_REUSE(w[kx]);
    }
    const float *row = rows + r * across;
    NASC_KEEP_ADDRESS(row);
    NASC_UNROLL for (int column = left; column < right; column++) {
      nasc_vector dz = nasc_load(row + column * NASC_BLOCK);
      NASC_REUSE(dz);
      NASC_UNROLL for (int kx = 0; kx < K; kx++) {
        const int t = S * column + kx - K / 2;
        if (t >= 0 && t < T) sum[t] = nasc_fma(dz, w[kx], sum[t]);
      }
    }
  }
}

/* The gradient of a row of taps: taps[kx] += sum over t of x[t S + kx] dz[t]. Columns of x outside [left, right) are not in
   the image. */
NASC_INLINE void nasc_depthwise_taps_tile(const int K, const int S, const int T, const int left, const int right, nasc_vector *taps, const float *x,
                                          const float *dz) {
  nasc_vector d[16];
  NASC_UNROLL for (int column = 0; column < right; column++) {
    if (column % S == 0 && column / S < T) {
      d[column / S] = nasc_load(dz + column / S * NASC_BLOCK);
      NASC_REUSE(d[column / S]);
    }
    if (column >= left) {
      nasc_vector value = nasc_load(x + column * NASC_BLOCK);
      NASC_REUSE(value);
      NASC_UNROLL for (int kx = 0; kx < K; kx++) {
        if (column >= kx && (column - kx) % S == 0 && (column - kx) / S < T) taps[kx] = nasc_fma(value, d[(column - kx) / S], taps[kx]);
      }
    }
  }
}

/* A tile takes a register for every pixel, and up to 8 for weights and what they are multiplied with. */
#if NASC_LANES == 16 || defined(__aarch64__)
enum { NASC_WIDE_TILES = 1 };
#else
enum { NASC_WIDE_TILES = 0 };
#endif

/* Rows of the filter whose sums are in registers at a time: enough sums that one need not wait for the one before it. */
#define NASC_TAP_ROWS(K) ((K) == 3 ? 3 : NASC_WIDE_TILES ? ((K) == 5 ? 3 : 2) : ((K) == 5 ? 2 : 1))

/* Pixels of the tiles that a row consists of, or 0: then it takes tiles of several sizes. Where all are alike, it is known
   when they are compiled which columns lie left or right of the image; where not, these lie in memory, as zeros. With wide
   tiles that pays only for rows of one. */
NASC_INLINE int64_t nasc_row_tile(int64_t width, int64_t odd) {
  if (NASC_WIDE_TILES) return width == 4 || width == 7 || width == 8 || width == 14 || width == 16 ? width : 0;
  return width % 8 == 0 ? 8 : odd && width % 7 == 0 ? 7 : width == 4 ? 4 : 0;
}

/* Runs TILE(T, x, starts, ends) over a row, where `starts` and `ends` say whether nothing is left, or right, of the tile. */
#define NASC_ROW_TILES(tile, width, TILE)                   \
  do {                                                      \
    int64_t x = 0;                                          \
    if (NASC_WIDE_TILES && (tile) == 16) {                  \
      TILE(16, 0, 1, 1);                                    \
    } else if (NASC_WIDE_TILES && (tile) == 14) {           \
      TILE(14, 0, 1, 1);                                    \
    } else if ((tile) == 8) {                               \
      NASC_EQUAL_TILES(8, width, TILE);                     \
    } else if ((tile) == 7) {                               \
      NASC_EQUAL_TILES(7, width, TILE);                     \
    } else if ((tile) == 4) {                               \
      TILE(4, 0, 1, 1);                                     \
    } else {                                                \
      if (NASC_WIDE_TILES && (width) % 14 == 0)             \
        for (; x < (width); x += 14) TILE(14, x, 0, 0);     \
      if (NASC_WIDE_TILES)                                  \
        for (; x + 16 <= (width); x += 16) TILE(16, x, 0, 0); \
      for (; x + 8 <= (width); x += 8) TILE(8, x, 0, 0);    \
      for (; x + 4 <= (width); x += 4) TILE(4, x, 0, 0);    \
      for (; x + 2 <= (width); x += 2) TILE(2, x, 0, 0);    \
      if (x < (width)) TILE(1, x, 0, 0);                    \
    }                                                       \
  } while (0)

#define NASC_EQUAL_TILES(T, width, TILE)                        \
  if (NASC_WIDE_TILES || (width) == (T)) {                      \
    TILE(T, 0, 1, 1);                                           \
  } else {                                                      \
    TILE(T, 0, 1, 0);                                           \
    for (x = (T); x < (width) - (T); x += (T)) TILE(T, x, 0, 0); \
    TILE(T, x, 0, 1);                                           \
  }

/* DEFINE(K, S) for all kernels and strides. */
#define NASC_EVERY_KERNEL(DEFINE) DEFINE(3, 1) DEFINE(5, 1) DEFINE(7, 1) DEFINE(3, 2) DEFINE(5, 2) DEFINE(7, 2)

/* FUNCTION_K_S(argument) for the kernel and stride of `s`. */
#define NASC_BY_KERNEL(FUNCTION, s, argument)        \
  do {                                               \
    if ((s).stride == 1) {                           \
      if ((s).kernel == 3) FUNCTION##_3_1(argument); \
      else if ((s).kernel == 5) FUNCTION##_5_1(argument); \
      else FUNCTION##_7_1(argument);                 \
    } else {                                         \
      if ((s).kernel == 3) FUNCTION##_3_2(argument); \
      else if ((s).kernel == 5) FUNCTION##_5_2(argument); \
      else FUNCTION##_7_2(argument);                 \
    }                                                \
  } while (0)
