/* Training kernels of depthwise convolutions: K x K taps (3, 5, 7), stride S (1, 2), padding K >> 1.

   An item is a group of images and a block of 16 channels. A band of rows of one image is copied into scratch as
   [row][column][16], normalised on the way, with a border of zeros; then vectors run over channels and a tile of T
   output pixels stays in registers. */

struct nasc_depthwise {
  int64_t batch, heightIn, widthIn, channels, heightOut, widthOut;
  int64_t kernel, stride;
  int64_t images; /* of an item */
  int64_t band;   /* output rows at a time */
  int64_t normalised, bias, statistics, behindNorm, add, inputGradient, weightGradient;
};

enum { NASC_BLOCK_VECTORS = NASC_BLOCK / NASC_LANES };

/* Rows [first, first + rows) and columns [-border, width + border) of an image into scratch, zeros outside. With `affine`
   normalised (forward values), with `coefficients` the gradient behind a normalisation, else as they are. */
typedef struct {
  const float *x, *z, *affine, *coefficients; /* z only with coefficients */
  float low, high;
} nasc_source;

static void nasc_copy_band(float *to, nasc_source source, int64_t height, int64_t width, int64_t channels, int64_t channel, int64_t first, int64_t rows, int64_t border) {
  const int64_t across = width + 2 * border, padded = NASC_ROUND_UP(channels);
  const nasc_vector low = nasc_broadcast(source.low), high = nasc_broadcast(source.high);
  for (int v = 0; v < NASC_BLOCK_VECTORS; v++) {
    const int64_t c = channel + v * NASC_LANES;
    if (c >= padded) continue;
    float *out = to + v * NASC_LANES;
    nasc_vector p[4] = {{0}, {0}, {0}, {0}};
    if (source.affine) p[0] = nasc_load(source.affine + c), p[1] = nasc_load(source.affine + padded + c);
    if (source.coefficients)
      for (int i = 0; i < 4; i++) p[i] = nasc_load(source.coefficients + i * padded + c);
    for (int64_t row = first; row < first + rows; row++, out += across * NASC_BLOCK) {
      if (row < 0 || row >= height) {
        for (int64_t x = 0; x < across; x++) nasc_store(out + x * NASC_BLOCK, (nasc_vector){0});
        continue;
      }
      for (int64_t x = 0; x < border; x++) {
        nasc_store(out + x * NASC_BLOCK, (nasc_vector){0});
        nasc_store(out + (across - 1 - x) * NASC_BLOCK, (nasc_vector){0});
      }
      const float *from = source.x + row * width * channels + c;
      float *inside = out + border * NASC_BLOCK;
      if (source.affine) {
        for (int64_t x = 0; x < width; x++) nasc_store(inside + x * NASC_BLOCK, nasc_normalised(nasc_load(from + x * channels), p[0], p[1], low, high));
      } else if (source.coefficients) {
        const float *z = source.z + row * width * channels + c;
        for (int64_t x = 0; x < width; x++)
          nasc_store(inside + x * NASC_BLOCK, nasc_fma(nasc_load(from + x * channels), p[0], nasc_fma(nasc_load(z + x * channels) - p[3], p[1], p[2])));
      } else {
        for (int64_t x = 0; x < width; x++) nasc_store(inside + x * NASC_BLOCK, nasc_load(from + x * channels));
      }
    }
  }
}

/* Runs TILE(T, ...) over a row of `width` outputs: tiles of 8 or 7, whichever fits better, the rest by 4 and 1. */
#define NASC_ROW_TILES(width, TILE)                                  \
  do {                                                               \
    int64_t x = 0;                                                   \
    if ((width) % 7 == 0)                                            \
      for (; x + 7 <= (width); x += 7) TILE(7, x);                   \
    for (; x + 8 <= (width); x += 8) TILE(8, x);                     \
    if (x + 7 == (width)) {                                          \
      TILE(7, x);                                                    \
      x += 7;                                                        \
    }                                                                \
    for (; x + 4 <= (width); x += 4) TILE(4, x);                     \
    for (; x < (width); x++) TILE(1, x);                             \
  } while (0)

