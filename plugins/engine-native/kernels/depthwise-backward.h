/* Both gradients of depthwise.h, and the sum of the partial ones of the weight. */

typedef struct {
  const float *input, *gradient; /* bands in scratch, at the vector's lanes */
  const float *weight;
  const float *z;                /* of a normalised input, at the band's first pixel; null for a plain one */
  float *dx;
  const float *added;            /* to dx, or null */
  float *taps;                   /* [K][K][16]: gradient of the weight */
  nasc_vector scale, shift, mean, low, high, total, product;
  int64_t input_across, gradient_across; /* floats of a band's row */
  int64_t border;                        /* of the gradient's band */
  int64_t width_in, width_out, height_in, height_out, rows_in, rows_out, channels;
  int64_t stride, left;             /* floats between pixels of dx, z and added; channels to write */
  int64_t first_in, first_out;      /* row of the image that dx starts with; output row that the weight's gradient does */
  int64_t first_band, first_gradient; /* rows that the bands start with */
} nasc_depthwise_gradients;

/* Masks and stores T gradients of the input, `step` pixels apart. */
NASC_INLINE void nasc_depthwise_store(const int T, const int step, nasc_depthwise_gradients *g, nasc_vector *sum, int64_t pixel) {
  const int64_t at = pixel * g->stride, between = step * g->stride;
  if (g->z) {
    nasc_vector total = g->total, product = g->product;
    NASC_UNROLL for (int t = 0; t < T; t++) {
      const nasc_vector x = nasc_load(g->z + at + t * between);
      sum[t] = nasc_activation_gradient(sum[t], nasc_fma(x, g->scale, g->shift), g->low, g->high);
      total += sum[t];
      product = nasc_fma(sum[t], x - g->mean, product);
    }
    g->total = total, g->product = product;
  } else if (g->added) {
    NASC_UNROLL for (int t = 0; t < T; t++) sum[t] += nasc_load(g->added + at + t * between);
  }
  if (g->left >= NASC_LANES) {
    NASC_UNROLL for (int t = 0; t < T; t++) nasc_store(g->dx + at + t * between, sum[t]);
  } else {
    NASC_UNROLL for (int t = 0; t < T; t++) nasc_store_some(g->dx + at + t * between, sum[t], (int)g->left);
  }
}

/* Stride 1: dx[y][x] = sum over taps of dz[y + p - ky][x + p - kx] w[ky][kx]: the convolution with reversed taps. */
NASC_INLINE void nasc_depthwise_input_tile_1(const int K, const int T, const int left, const int right, nasc_depthwise_gradients *g, const float *rows,
                                             int64_t skipped, int64_t count, int64_t pixel) {
  nasc_vector sum[8];
  NASC_UNROLL for (int t = 0; t < T; t++) sum[t] = (nasc_vector){0};
  const float *last_tap = g->weight + (K * K - 1 - skipped * K) * g->channels;
  nasc_depthwise_tile(K, 1, T, left, right, count, sum, rows, g->gradient_across, last_tap, -K * g->channels, -g->channels);
  nasc_depthwise_store(T, 1, g, sum, pixel);
}

#define NASC_INPUT_TILE(K, T, x) nasc_depthwise_input_tile_1(K, T, 0, T - 1 + K, g, rows + x * NASC_BLOCK, skipped, count, pixel + x)
#define NASC_INPUT_WHOLE(K, T) nasc_depthwise_input_tile_1(K, T, K / 2, K / 2 + T, g, rows, skipped, count, pixel)
#define NASC_INPUT_ROWS_1(K)                                                                                \
  NASC_NOINLINE void nasc_depthwise_input_##K##_1(nasc_depthwise_gradients *g) {                            \
    for (int64_t y = 0; y < g->rows_in; y++) {                                                              \
      const int64_t pixel = y * g->width_in, top = g->first_in + y - K / 2, skipped = nasc_max(0, -top);    \
      const int64_t count = nasc_min(K, g->height_out - top) - skipped;                                     \
      const float *rows = g->gradient + (top + skipped - g->first_gradient) * g->gradient_across;           \
      NASC_ROW_TILES_OR_WHOLE(g->width_in, NASC_INPUT_TILE_1_##K, NASC_INPUT_WHOLE_##K);                    \
    }                                                                                                       \
  }
