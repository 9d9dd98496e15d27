/* Backward pass of expansion.h up to what needs sums over the whole batch (expansion-finish.h). */

typedef struct {
  const float *activations; /* the row of the first input row */
  const float *seen;        /* the first row that the first output row sees */
  const float *gradient;    /* of the depthwise's output: the row of the first output row */
  const float *weight;      /* at the vector's channel */
  float *d;                 /* [pixel][width] */
  float *taps;              /* [K][K][padded C] */
  nasc_vector low, high, total;
  int64_t across, gradient_across; /* floats of a row */
  int64_t width_in, width_out, rows_in, rows_out;
  int64_t channels, padded, width;
  int64_t border, gradient_border; /* pixels left of a row */
} nasc_expansion_gradients;

/* T gradients of inputs of a row, masked by the activations. `rows` is the last of `count` rows of gradients that the input row
   meets, `taps` the row of the filter that it meets it with: those before meet it S rows further down the filter. */
NASC_INLINE void nasc_expansion_input_tile(const int K, const int S, const int T, nasc_expansion_gradients *g, const float *rows, int64_t count,
                                           const float *taps, const float *activations, float *d) {
  nasc_vector sum[16];
  NASC_UNROLL for (int t = 0; t < T; t++) sum[t] = (nasc_vector){0};
  nasc_depthwise_transposed_tile(K, S, T, -(K / 2 / S), (T - 1 + K / 2) / S + 1, count, sum, rows, -g->gradient_across, taps, S * K * g->channels, g->channels);
  nasc_vector total = g->total;
  NASC_UNROLL for (int t = 0; t < T; t++) {
    sum[t] = nasc_inside(sum[t], nasc_load(activations + t * NASC_BLOCK), g->low, g->high);
    total += sum[t];
    nasc_store(d + t * g->width, sum[t]);
  }
  g->total = total;
}

#define NASC_EXPANSION_INPUT_TILE(T, x, starts, ends) \
  nasc_expansion_input_tile(K, S, T, g, rows + (x) / S * NASC_BLOCK, count, taps, activations + (x) * NASC_BLOCK, d + (x) * g->width)
NASC_INLINE void nasc_expansion_input_rows(const int K, const int S, nasc_expansion_gradients *g) {
  for (int64_t y = 0; y < g->rows_in; y++) {
    const int64_t first_tap = (y + K / 2) % S, count = (K - first_tap + S - 1) / S;
    const float *rows = g->gradient + (y + K / 2) / S * g->gradient_across + g->gradient_border * NASC_BLOCK;
    const float *taps = g->weight + first_tap * K * g->channels;
    const float *activations = g->activations + y * g->across + g->border * NASC_BLOCK;
    float *d = g->d + y * g->width_in * g->width;
    NASC_ROW_TILES(0, g->width_in, NASC_EXPANSION_INPUT_TILE);
  }
}
#define NASC_EXPANSION_INPUT(K, S) \
  NASC_NOINLINE void nasc_expansion_input_##K##_##S(nasc_expansion_gradients *g) { nasc_expansion_input_rows(K, S, g); }
NASC_EVERY_KERNEL(NASC_EXPANSION_INPUT)

/* sum[r][kx] += sum over t of a[r][t S + kx] dz[t], for R rows of taps at once. */
NASC_INLINE void nasc_expansion_taps_tile(const int K, const int S, const int R, const int T, nasc_vector (*sum)[7], const float *a, int64_t across,
                                          const float *dz) {
  NASC_UNROLL for (int r = 0; r < R; r++) nasc_depthwise_taps_tile(K, S, T, 0, S * (T - 1) + K, sum[r], a + r * across, dz);
}

/* taps[first_ky + ...] += of all output rows. */
#define NASC_EXPANSION_TAPS_TILE(T, x, starts, ends) \
  nasc_expansion_taps_tile(K, S, R, T, sum, a + S * (x) * NASC_BLOCK, g->across, gradient + (x) * NASC_BLOCK)
NASC_INLINE void nasc_expansion_taps_rows(const int K, const int S, const int R, nasc_expansion_gradients *g, const int first_ky) {
  nasc_vector sum[3][7];
  NASC_UNROLL for (int r = 0; r < R; r++) {
    NASC_UNROLL for (int kx = 0; kx < K; kx++) sum[r][kx] = (nasc_vector){0};
  }
  for (int64_t y = 0; y < g->rows_out; y++) {
    const float *a = g->seen + (y * S + first_ky) * g->across, *gradient = g->gradient + y * g->gradient_across + g->gradient_border * NASC_BLOCK;
    NASC_ROW_TILES(0, g->width_out, NASC_EXPANSION_TAPS_TILE);
  }
  NASC_UNROLL for (int r = 0; r < R; r++) {
    NASC_UNROLL for (int kx = 0; kx < K; kx++) {
      float *tap = g->taps + ((first_ky + r) * K + kx) * g->padded;
      nasc_store(tap, nasc_load(tap) + sum[r][kx]);
    }
  }
}