/* sum[t] += sum over taps of rows[ky][t S + kx] weight[ky][kx]; `across` floats from row to row, weights `tap_y` and
   `tap_x` floats apart (negative for the transposed convolution). */
NASC_INLINE void nasc_depthwise_tile(const int KX, const int S, const int T, int64_t KY, nasc_vector *sum, const float *rows, int64_t across,
                                     const float *weight, int64_t tap_y, int64_t tap_x) {
  for (int64_t ky = 0; ky < KY; ky++) {
    nasc_vector w[7];
    NASC_UNROLL for (int kx = 0; kx < KX; kx++) {
      w[kx] = nasc_load(weight + ky * tap_y + kx * tap_x);
      NASC_KEEP(w[kx]);
    }
    const float *row = rows + ky * across;
    NASC_UNROLL for (int column = 0; column < S * (T - 1) + KX; column++) {
      const nasc_vector x = nasc_load(row + column * NASC_BLOCK);
      NASC_UNROLL for (int kx = 0; kx < KX; kx++) {
        if (column >= kx && (column - kx) % S == 0 && (column - kx) / S < T) sum[(column - kx) / S] = nasc_fma(x, w[kx], sum[(column - kx) / S]);
      }
    }
  }
}

/* ---- forward ---- */

typedef struct {
  const float *band, *weight; /* at the vector's channel */
  float *z, *partials;
  nasc_vector bias, pivot, total, square;
  int64_t across, width, rows, channels, left;
  int starts;
} nasc_depthwise_rows;

NASC_INLINE void nasc_depthwise_forward_tile(const int K, const int S, const int T, nasc_depthwise_rows *r, const float *rows, float *z) {
  nasc_vector sum[8];
  NASC_UNROLL for (int t = 0; t < T; t++) sum[t] = r->bias;
  nasc_depthwise_tile(K, S, T, K, sum, rows, r->across, r->weight, K * r->channels, r->channels);
  if (r->partials) {
    if (r->starts) r->pivot = sum[0], r->starts = 0;
    nasc_vector total = r->total, square = r->square;
    NASC_UNROLL for (int t = 0; t < T; t++) {
      const nasc_vector off = sum[t] - r->pivot;
      total += off;
      square = nasc_fma(off, off, square);
    }
    r->total = total, r->square = square;
  }
  if (r->left >= NASC_LANES) {
    NASC_UNROLL for (int t = 0; t < T; t++) nasc_store(z + t * r->channels, sum[t]);
  } else {
    NASC_UNROLL for (int t = 0; t < T; t++) nasc_store_some(z + t * r->channels, sum[t], (int)r->left);
  }
}

#define NASC_FORWARD_ROWS(K, S)                                                                                                   \
  NASC_NOINLINE void nasc_depthwise_forward_##K##_##S(nasc_depthwise_rows *r) {                                                   \
    for (int64_t y = 0; y < r->rows; y++) {                                                                                       \
      const float *rows = r->band + y * S * r->across;                                                                            \
      float *z = r->z + y * r->width * r->channels;                                                                               \
      NASC_ROW_TILES(r->width, NASC_FORWARD_TILE_##S##_##K);                                                                      \
    }                                                                                                                             \
  }