#define NASC_INPUT_TILE_1_3(T, x) NASC_INPUT_TILE(3, T, x)
#define NASC_INPUT_TILE_1_5(T, x) NASC_INPUT_TILE(5, T, x)
#define NASC_INPUT_TILE_1_7(T, x) NASC_INPUT_TILE(7, T, x)
#define NASC_INPUT_WHOLE_3(T) NASC_INPUT_WHOLE(3, T)
#define NASC_INPUT_WHOLE_5(T) NASC_INPUT_WHOLE(5, T)
#define NASC_INPUT_WHOLE_7(T) NASC_INPUT_WHOLE(7, T)
NASC_INPUT_ROWS_1(3)
NASC_INPUT_ROWS_1(5)
NASC_INPUT_ROWS_1(7)

/* Stride 2: with y + p = e + 2 b, only taps ky = e + 2 j meet a gradient, that of row b - j; the same along x. A tile holds
   T inputs of one parity, every second pixel. J taps along x. */
typedef struct {
  const float *rows, *last_tap; /* first row that exists, its tap */
  int64_t count, K, ex, row;    /* taps along y; parity along x; pixel of the row's start */
} nasc_parity;

NASC_INLINE void nasc_depthwise_input_tile_2(const int J, const int T, nasc_depthwise_gradients *g, const nasc_parity *p, int64_t b, int64_t pixel) {
  nasc_vector sum[8];
  NASC_UNROLL for (int t = 0; t < T; t++) sum[t] = (nasc_vector){0};
  const float *rows = p->rows + (b - (J - 1) + g->border) * NASC_BLOCK;
  nasc_depthwise_tile(J, 1, T, 0, T - 1 + J, p->count, sum, rows, g->gradient_across, p->last_tap, -2 * p->K * g->channels, -2 * g->channels);
  nasc_depthwise_store(T, 2, g, sum, pixel);
}

/* All inputs of a row with one parity. */
#define NASC_INPUT_PARITY(J)                                                                                          \
  NASC_NOINLINE void nasc_depthwise_parity_##J(nasc_depthwise_gradients *g, const nasc_parity *p) {                   \
    const int64_t half = p->K / 2, x0 = (p->ex + half) % 2, count = (g->width_in - x0 + 1) / 2, b0 = (x0 + half - p->ex) / 2; \
    NASC_ROW_TILES(count, NASC_PARITY_TILE_##J);                                                                      \
  }
#define NASC_PARITY_TILE_1(T, x) nasc_depthwise_input_tile_2(1, T, g, p, b0 + x, p->row + x0 + 2 * x)
#define NASC_PARITY_TILE_2(T, x) nasc_depthwise_input_tile_2(2, T, g, p, b0 + x, p->row + x0 + 2 * x)
#define NASC_PARITY_TILE_3(T, x) nasc_depthwise_input_tile_2(3, T, g, p, b0 + x, p->row + x0 + 2 * x)
#define NASC_PARITY_TILE_4(T, x) nasc_depthwise_input_tile_2(4, T, g, p, b0 + x, p->row + x0 + 2 * x)
NASC_INPUT_PARITY(1)
NASC_INPUT_PARITY(2)
NASC_INPUT_PARITY(3)
NASC_INPUT_PARITY(4)

NASC_NOINLINE void nasc_depthwise_input_2(nasc_depthwise_gradients *g, int64_t K) {
  for (int64_t y = 0; y < g->rows_in; y++) {
    const int64_t shifted = g->first_in + y + K / 2, ey = shifted % 2, JY = (K - ey + 1) / 2;
    const int64_t top = shifted / 2 - (JY - 1), skipped = nasc_max(0, -top);
    nasc_parity p = {.K = K, .row = y * g->width_in, .count = nasc_min(JY, g->height_out - top) - skipped};
    p.rows = g->gradient + (top + skipped - g->first_gradient) * g->gradient_across;
    for (p.ex = 0; p.ex < 2; p.ex++) {
      const int64_t J = (K - p.ex + 1) / 2;
      p.last_tap = g->weight + ((ey + 2 * (JY - 1 - skipped)) * K + p.ex + 2 * (J - 1)) * g->channels;
      if (J == 1) nasc_depthwise_parity_1(g, &p);
      else if (J == 2) nasc_depthwise_parity_2(g, &p);
      else if (J == 3) nasc_depthwise_parity_3(g, &p);
      else nasc_depthwise_parity_4(g, &p);
    }
  }
}
#define nasc_depthwise_input_3_2(g) nasc_depthwise_input_2(g, 3)
#define nasc_depthwise_input_5_2(g) nasc_depthwise_input_2(g, 5)
#define nasc_depthwise_input_7_2(g) nasc_depthwise_input_2(g, 7)

