/* Training kernels of depthwise convolutions: K x K taps (3, 5, 7), stride S (1, 2), padding K >> 1.

   An item is a group of images and a block of 16 channels. A band of rows of one image is copied into scratch as
   [row][column][16], normalised on the way, with a border of zeros left and right; then vectors run over channels and a
   tile of T output pixels stays in registers. Taps above and below the image are skipped. */

struct nasc_depthwise {
  int64_t batch, heightIn, widthIn, channels, heightOut, widthOut;
  int64_t kernel, stride;
  int64_t images; /* of an item */
  int64_t band;   /* output rows at a time */
  /* As for convolutions. */
  int64_t normalised, bias, statistics, behindNorm, add, inputGradient, weightGradient, inputBlocked, gradientBlocked;
};

enum { NASC_BLOCK_VECTORS = NASC_BLOCK / NASC_LANES };

/* Where a block of channels of one image comes from: `stride` floats from pixel to pixel. With `affine` it is normalised
   (forward values), with `coefficients` it is the gradient behind a normalisation, else it is taken as it is. */
typedef struct {
  const float *x, *z, *affine, *coefficients; /* z only with coefficients */
  int64_t stride, z_stride;
  float low, high;
} nasc_source;

/* Rows [first, first + rows) of the image, as far as they exist, into a band that starts with row `first`. */
static void nasc_copy_band(float *to, const nasc_source *source, int64_t height, int64_t width, int64_t channels, int64_t channel, int64_t first, int64_t rows, int64_t border) {
  const int64_t across = width + 2 * border, padded = NASC_ROUND_UP(channels);
  const nasc_vector low = nasc_broadcast(source->low), high = nasc_broadcast(source->high);
  for (int v = 0; v < NASC_BLOCK_VECTORS; v++) {
    const int64_t c = channel + v * NASC_LANES;
    if (c >= padded) break;
    nasc_vector p[4] = {{0}, {0}, {0}, {0}};
    if (source->affine) p[0] = nasc_load(source->affine + c), p[1] = nasc_load(source->affine + padded + c);
    if (source->coefficients)
      for (int i = 0; i < 4; i++) p[i] = nasc_load(source->coefficients + i * padded + c);
    for (int64_t row = nasc_max(first, 0); row < nasc_min(first + rows, height); row++) {
      float *out = to + (row - first) * across * NASC_BLOCK + v * NASC_LANES, *inside = out + border * NASC_BLOCK;
      for (int64_t x = 0; x < border; x++) {
        nasc_store(out + x * NASC_BLOCK, (nasc_vector){0});
        nasc_store(out + (across - 1 - x) * NASC_BLOCK, (nasc_vector){0});
      }
      const float *from = source->x + row * width * source->stride + v * NASC_LANES;
      if (source->affine) {
        for (int64_t x = 0; x < width; x++) nasc_store(inside + x * NASC_BLOCK, nasc_normalised(nasc_load(from + x * source->stride), p[0], p[1], low, high));
      } else if (source->coefficients) {
        const float *z = source->z + row * width * source->z_stride + v * NASC_LANES;
        for (int64_t x = 0; x < width; x++)
          nasc_store(inside + x * NASC_BLOCK, nasc_fma(nasc_load(from + x * source->stride), p[0], nasc_fma(nasc_load(z + x * source->z_stride) - p[3], p[1], p[2])));
      } else {
        for (int64_t x = 0; x < width; x++) nasc_store(inside + x * NASC_BLOCK, nasc_load(from + x * source->stride));
      }
    }
  }
}

/* Runs TILE(T, x) over a row of `width` outputs: tiles of 8 or 7, whichever fits better, the rest by 4 and 1. */
#define NASC_ROW_TILES(width, TILE)                \
  do {                                             \
    int64_t x = 0;                                 \
    if ((width) % 7 == 0)                          \
      for (; x + 7 <= (width); x += 7) TILE(7, x); \
    for (; x + 8 <= (width); x += 8) TILE(8, x);   \
    if (x + 7 == (width)) {                        \
      TILE(7, x);                                  \
      x += 7;                                      \
    }                                              \
    for (; x + 4 <= (width); x += 4) TILE(4, x);   \
    for (; x < (width); x++) TILE(1, x);           \
  } while (0)

/* The same, where a row of 4, 7 or 8 is one tile WHOLE(T) that skips the taps left and right of the image. */
#define NASC_ROW_TILES_OR_WHOLE(width, TILE, WHOLE) \
  do {                                              \
    if ((width) == 7) WHOLE(7);                     \
    else if ((width) == 4) WHOLE(4);                \
    else if ((width) == 8) WHOLE(8);                \
    else NASC_ROW_TILES(width, TILE);               \
  } while (0)

/* sum[t] += sum over taps of rows[ky][t S + kx] weight[ky][kx]; `across` floats from row to row, weights `tap_y` and
   `tap_x` floats apart (negative for the transposed convolution). Of the S (T - 1) + KX columns, those outside [left, right)
   are not in the image. */
NASC_INLINE void nasc_depthwise_tile(const int KX, const int S, const int T, const int left, const int right, int64_t KY, nasc_vector *sum,
                                     const float *rows, int64_t across, const float *weight, int64_t tap_y, int64_t tap_x) {
  for (int64_t ky = 0; ky < KY; ky++) {
    nasc_vector w[7];
    NASC_UNROLL for (int kx = 0; kx < KX; kx++) {
      w[kx] = nasc_load(weight + ky * tap_y + kx * tap_x);
      NASC_KEEP(w[kx]);
    }
    const float *row = rows + ky * across;
    NASC_UNROLL for (int column = left; column < right; column++) {
      const nasc_vector x = nasc_load(row + column * NASC_BLOCK);
      NASC_UNROLL for (int kx = 0; kx < KX; kx++) {
        if (column >= kx && (column - kx) % S == 0 && (column - kx) / S < T) sum[(column - kx) / S] = nasc_fma(x, w[kx], sum[(column - kx) / S]);
      }
    }
  }
}

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