#define NASC_FORWARD_TILE_1_3(T, x) nasc_depthwise_forward_tile(3, 1, T, r, rows + x * NASC_BLOCK, z + x * r->channels)
#define NASC_FORWARD_TILE_1_5(T, x) nasc_depthwise_forward_tile(5, 1, T, r, rows + x * NASC_BLOCK, z + x * r->channels)
#define NASC_FORWARD_TILE_1_7(T, x) nasc_depthwise_forward_tile(7, 1, T, r, rows + x * NASC_BLOCK, z + x * r->channels)
#define NASC_FORWARD_TILE_2_3(T, x) nasc_depthwise_forward_tile(3, 2, T, r, rows + 2 * x * NASC_BLOCK, z + x * r->channels)
#define NASC_FORWARD_TILE_2_5(T, x) nasc_depthwise_forward_tile(5, 2, T, r, rows + 2 * x * NASC_BLOCK, z + x * r->channels)
#define NASC_FORWARD_TILE_2_7(T, x) nasc_depthwise_forward_tile(7, 2, T, r, rows + 2 * x * NASC_BLOCK, z + x * r->channels)
NASC_FORWARD_ROWS(3, 1)
NASC_FORWARD_ROWS(5, 1)
NASC_FORWARD_ROWS(7, 1)
NASC_FORWARD_ROWS(3, 2)
NASC_FORWARD_ROWS(5, 2)
NASC_FORWARD_ROWS(7, 2)

/* FUNCTION_K_S(argument) for the kernel and stride of `s`. */
#define NASC_BY_KERNEL(FUNCTION, s, argument)                       \
  do {                                                              \
    if ((s).stride == 1) {                                          \
      if ((s).kernel == 3) FUNCTION##_3_1(argument);                \
      else if ((s).kernel == 5) FUNCTION##_5_1(argument);           \
      else FUNCTION##_7_1(argument);                                \
    } else {                                                        \
      if ((s).kernel == 3) FUNCTION##_3_2(argument);                \
      else if ((s).kernel == 5) FUNCTION##_5_2(argument);           \
      else FUNCTION##_7_2(argument);                                \
    }                                                               \
  } while (0)

/* Items: groups of images x blocks of 16 channels. Tensors: x, weight, z, [affine of x], [bias], [partials]. Scalars: low,
   high of x's activation. */
NASC_KERNEL(nasc_depthwise_forward) {
  struct nasc_depthwise s;
  memcpy(&s, dims, sizeof s);
  const int64_t blocks = (s.channels + NASC_BLOCK - 1) / NASC_BLOCK, padded = NASC_ROUND_UP(s.channels), border = s.kernel / 2;
  real *const *optional = tensors + 3;
  const float *affine = s.normalised ? *optional++ : 0, *bias = s.bias ? *optional++ : 0;
  float *partials = s.statistics ? *optional++ : 0;
  nasc_source source = {.affine = affine, .low = (float)scalars[0], .high = (float)scalars[1]};
  nasc_depthwise_rows r = {.band = nasc_scratch, .across = (s.widthIn + 2 * border) * NASC_BLOCK, .width = s.widthOut, .channels = s.channels};
  for (int64_t item = first; item < last; item++) {
    const int64_t group = item / blocks, channel = item % blocks * NASC_BLOCK;
    nasc_vector pivot[NASC_BLOCK_VECTORS], total[NASC_BLOCK_VECTORS], square[NASC_BLOCK_VECTORS];
    for (int v = 0; v < NASC_BLOCK_VECTORS; v++) pivot[v] = total[v] = square[v] = (nasc_vector){0};
    int starts = 1;
    for (int64_t n = group * s.images; n < nasc_min((group + 1) * s.images, s.batch); n++) {
      source.x = tensors[0] + n * s.heightIn * s.widthIn * s.channels;
      for (int64_t y = 0; y < s.heightOut; y += s.band) {
        r.rows = nasc_min(s.band, s.heightOut - y);
        nasc_copy_band(nasc_scratch, source, s.heightIn, s.widthIn, s.channels, channel, y * s.stride - border, (r.rows - 1) * s.stride + s.kernel, border);
        for (int v = 0; v < NASC_BLOCK_VECTORS; v++) {
          const int64_t c = channel + v * NASC_LANES;
          if (c >= padded) break;
          r.band = nasc_scratch + v * NASC_LANES;
          r.weight = tensors[1] + c;
          r.bias = bias ? nasc_load(bias + c) : (nasc_vector){0};
          r.left = s.channels - c;
          r.z = tensors[2] + ((n * s.heightOut + y) * s.widthOut) * s.channels + c;
          r.partials = partials;
          r.pivot = pivot[v], r.total = total[v], r.square = square[v], r.starts = starts;
          NASC_BY_KERNEL(nasc_depthwise_forward, s, &r);
          pivot[v] = r.pivot, total[v] = r.total, square[v] = r.square;
        }
        starts = 0;
      }
    }
    if (!partials) continue;
    for (int v = 0; v < NASC_BLOCK_VECTORS && channel + v * NASC_LANES < padded; v++) {
      float *to = partials + group * 3 * padded + channel + v * NASC_LANES;
      nasc_store(to, pivot[v]);
      nasc_store(to + padded, total[v]);
      nasc_store(to + 2 * padded, square[v]);
    }
  }
}

