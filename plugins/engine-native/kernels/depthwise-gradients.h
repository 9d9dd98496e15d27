/* The two gradients of depthwise.h, for some rows of a vector's channels. */

typedef struct {
  const nasc_rows *in, *out; /* the input; the gradient of the output */
  const float *weight;       /* [K][K][16] */
  float *taps;               /* [K][K][16]: gradient of the weight, with room for NASC_TAP_ROWS(K) - 1 rows more */
  const float *z;            /* of a normalised input; null for a plain one */
  float *dx;                 /* like z and added: of the first image */
  const float *added;        /* to dx, or null */
  int64_t images, first_in, end_in, first_out, end_out; /* rows of dx; output rows that the weight's gradient does */
  int64_t lane, left;                                   /* first channel of the vector within its block; channels to write */
  int64_t stride, image;                                /* floats of dx, z and added from pixel to pixel; of an image */
  nasc_vector scale, shift, mean, low, high, total, product;
} nasc_depthwise_gradients;

/* T gradients behind hard swish, already in dx: those in front of it. On its own, so that tiles with clamps keep their registers. */
NASC_NOINLINE void nasc_depthwise_swish(nasc_depthwise_gradients *g, int T, int64_t at) {
  for (int t = 0; t < T; t++, at += g->stride) {
    const nasc_vector x = nasc_load(g->z + at), y = nasc_fma(x, g->scale, g->shift);
    const nasc_vector d = nasc_activation_gradient(nasc_load_up_to(g->dx + at, g->left), y, g->low, g->high);
    g->total += d;
    g->product = nasc_fma(d, x - g->mean, g->product);
    nasc_store_up_to(g->dx + at, d, g->left);
  }
}

/* Stores T gradients of the input; of a normalised one those in front of its activation. */
NASC_INLINE void nasc_depthwise_store(const int T, nasc_depthwise_gradients *g, nasc_vector *sum, int64_t at) {
  const int64_t stride = g->stride;
  float *const dx = g->dx + at;
  const int is_clamped = g->z && !nasc_is_hard_swish(g->low, g->high);
  if (is_clamped) {
    const float *const z = g->z + at;
    const nasc_vector scale = g->scale, shift = g->shift, mean = g->mean, low = g->low, high = g->high;
    nasc_vector total[2] = {{0}, {0}}, product[2] = {{0}, {0}};
    NASC_UNROLL for (int t = 0; t < T; t++) {
      const nasc_vector x = nasc_load(z + t * stride);
      sum[t] = nasc_inside(sum[t], nasc_fma(x, scale, shift), low, high);
      total[t % 2] += sum[t];
      product[t % 2] = nasc_fma(sum[t], x - mean, product[t % 2]);
    }
    g->total += total[0] + total[1], g->product += product[0] + product[1];
  } else if (g->added) {
    const float *const added = g->added + at;
    NASC_UNROLL for (int t = 0; t < T; t++) sum[t] += nasc_load_up_to(added + t * stride, g->left);
  }
  if (g->left >= NASC_LANES) {
    NASC_UNROLL for (int t = 0; t < T; t++) nasc_store(dx + t * stride, sum[t]);
  } else {
    const int left = (int)g->left;
    NASC_UNROLL for (int t = 0; t < T; t++) nasc_store_some(dx + t * stride, sum[t], left);
  }
  if (g->z && !is_clamped) nasc_depthwise_swish(g, T, at);
}

NASC_INLINE void nasc_depthwise_input_tile(const int K, const int S, const int T, const int left, const int right, nasc_depthwise_gradients *g,
                                           const float *rows, const float *weight, int64_t count, int64_t at) {
  nasc_vector sum[16];
  NASC_UNROLL for (int t = 0; t < T; t++) sum[t] = (nasc_vector){0};
  nasc_depthwise_transposed_tile(K, S, T, left, right, count, sum, rows, g->out->across, weight, -S * K * NASC_BLOCK, NASC_BLOCK);
  nasc_depthwise_store(T, g, sum, at);
}