#define NASC_EXPANSION_TAPS(K, S)                                                                                        \
  NASC_NOINLINE void nasc_expansion_taps_##K##_##S(nasc_expansion_gradients *g) {                                        \
    int ky = 0;                                                                                                          \
    for (; ky + NASC_TAP_ROWS(K) <= K; ky += NASC_TAP_ROWS(K)) nasc_expansion_taps_rows(K, S, NASC_TAP_ROWS(K), g, ky); \
    if (ky < K) nasc_expansion_taps_rows(K, S, K % NASC_TAP_ROWS(K), g, ky);                                             \
  }
NASC_EVERY_KERNEL(NASC_EXPANSION_TAPS)

/* The gradient at the depthwise's output, behind its normalisation. */
typedef struct {
  nasc_sliding rows;
  const float *d, *z, *coefficients; /* at the image and the block's first channel; coefficients [4][padded C] */
  nasc_layout d_layout, z_layout;
  int64_t height, columns, border, padded, count;
} nasc_expansion_arriving;

/* Rows up to `end`; those before `from` are not needed any more. All rows of a block of channels one after the other, as
   they come from memory, in one run. */
static void nasc_expansion_arrive(nasc_expansion_arriving *g, int64_t from, int64_t end) {
  nasc_slide(&g->rows, from, end);
  for (int64_t lane = 0; lane < g->count; lane += NASC_LANES) {
    const float *coefficients = g->coefficients + lane;
    const nasc_vector a = nasc_load(coefficients), b = nasc_load(coefficients + g->padded), e = nasc_load(coefficients + 2 * g->padded);
    const nasc_vector mean = nasc_load(coefficients + 3 * g->padded);
    for (int64_t row = g->rows.end; row < end; row++) {
      float *to = nasc_sliding_row(&g->rows, row) + lane / NASC_BLOCK * nasc_sliding_plane(&g->rows) + g->border * NASC_BLOCK + lane % NASC_BLOCK;
      if (row < 0 || row >= g->height) {
        for (int64_t x = 0; x < g->columns; x++) nasc_store(to + x * NASC_BLOCK, (nasc_vector){0});
        continue;
      }
      const float *d = g->d + nasc_at(g->d_layout, row * g->columns, lane), *z = g->z + nasc_at(g->z_layout, row * g->columns, lane);
      for (int64_t x = 0; x < g->columns; x++) {
        const nasc_vector rest = nasc_fma(nasc_load(z + x * g->z_layout.row) - mean, b, e);
        nasc_store(to + x * NASC_BLOCK, nasc_fma(nasc_load(d + x * g->d_layout.row), a, rest));
      }
    }
  }
  g->rows.end = end;
}

/* Items: groups of images. Partial sums S, P and of the taps, and dx = d (a W)' (+ added).
   Tensors: gradient, z, coefficients, x, pivot, weight, affine, depthwise weight, S [group][padded C], P [group][I][padded C],
   [taps [group][K][K][padded C]], [transposed weight [C][padded I], dx], [added]. Scalars: low, high of the activation.
   Without `products` (frozen, and no gradients of weights) S and P are neither computed nor there. */