/* ---- backward ---- */

typedef struct {
  const float *input, *gradient; /* bands in scratch, at the vector's lanes */
  const float *weight;
  const float *z;  /* of the normalised input, in memory; null for a plain one */
  float *dx;       /* in memory */
  const float *added; /* to dx, or null */
  float *taps;     /* [K][K][16]: gradient of the weight */
  nasc_vector scale, shift, mean, low, high, total, product;
  int64_t input_across, gradient_across; /* floats of a band's row */
  int64_t border;                        /* of the gradient's band */
  int64_t width_in, width_out, rows_in, rows_out, channels, left;
  int64_t first_in, first_gradient; /* row of the image that dx, the gradient's band start with */
  int64_t first_out;                /* first output row whose weight gradient belongs to this band */
  int64_t first_band;               /* row of the image that the input's band starts with */
} nasc_depthwise_gradients;

/* Masks and stores T gradients of the input, `step` pixels apart. */
NASC_INLINE void nasc_depthwise_store(const int T, const int step, nasc_depthwise_gradients *g, nasc_vector *sum, int64_t pixel) {
  float *dx = g->dx + pixel * g->channels;
  if (g->z) {
    const float *z = g->z + pixel * g->channels;
    nasc_vector total = g->total, product = g->product;
    NASC_UNROLL for (int t = 0; t < T; t++) {
      const nasc_vector x = nasc_load(z + t * step * g->channels);
      sum[t] = nasc_inside(sum[t], nasc_fma(x, g->scale, g->shift), g->low, g->high);
      total += sum[t];
      product = nasc_fma(sum[t], x - g->mean, product);
    }
    g->total = total, g->product = product;
  } else if (g->added) {
    const float *added = g->added + pixel * g->channels;
    NASC_UNROLL for (int t = 0; t < T; t++) sum[t] += nasc_load(added + t * step * g->channels);
  }
  if (g->left >= NASC_LANES) {
    NASC_UNROLL for (int t = 0; t < T; t++) nasc_store(dx + t * step * g->channels, sum[t]);
  } else {
    NASC_UNROLL for (int t = 0; t < T; t++) nasc_store_some(dx + t * step * g->channels, sum[t], (int)g->left);
  }
}

/* Stride 1: dx[y][x] = sum over taps of dz[y + p - ky][x + p - kx] w[ky][kx]: the convolution with reversed taps. */
NASC_INLINE void nasc_depthwise_input_tile_1(const int K, const int T, nasc_depthwise_gradients *g, const float *rows, int64_t x, int64_t pixel) {
  nasc_vector sum[8];
  NASC_UNROLL for (int t = 0; t < T; t++) sum[t] = (nasc_vector){0};
  nasc_depthwise_tile(K, 1, T, K, sum, rows + x * NASC_BLOCK, g->gradient_across, g->weight + (K * K - 1) * g->channels, -K * g->channels, -g->channels);
  nasc_depthwise_store(T, 1, g, sum, pixel + x);
}