/* Output row r sees input row y through row y + (K >> 1) - S r of the filter. */
#define NASC_INPUT_TILE(T, x, starts, ends)                                                                                     \
  nasc_depthwise_input_tile(K, S, T, starts ? 0 : -(K / 2 / S), ends ? T / S : (T - 1 + K / 2) / S + 1, g, rows + (x) / S * NASC_BLOCK, \
                            weight, count, at + (x) * g->stride)
NASC_INLINE void nasc_depthwise_input_rows(const int K, const int S, nasc_depthwise_gradients *g) {
  const int64_t width = g->in->width;
  for (int64_t image = 0; image < g->images; image++) {
    for (int64_t y = g->first_in; y < g->end_in; y++) {
      const int64_t first = nasc_max(0, y + K / 2 - K + S) / S, count = nasc_min((y + K / 2) / S + 1, g->out->height) - first;
      const float *rows = nasc_row(g->out, first) + image * g->out->image + g->lane;
      const float *weight = g->weight + (y + K / 2 - S * first) * K * NASC_BLOCK;
      const int64_t at = image * g->image + y * width * g->stride;
      NASC_ROW_TILES(g->out->tile, width, NASC_INPUT_TILE);
    }
  }
}
#define NASC_INPUT_ROWS(K, S) \
  NASC_NOINLINE void nasc_depthwise_input_##K##_##S(nasc_depthwise_gradients *g) { nasc_depthwise_input_rows(K, S, g); }
NASC_EVERY_KERNEL(NASC_INPUT_ROWS)

/* `x` floats into a row of the input. */
NASC_INLINE void nasc_depthwise_weight_tile(const int K, const int S, const int R, const int T, const int left, const int right, nasc_vector (*sum)[7],
                                            const float *const *rows, int64_t x, const float *dz) {
  NASC_UNROLL for (int r = 0; r < R; r++) {
    if (rows[r]) nasc_depthwise_taps_tile(K, S, T, left, right, sum[r], rows[r] + x, dz);
  }
}

#define NASC_WEIGHT_TILE(T, x, starts, ends)                                                                                  \
  nasc_depthwise_weight_tile(K, S, R, T, starts ? K / 2 : 0, ends ? K / 2 + S * T : S * (T - 1) + K, sum, rows, S * (x) * NASC_BLOCK, \
                             dz + (x) * NASC_BLOCK)
NASC_INLINE void nasc_depthwise_weight_rows(const int K, const int S, const int R, nasc_depthwise_gradients *g) {
  for (int64_t ky = 0; ky < K; ky += R) {
    float *taps = g->taps + ky * K * NASC_BLOCK;
    nasc_vector sum[3][7];
    NASC_UNROLL for (int r = 0; r < R; r++) {
      NASC_UNROLL for (int kx = 0; kx < K; kx++) sum[r][kx] = nasc_load(taps + (r * K + kx) * NASC_BLOCK);
    }
    for (int64_t image = 0; image < g->images; image++) {
      for (int64_t y = g->first_out; y < g->end_out; y++) {
        const float *dz = nasc_row(g->out, y) + image * g->out->image + g->lane, *rows[3];
        NASC_UNROLL for (int r = 0; r < R; r++) {
          const int64_t row = y * S - K / 2 + ky + r, is_there = row >= 0 && row < g->in->height && ky + r < K;
          rows[r] = is_there ? nasc_row(g->in, row) + image * g->in->image - K / 2 * NASC_BLOCK + g->lane : 0;
        }
        NASC_ROW_TILES(g->in->tile, g->out->width, NASC_WEIGHT_TILE);
      }
    }
    NASC_UNROLL for (int r = 0; r < R; r++) {
      NASC_UNROLL for (int kx = 0; kx < K; kx++) nasc_store(taps + (r * K + kx) * NASC_BLOCK, sum[r][kx]);
    }
  }
}
#define NASC_WEIGHT_ROWS(K, S) \
  NASC_NOINLINE void nasc_depthwise_weight_##K##_##S(nasc_depthwise_gradients *g) { nasc_depthwise_weight_rows(K, S, NASC_TAP_ROWS(K), g); }
NASC_EVERY_KERNEL(NASC_WEIGHT_ROWS)