NASC_KERNEL(nasc_expansion_backward) {
  struct nasc_expansion s;
  memcpy(&s, dims, sizeof s);
  const int64_t blocks = nasc_expansion_blocks(s.channels), padded = NASC_ROUND_UP(s.channels), half = s.kernel / 2;
  const int64_t padded_in = NASC_ROUND_UP(s.channelsIn), taps = s.kernel * s.kernel, rows_in = s.band * s.stride;
  const int64_t pixels_in = s.heightIn * s.widthIn, pixels_out = s.heightOut * s.widthOut;
  const nasc_layout z_layout = nasc_layout_of(1, s.batch * pixels_out, s.channels);
  const nasc_layout d_layout = nasc_layout_of(s.gradientBlocked, s.batch * pixels_out, s.channels);
  const float *affine = tensors[6], *transposed = 0, *added = 0;
  real *const *optional = tensors + 8;
  float *dx = 0, *sums = 0, *products = 0, *tap_sums = 0;
  if (s.products) sums = optional[0], products = optional[1], optional += 2;
  if (s.taps) tap_sums = *optional++;
  if (s.inputGradient) transposed = optional[0], dx = optional[1], optional += 2;
  if (s.add) added = *optional;

  nasc_expander expander;
  float *memory = nasc_expander_create(&expander, &s, tensors[4], scalars, nasc_scratch);
  const int64_t border = (half + s.stride - 1) / s.stride, below = half / s.stride, above = (half - 1) / s.stride + 1;
  nasc_expansion_arriving arriving = {.d_layout = d_layout, .z_layout = z_layout, .height = s.heightOut, .columns = s.widthOut, .border = border, .padded = padded};
  arriving.rows = (nasc_sliding){.memory = memory, .capacity = s.kernel + s.band, .across = (s.widthOut + 2 * border) * NASC_BLOCK, .planes = NASC_EXPANSION_PLANES};
  nasc_clear_borders(&arriving.rows, border);
  float *const d = memory + nasc_sliding_floats(&arriving.rows), *const scaled = d + rows_in * s.widthIn * NASC_EXPANSION_WIDTH;
  nasc_expansion_gradients g = {
      .across = expander.a.across,
      .gradient_across = arriving.rows.across,
      .width_in = s.widthIn,
      .width_out = s.widthOut,
      .channels = s.channels,
      .padded = padded,
      .border = half,
      .gradient_border = border,
      .low = nasc_broadcast(expander.low),
      .high = nasc_broadcast(expander.high),
  };
  for (int64_t item = first; item < last; item++) {
    if (products) memset(products + item * s.channelsIn * padded, 0, (size_t)(s.channelsIn * padded) * sizeof(float));
    if (products) memset(sums + item * padded, 0, (size_t)padded * sizeof(float));
    if (tap_sums) memset(tap_sums + item * taps * padded, 0, (size_t)(taps * padded) * sizeof(float));
    for (int64_t n = item * s.images; n < nasc_min((item + 1) * s.images, s.batch); n++) {
      const float *x = tensors[3] + n * pixels_in * s.channelsIn;
      for (int64_t block = 0; block < blocks; block++) {
        nasc_expander_block(&expander, &s, block, tensors[5], affine);
        nasc_expander_image(&expander, half);
        const int64_t channel = expander.channel, count = expander.count;
        arriving.rows.first = arriving.rows.end = -below;
        arriving.count = count;
        arriving.d = tensors[0] + nasc_at(d_layout, n * pixels_out, channel);
        arriving.z = tensors[1] + nasc_at(z_layout, n * pixels_out, channel);
        arriving.coefficients = tensors[2] + channel;
        g.width = expander.width;
        for (int64_t c = 0; dx && c < count; c++) {
          const nasc_vector scale = nasc_broadcast(affine[channel + c]);
          for (int64_t i = 0; i < padded_in; i += NASC_LANES) nasc_store(scaled + c * padded_in + i, nasc_load(transposed + (channel + c) * padded_in + i) * scale);
        }
        for (int64_t y = 0; y < s.heightOut; y += s.band) {
          g.rows_out = nasc_min(s.band, s.heightOut - y);
          const int64_t top = y * s.stride, end = y + g.rows_out;
          g.rows_in = nasc_min(end * s.stride, s.heightIn) - top;
          nasc_expand(&expander, x, top - half, (end - 1) * s.stride + half + 1);
          nasc_expansion_arrive(&arriving, y - below, end + above);
          for (int64_t lane = 0; lane < count; lane += NASC_LANES) {
            const int64_t c = channel + lane, plane = lane / NASC_BLOCK, in_plane = lane % NASC_BLOCK;
            g.seen = nasc_sliding_row(&expander.a, top - half) + plane * nasc_sliding_plane(&expander.a) + in_plane;
            g.activations = g.seen + half * g.across;
            g.gradient = nasc_sliding_row(&arriving.rows, y) + plane * nasc_sliding_plane(&arriving.rows) + in_plane;
            g.weight = tensors[7] + c;
            g.d = d + lane;
            g.total = (nasc_vector){0};
            NASC_BY_KERNEL(nasc_expansion_input, s, &g);
            if (products) nasc_store(sums + item * padded + c, nasc_load(sums + item * padded + c) + g.total);
            if (!tap_sums) continue;
            g.taps = tap_sums + item * taps * padded + c;
            NASC_BY_KERNEL(nasc_expansion_taps, s, &g);
          }
          const int64_t pixels = g.rows_in * s.widthIn;
          if (products) {
            nasc_outer_sum p = {.a = nasc_expander_row(&expander, x, top), .lda = nasc_expander_step(&expander), .b = d, .ldb = g.width, .rows = s.channelsIn, .depth = pixels};
            p.out = products + item * s.channelsIn * padded + channel;
            p.ldo = padded;
            NASC_PANELS(nasc_outer_sum_panel, &p, count);
          }
          if (dx) {
            const int64_t at = (n * pixels_in + top * s.widthIn) * s.channelsIn;
            nasc_addition p = {.a = d, .lda = g.width, .b = scaled, .ldb = padded_in, .rows = pixels, .depth = count, .ldz = s.channelsIn, .writable = s.channelsIn};
            p.z = dx + at;
            p.base = block > 0 ? p.z : added ? added + at : 0;
            NASC_PANELS(nasc_addition_panel, &p, s.channelsIn);
          }
        }
      }
    }
  }
}