#define NASC_INPUT_ROWS_1(K)                                                                           \
  NASC_NOINLINE void nasc_depthwise_input_##K##_1(nasc_depthwise_gradients *g) {                       \
    for (int64_t y = 0; y < g->rows_in; y++) {                                                         \
      const int64_t pixel = y * g->width_in;                                                           \
      const float *rows = g->gradient + (g->first_in + y - K / 2 - g->first_gradient) * g->gradient_across; \
      NASC_ROW_TILES(g->width_in, NASC_INPUT_TILE_1_##K);                                              \
    }                                                                                                  \
  }
#define NASC_INPUT_TILE_1_3(T, x) nasc_depthwise_input_tile_1(3, T, g, rows, x, pixel)
#define NASC_INPUT_TILE_1_5(T, x) nasc_depthwise_input_tile_1(5, T, g, rows, x, pixel)
#define NASC_INPUT_TILE_1_7(T, x) nasc_depthwise_input_tile_1(7, T, g, rows, x, pixel)
NASC_INPUT_ROWS_1(3)
NASC_INPUT_ROWS_1(5)
NASC_INPUT_ROWS_1(7)

/* Stride 2: with y + p = e + 2 b, only taps ky = e + 2 j meet a gradient, that of row b - j; the same along x. A tile holds
   T inputs of one parity, every second pixel. J taps along x. */
NASC_INLINE void nasc_depthwise_input_tile_2(const int J, const int T, nasc_depthwise_gradients *g, int64_t K, int64_t ey, int64_t ex, const float *rows, int64_t b, int64_t pixel) {
  nasc_vector sum[8];
  NASC_UNROLL for (int t = 0; t < T; t++) sum[t] = (nasc_vector){0};
  const int64_t JY = (K - ey + 1) / 2;
  const float *last_tap = g->weight + ((ey + 2 * (JY - 1)) * K + ex + 2 * (J - 1)) * g->channels;
  nasc_depthwise_tile(J, 1, T, JY, sum, rows + (b - (J - 1) + g->border) * NASC_BLOCK, g->gradient_across, last_tap, -2 * K * g->channels, -2 * g->channels);
  nasc_depthwise_store(T, 2, g, sum, pixel);
}

/* All inputs of a row with the parity `ex`. */
#define NASC_INPUT_PARITY(J)                                                                                             \
  NASC_NOINLINE void nasc_depthwise_parity_##J(nasc_depthwise_gradients *g, int64_t K, int64_t ey, int64_t ex, const float *rows, int64_t row) { \
    const int64_t x0 = (ex + K / 2) % 2, count = (g->width_in - x0 + 1) / 2, b0 = (x0 + K / 2 - ex) / 2;                 \
    NASC_ROW_TILES(count, NASC_PARITY_TILE_##J);                                                                         \
  }
#define NASC_PARITY_TILE_1(T, x) nasc_depthwise_input_tile_2(1, T, g, K, ey, ex, rows, b0 + x, row + x0 + 2 * x)
#define NASC_PARITY_TILE_2(T, x) nasc_depthwise_input_tile_2(2, T, g, K, ey, ex, rows, b0 + x, row + x0 + 2 * x)
#define NASC_PARITY_TILE_3(T, x) nasc_depthwise_input_tile_2(3, T, g, K, ey, ex, rows, b0 + x, row + x0 + 2 * x)
#define NASC_PARITY_TILE_4(T, x) nasc_depthwise_input_tile_2(4, T, g, K, ey, ex, rows, b0 + x, row + x0 + 2 * x)
NASC_INPUT_PARITY(1)
NASC_INPUT_PARITY(2)
NASC_INPUT_PARITY(3)
NASC_INPUT_PARITY(4)