/* taps[ky][kx] += sum over pixels of x[y S + ky][x S + kx] dz[y][x]: a tile of dz in registers, two sums a tap. */
NASC_INLINE void nasc_depthwise_weight_tile(const int K, const int S, const int T, const int left, const int right, nasc_vector (*sum)[2], const float *input,
                                            const float *gradient) {
  nasc_vector dz[8];
  NASC_UNROLL for (int t = 0; t < T; t++) dz[t] = nasc_load(gradient + t * NASC_BLOCK);
  NASC_UNROLL for (int column = left; column < right; column++) {
    const nasc_vector x = nasc_load(input + column * NASC_BLOCK);
    NASC_UNROLL for (int kx = 0; kx < K; kx++) {
      if (column >= kx && (column - kx) % S == 0 && (column - kx) / S < T) {
        const int t = (column - kx) / S;
        sum[kx][t % 2] = nasc_fma(x, dz[t], sum[kx][t % 2]);
      }
    }
  }
}

#define NASC_WEIGHT_TILE(K, S, T, x) nasc_depthwise_weight_tile(K, S, T, 0, S *(T - 1) + K, sum, input + S * x * NASC_BLOCK, gradient + x * NASC_BLOCK)
#define NASC_WEIGHT_WHOLE(K, T) nasc_depthwise_weight_tile(K, 1, T, K / 2, K / 2 + T, sum, input, gradient)
#define NASC_WEIGHT_ROWS(K, S, RUN)                                                                                                         \
  NASC_NOINLINE void nasc_depthwise_weight_##K##_##S(nasc_depthwise_gradients *g) {                                                         \
    for (int64_t ky = 0; ky < K; ky++) {                                                                                                    \
      float *taps = g->taps + ky * K * NASC_BLOCK;                                                                                          \
      nasc_vector sum[K][2];                                                                                                                \
      NASC_UNROLL for (int kx = 0; kx < K; kx++) sum[kx][0] = nasc_load(taps + kx * NASC_BLOCK), sum[kx][1] = (nasc_vector){0};             \
      for (int64_t y = g->first_out; y < g->first_out + g->rows_out; y++) {                                                                 \
        const int64_t iy = y * S - K / 2 + ky;                                                                                              \
        if (iy < 0 || iy >= g->height_in) continue;                                                                                         \
        const float *gradient = g->gradient + (y - g->first_gradient) * g->gradient_across + g->border * NASC_BLOCK;                        \
        const float *input = g->input + (iy - g->first_band) * g->input_across;                                                             \
        RUN;                                                                                                                                \
      }                                                                                                                                     \
      NASC_UNROLL for (int kx = 0; kx < K; kx++) nasc_store(taps + kx * NASC_BLOCK, sum[kx][0] + sum[kx][1]);                               \
    }                                                                                                                                       \
  }
#define NASC_WEIGHT_TILE_1_3(T, x) NASC_WEIGHT_TILE(3, 1, T, x)
#define NASC_WEIGHT_TILE_1_5(T, x) NASC_WEIGHT_TILE(5, 1, T, x)
#define NASC_WEIGHT_TILE_1_7(T, x) NASC_WEIGHT_TILE(7, 1, T, x)
#define NASC_WEIGHT_TILE_2_3(T, x) NASC_WEIGHT_TILE(3, 2, T, x)
#define NASC_WEIGHT_TILE_2_5(T, x) NASC_WEIGHT_TILE(5, 2, T, x)
#define NASC_WEIGHT_TILE_2_7(T, x) NASC_WEIGHT_TILE(7, 2, T, x)
#define NASC_WEIGHT_WHOLE_3(T) NASC_WEIGHT_WHOLE(3, T)
#define NASC_WEIGHT_WHOLE_5(T) NASC_WEIGHT_WHOLE(5, T)
#define NASC_WEIGHT_WHOLE_7(T) NASC_WEIGHT_WHOLE(7, T)
NASC_WEIGHT_ROWS(3, 1, NASC_ROW_TILES_OR_WHOLE(g->width_out, NASC_WEIGHT_TILE_1_3, NASC_WEIGHT_WHOLE_3))
NASC_WEIGHT_ROWS(5, 1, NASC_ROW_TILES_OR_WHOLE(g->width_out, NASC_WEIGHT_TILE_1_5, NASC_WEIGHT_WHOLE_5))
NASC_WEIGHT_ROWS(7, 1, NASC_ROW_TILES_OR_WHOLE(g->width_out, NASC_WEIGHT_TILE_1_7, NASC_WEIGHT_WHOLE_7))
NASC_WEIGHT_ROWS(3, 2, NASC_ROW_TILES(g->width_out, NASC_WEIGHT_TILE_2_3))
NASC_WEIGHT_ROWS(5, 2, NASC_ROW_TILES(g->width_out, NASC_WEIGHT_TILE_2_5))
NASC_WEIGHT_ROWS(7, 2, NASC_ROW_TILES(g->width_out, NASC_WEIGHT_TILE_2_7))

