/* Forward pass of depthwise.h. */

typedef struct {
  const nasc_rows *in;
  const float *weight; /* [K][K][16] */
  float *z;            /* of the first image */
  int64_t images, first, end;   /* output rows */
  int64_t lane, left;           /* first channel of the vector within its block; channels to write */
  int64_t stride, image, width; /* floats of z from pixel to pixel; of an image; pixels of a row */
  nasc_vector bias, pivot, total, square;
  int statistics, starts;
} nasc_depthwise_outputs;

NASC_INLINE void nasc_depthwise_forward_tile(const int K, const int S, const int T, const int left, const int right, nasc_depthwise_outputs *o,
                                             const float *rows, const float *weight, int64_t count, float *z) {
  const int64_t stride = o->stride;
  nasc_vector sum[16];
  NASC_UNROLL for (int t = 0; t < T; t++) sum[t] = o->bias;
  nasc_depthwise_tile(K, S, T, left, right, count, sum, rows, o->in->across, weight, K * NASC_BLOCK, NASC_BLOCK);
  if (o->statistics) {
    if (o->starts) o->pivot = sum[0], o->starts = 0;
    const nasc_vector pivot = o->pivot;
    nasc_vector total[2] = {{0}, {0}}, square[2] = {{0}, {0}};
    NASC_UNROLL for (int t = 0; t < T; t++) {
      const nasc_vector off = sum[t] - pivot;
      total[t % 2] += off;
      square[t % 2] = nasc_fma(off, off, square[t % 2]);
    }
    o->total += total[0] + total[1], o->square += square[0] + square[1];
  }
  if (o->left >= NASC_LANES) {
    NASC_UNROLL for (int t = 0; t < T; t++) nasc_store(z + t * stride, sum[t]);
  } else {
    const int left_over = (int)o->left;
    NASC_UNROLL for (int t = 0; t < T; t++) nasc_store_some(z + t * stride, sum[t], left_over);
  }
}

#define NASC_FORWARD_TILE(T, x, starts, ends)                                                                                    \
  nasc_depthwise_forward_tile(K, S, T, starts ? K / 2 : 0, ends ? K / 2 + S * T : S * (T - 1) + K, o, rows + S * (x) * NASC_BLOCK, \
                              weight, count, z + (x) * o->stride)
NASC_INLINE void nasc_depthwise_forward_rows(const int K, const int S, nasc_depthwise_outputs *o) {
  for (int64_t image = 0; image < o->images; image++) {
    for (int64_t y = o->first; y < o->end; y++) {
      const int64_t top = y * S - K / 2, first = nasc_max(0, top), count = nasc_min(top + K, o->in->height) - first;
      const float *rows = nasc_row(o->in, first) + image * o->in->image - K / 2 * NASC_BLOCK + o->lane;
      const float *weight = o->weight + (first - top) * K * NASC_BLOCK;
      float *z = o->z + image * o->image + y * o->width * o->stride;
      NASC_ROW_TILES(o->in->tile, o->width, NASC_FORWARD_TILE);
    }
  }
}
#define NASC_FORWARD_ROWS(K, S) \
  NASC_NOINLINE void nasc_depthwise_forward_##K##_##S(nasc_depthwise_outputs *o) { nasc_depthwise_forward_rows(K, S, o); }
NASC_EVERY_KERNEL(NASC_FORWARD_ROWS)

/* Items: groups of images x blocks of 16 channels. Tensors: x, weight, z, [affine of x], [bias], [partials]. Scalars: low,
   high of x's activation. */
NASC_KERNEL(nasc_depthwise_forward) {
  struct nasc_depthwise s;
  memcpy(&s, dims, sizeof s);
  const int64_t blocks = (s.channels + NASC_BLOCK - 1) / NASC_BLOCK, padded = NASC_ROUND_UP(s.channels), half = s.kernel / 2;
  const int64_t pixels_in = s.heightIn * s.widthIn, pixels_out = s.heightOut * s.widthOut, taps = s.kernel * s.kernel;
  const nasc_layout in = nasc_layout_of(s.inputBlocked, s.batch * pixels_in, s.channels), out = nasc_layout_of(s.behindNorm, s.batch * pixels_out, s.channels);
  real *const *optional = tensors + 3;
  const float *affine = s.normalised ? *optional++ : 0, *bias = s.bias ? *optional++ : 0;
  float *partials = s.statistics ? *optional++ : 0;

  float *const weight = nasc_scratch;
  const int64_t tile = s.widthIn == s.stride * s.widthOut ? nasc_row_tile(s.widthOut, 1) : 0;
  nasc_rows rows;
  nasc_rows_at(&rows, weight + taps * NASC_BLOCK, s.together, s.heightIn, s.widthIn, tile, half, (s.band - 1) * s.stride + s.kernel);
  nasc_source source = {.affine = affine, .stride = in.row, .low = (float)scalars[0], .high = (float)scalars[1]};
  nasc_depthwise_outputs o = {.in = &rows, .stride = out.row, .image = pixels_out * out.row, .width = s.widthOut, .statistics = partials != 0};
  for (int64_t item = first; item < last; item++) {
    const int64_t group = item / blocks, channel = item % blocks * NASC_BLOCK, end = nasc_min((group + 1) * s.images, s.batch);
    nasc_copy_taps(weight, tensors[1], taps, s.channels, channel);
    nasc_vector pivot[NASC_BLOCK_VECTORS], total[NASC_BLOCK_VECTORS], square[NASC_BLOCK_VECTORS];
    for (int v = 0; v < NASC_BLOCK_VECTORS; v++) pivot[v] = total[v] = square[v] = (nasc_vector){0};
    int starts = 1;
    for (int64_t n = group * s.images; n < end; n += s.together) {
      o.images = nasc_min(s.together, end - n);
      nasc_start_rows(&rows);
      for (o.first = 0; o.first < s.heightOut; o.first = o.end) {
        o.end = nasc_min(o.first + s.band, s.heightOut);
        nasc_slide_rows(&rows, o.first * s.stride - half);
        const int64_t needed = nasc_min((o.end - 1) * s.stride + s.kernel - half, s.heightIn);
        for (int64_t image = 0; image < o.images; image++) {
          source.x = tensors[0] + nasc_at(in, (n + image) * pixels_in, channel);
          nasc_load_rows(&rows, image, &source, s.channels, channel, needed);
        }
        rows.end = needed;
        for (int v = 0; v < NASC_BLOCK_VECTORS; v++) {
          const int64_t c = channel + v * NASC_LANES;
          if (c >= padded) break;
          o.lane = v * NASC_LANES;
          o.weight = weight + v * NASC_LANES;
          o.bias = bias ? nasc_load(bias + c) : (nasc_vector){0};
          o.left = s.behindNorm ? NASC_LANES : s.channels - c;
          o.z = tensors[2] + nasc_at(out, n * pixels_out, c);
          o.pivot = pivot[v], o.total = total[v], o.square = square[v], o.starts = starts;
          NASC_BY_KERNEL(nasc_depthwise_forward, s, &o);
          pivot[v] = o.pivot, total[v] = o.total, square[v] = o.square;
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