NASC_NOINLINE void nasc_depthwise_input_2(nasc_depthwise_gradients *g, int64_t K) {
  for (int64_t y = 0; y < g->rows_in; y++) {
    const int64_t shifted = g->first_in + y + K / 2, ey = shifted % 2, JY = (K - ey + 1) / 2;
    const float *rows = g->gradient + (shifted / 2 - (JY - 1) - g->first_gradient) * g->gradient_across;
    for (int64_t ex = 0; ex < 2; ex++) {
      const int64_t J = (K - ex + 1) / 2;
      if (J == 1) nasc_depthwise_parity_1(g, K, ey, ex, rows, y * g->width_in);
      else if (J == 2) nasc_depthwise_parity_2(g, K, ey, ex, rows, y * g->width_in);
      else if (J == 3) nasc_depthwise_parity_3(g, K, ey, ex, rows, y * g->width_in);
      else nasc_depthwise_parity_4(g, K, ey, ex, rows, y * g->width_in);
    }
  }
}
#define nasc_depthwise_input_3_2(g) nasc_depthwise_input_2(g, 3)
#define nasc_depthwise_input_5_2(g) nasc_depthwise_input_2(g, 5)
#define nasc_depthwise_input_7_2(g) nasc_depthwise_input_2(g, 7)

/* taps[ky][kx] += sum over pixels of x[y S + ky][x S + kx] dz[y][x]: a tile of dz in registers, two sums a tap. */
NASC_INLINE void nasc_depthwise_weight_tile(const int K, const int S, const int T, nasc_vector (*sum)[2], const float *input, const float *gradient) {
  nasc_vector dz[8];
  NASC_UNROLL for (int t = 0; t < T; t++) dz[t] = nasc_load(gradient + t * NASC_BLOCK);
  NASC_UNROLL for (int column = 0; column < S * (T - 1) + K; column++) {
    const nasc_vector x = nasc_load(input + column * NASC_BLOCK);
    NASC_UNROLL for (int kx = 0; kx < K; kx++) {
      if (column >= kx && (column - kx) % S == 0 && (column - kx) / S < T) {
        const int t = (column - kx) / S;
        sum[kx][t % 2] = nasc_fma(x, dz[t], sum[kx][t % 2]);
      }
    }
  }
}

#define NASC_WEIGHT_ROWS(K, S)                                                                                          \
  NASC_NOINLINE void nasc_depthwise_weight_##K##_##S(nasc_depthwise_gradients *g) {                                     \
    for (int64_t ky = 0; ky < K; ky++) {                                                                                \
      nasc_vector sum[K][2];                                                                                            \
      NASC_UNROLL for (int kx = 0; kx < K; kx++) sum[kx][0] = nasc_load(g->taps + (ky * K + kx) * NASC_BLOCK), sum[kx][1] = (nasc_vector){0}; \
      for (int64_t y = 0; y < g->rows_out; y++) {                                                                       \
        const float *gradient = g->gradient + (g->first_out + y - g->first_gradient) * g->gradient_across + g->border * NASC_BLOCK; \
        const float *input = g->input + ((g->first_out + y) * S - K / 2 + ky - g->first_band) * g->input_across;        \
        NASC_ROW_TILES(g->width_out, NASC_WEIGHT_TILE_##S##_##K);                                                       \
      }                                                                                                                 \
      NASC_UNROLL for (int kx = 0; kx < K; kx++) nasc_store(g->taps + (ky * K + kx) * NASC_BLOCK, sum[kx][0] + sum[kx][1]); \
    }                                                                                                                   \
  }