/* Items: groups of images x blocks of 16 channels. Both gradients at once.
   Tensors: gradient, x, weight, [z, coefficients: behind a batch normalisation], [affine, mean of x, sums], [dx], [added to
   dx], [partials of the weight gradient: [group][K][K][padded C]]. */
NASC_KERNEL(nasc_depthwise_backward) {
  struct nasc_depthwise s;
  memcpy(&s, dims, sizeof s);
  const int64_t blocks = (s.channels + NASC_BLOCK - 1) / NASC_BLOCK, padded = NASC_ROUND_UP(s.channels), half = s.kernel / 2;
  const int64_t taps = s.kernel * s.kernel, border = half + 1;
  const int64_t pixels_in = s.heightIn * s.widthIn, pixels_out = s.heightOut * s.widthOut;
  const nasc_layout in = nasc_layout_of(s.inputBlocked, s.batch * pixels_in, s.channels);
  const nasc_layout out = nasc_layout_of(1, s.batch * pixels_out, s.channels), arriving = nasc_layout_of(s.gradientBlocked, s.batch * pixels_out, s.channels);
  real *const *optional = tensors + 3;
  const float *z = 0, *coefficients = 0, *affine = 0, *mean = 0, *added = 0;
  float *sums = 0, *dx = 0, *partials = 0;
  if (s.behindNorm) z = optional[0], coefficients = optional[1], optional += 2;
  if (s.normalised) affine = optional[0], mean = optional[1], sums = optional[2], optional += 3;
  if (s.inputGradient) dx = *optional++;
  if (s.add) added = *optional++;
  if (s.weightGradient) partials = *optional;

  const int64_t band_in = s.band * s.stride; /* rows of dx for a band of output rows */
  const int64_t gradient_rows = s.band + 2 * border;
  float *const taps_memory = nasc_scratch, *const gradient = taps_memory + taps * NASC_BLOCK;
  float *const input = gradient + gradient_rows * (s.widthOut + 2 * border) * NASC_BLOCK;
  nasc_source input_source = {.affine = affine, .stride = in.row, .low = (float)scalars[0], .high = (float)scalars[1]};
  nasc_source gradient_source = {.coefficients = coefficients, .stride = arriving.row, .z_stride = out.row};
  nasc_depthwise_gradients g = {
      .border = s.stride == 1 ? half : border,
      .input_across = (s.widthIn + 2 * half) * NASC_BLOCK,
      .width_in = s.widthIn,
      .width_out = s.widthOut,
      .height_in = s.heightIn,
      .height_out = s.heightOut,
      .channels = s.channels,
      .stride = in.row,
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
      input_source.x = tensors[1] + nasc_at(in, n * pixels_in, channel);
      gradient_source.x = tensors[0] + nasc_at(arriving, n * pixels_out, channel);
      gradient_source.z = z ? z + nasc_at(out, n * pixels_out, channel) : 0;
      for (int64_t y = 0; y < s.heightOut; y += s.band) {
        const int64_t rows_out = nasc_min(s.band, s.heightOut - y);
        g.first_in = y * s.stride;
        g.rows_in = y + rows_out == s.heightOut ? s.heightIn - g.first_in : band_in;
        g.first_out = y, g.rows_out = rows_out;
        g.first_gradient = y - border;
        g.first_band = y * s.stride - half;
        nasc_copy_band(gradient, &gradient_source, s.heightOut, s.widthOut, s.channels, channel, g.first_gradient, rows_out + 2 * border, g.border);
        if (partials) nasc_copy_band(input, &input_source, s.heightIn, s.widthIn, s.channels, channel, g.first_band, (rows_out - 1) * s.stride + s.kernel, half);
        for (int v = 0; v < NASC_BLOCK_VECTORS; v++) {
          const int64_t c = channel + v * NASC_LANES;
          if (c >= padded) break;
          g.input = input + v * NASC_LANES, g.gradient = gradient + v * NASC_LANES, g.taps = taps_memory + v * NASC_LANES;
          g.weight = tensors[2] + c;
          g.left = s.inputBlocked ? NASC_LANES : s.channels - c;
          if (dx) {
            const int64_t at = nasc_at(in, n * pixels_in + g.first_in * s.widthIn, c);
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