#define NASC_WEIGHT_TILE_1_3(T, x) nasc_depthwise_weight_tile(3, 1, T, sum, input + x * NASC_BLOCK, gradient + x * NASC_BLOCK)
#define NASC_WEIGHT_TILE_1_5(T, x) nasc_depthwise_weight_tile(5, 1, T, sum, input + x * NASC_BLOCK, gradient + x * NASC_BLOCK)
#define NASC_WEIGHT_TILE_1_7(T, x) nasc_depthwise_weight_tile(7, 1, T, sum, input + x * NASC_BLOCK, gradient + x * NASC_BLOCK)
#define NASC_WEIGHT_TILE_2_3(T, x) nasc_depthwise_weight_tile(3, 2, T, sum, input + 2 * x * NASC_BLOCK, gradient + x * NASC_BLOCK)
#define NASC_WEIGHT_TILE_2_5(T, x) nasc_depthwise_weight_tile(5, 2, T, sum, input + 2 * x * NASC_BLOCK, gradient + x * NASC_BLOCK)
#define NASC_WEIGHT_TILE_2_7(T, x) nasc_depthwise_weight_tile(7, 2, T, sum, input + 2 * x * NASC_BLOCK, gradient + x * NASC_BLOCK)
NASC_WEIGHT_ROWS(3, 1)
NASC_WEIGHT_ROWS(5, 1)
NASC_WEIGHT_ROWS(7, 1)
NASC_WEIGHT_ROWS(3, 2)
NASC_WEIGHT_ROWS(5, 2)
NASC_WEIGHT_ROWS(7, 2)

/* Items: groups of images x blocks of 16 channels. Both gradients at once.
   Tensors: gradient, x, weight, [z, coefficients: behind a batch normalisation], [affine, mean of x, sums], [dx], [added to dx],
   [partials of the weight gradient: [group][K][K][padded C]]. */
NASC_KERNEL(nasc_depthwise_backward) {
  struct nasc_depthwise s;
  memcpy(&s, dims, sizeof s);
  const int64_t blocks = (s.channels + NASC_BLOCK - 1) / NASC_BLOCK, padded = NASC_ROUND_UP(s.channels), half = s.kernel / 2;
  const int64_t taps = s.kernel * s.kernel, border = half + 1;
  real *const *optional = tensors + 3;
  const float *z = 0, *coefficients = 0, *affine = 0, *mean = 0, *added = 0;
  float *sums = 0, *dx = 0, *partials = 0;
  if (s.behindNorm) z = optional[0], coefficients = optional[1], optional += 2;
  if (s.normalised) affine = optional[0], mean = optional[1], sums = optional[2], optional += 3;
  if (s.inputGradient) dx = *optional++;
  if (s.add) added = *optional++;
  if (s.weightGradient) partials = *optional;

  const int64_t band_in = s.band * s.stride; /* rows of dx for a band of output rows */
  const int64_t gradient_rows = s.band + 2 * border, input_rows = (s.band - 1) * s.stride + s.kernel;
  float *const taps_memory = nasc_scratch, *const gradient = taps_memory + taps * NASC_BLOCK;
  float *const input = gradient + gradient_rows * (s.widthOut + 2 * border) * NASC_BLOCK;
  nasc_source input_source = {.affine = affine, .low = (float)scalars[0], .high = (float)scalars[1]};
  nasc_source gradient_source = {.coefficients = coefficients};
  nasc_depthwise_gradients g = {
      .border = s.stride == 1 ? half : border,
      .input_across = (s.widthIn + 2 * half) * NASC_BLOCK,
      .width_in = s.widthIn,
      .width_out = s.widthOut,
      .channels = s.channels,
      .low = nasc_broadcast((float)scalars[0]),
      .high = nasc_broadcast((float)scalars[1]),
  };
  g.gradient_across = (s.widthOut + 2 * g.border) * NASC_BLOCK;
  for (int64_t item = first; item < last; item++) {
    const int64_t group = item / blocks, channel = item % blocks * NASC_BLOCK;
    nasc_vector total[NASC_BLOCK_VECTORS], product[NASC_BLOCK_VECTORS];
    for (int v = 0; v < NASC_BLOCK_VECTORS; v++) total[v] = product[v] = (nasc_vector){0};
    memset(taps_memory, 0, (size_t)taps * NASC_BLOCK * sizeof(float));
    for (int64_t n = group * s.images; n < nasc_min((group + 1) * s.images, s.batch); n++) {
      const int64_t image_in = n * s.heightIn * s.widthIn * s.channels, image_out = n * s.heightOut * s.widthOut * s.channels;
      input_source.x = tensors[1] + image_in;
      gradient_source.x = tensors[0] + image_out;
      gradient_source.z = z ? z + image_out : 0;
      for (int64_t y = 0; y < s.heightOut; y += s.band) {
        const int64_t rows_out = nasc_min(s.band, s.heightOut - y);
        g.first_in = y * s.stride;
        g.rows_in = y + rows_out == s.heightOut ? s.heightIn - g.first_in : nasc_min(band_in, s.heightIn - g.first_in);
        g.first_out = y, g.rows_out = rows_out;
        g.first_gradient = y - border;
        g.first_band = y * s.stride - half;
        nasc_copy_band(gradient, gradient_source, s.heightOut, s.widthOut, s.channels, channel, g.first_gradient, rows_out + 2 * border, g.border);
        if (partials) nasc_copy_band(input, input_source, s.heightIn, s.widthIn, s.channels, channel, g.first_band, (rows_out - 1) * s.stride + s.kernel, half);
        for (int v = 0; v < NASC_BLOCK_VECTORS; v++) {
          const int64_t c = channel + v * NASC_LANES;
          if (c >= padded) break;
          g.input = input + v * NASC_LANES, g.gradient = gradient + v * NASC_LANES, g.taps = taps_memory + v * NASC_LANES;
          g.weight = tensors[2] + c;
          g.left = s.channels - c;
          if (dx) {
            const int64_t at = image_in + g.first_in * s.widthIn * s.channels + c;
            g.dx = dx + at;
            g.added = added ? added + at : 0;
            g.z = 0;
            if (s.normalised) {
              g.z = tensors[1] + at;
              g.scale = nasc_load(affine + c), g.shift = nasc_load(affine + padded + c), g.mean = nasc_load(mean + c);
              g.total = total[v], g.product = product[v];
            }
            NASC_BY_KERNEL(nasc_depthwise_input, s, &g);
            total[v] = g.total, product[v] = g.product;
          }
          if (partials) NASC_BY_KERNEL(nasc_depthwise_weight, s, &g);
        }
      }
    }
    for (int v = 0; v < NASC_BLOCK_VECTORS && channel + v * NASC_LANES < padded; v++) {
      const int64_t c = channel + v * NASC_LANES;
      if (dx && s.normalised) {
        nasc_store(sums + group * 2 * padded + c, total[v]);
        nasc_store(sums + (group * 2 + 1) * padded + c, product[v]);
      }
      if (partials)
        for (int64_t tap = 0; tap < taps; tap++) nasc_store(partials + (group * taps + tap) * padded + c, nasc_load(taps_memory + tap * NASC_BLOCK + v * NASC_LANES));
    }
  }
}

/* Items: taps. dw += sum of the partials, in order. Dims: N, taps, C, groups. */
NASC_KERNEL(nasc_depthwise_reduce) {
  NASC_UNUSED(scalars);
  const int64_t taps = dims[1], channels = dims[2], groups = dims[3], padded = NASC_ROUND_UP(channels);
  for (int64_t tap = first; tap < last; tap++) {
    float *dw = tensors[1] + tap * channels;
    for (int64_t c = 0; c < channels; c += NASC_LANES) {
      nasc_vector sum = {0};
      for (int64_t g = 0; g < groups; g++) sum += nasc_load(tensors[0] + (g * taps + tap) * padded + c);
      nasc_store_up_to(dw + c, nasc_load(dw + c) + sum, channels - c);
    }
  }
}
