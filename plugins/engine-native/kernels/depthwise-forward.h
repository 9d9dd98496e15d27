/* Forward pass of depthwise.h. */

typedef struct {
  const float *band, *weight; /* at the vector's channel */
  float *z, *partials;        /* z at the band's first output row */
  nasc_vector bias, pivot, total, square;
  int64_t across, width, rows, channels, stride, left; /* stride: floats between pixels of z; left: channels to write */
  int64_t first_out, first_band, height_in;            /* rows of the image */
  int starts;
} nasc_depthwise_rows;

NASC_INLINE void nasc_depthwise_forward_tile(const int K, const int S, const int T, const int left, const int right, nasc_depthwise_rows *r,
                                             const float *rows, int64_t skipped, int64_t count, float *z) {
  nasc_vector sum[8];
  NASC_UNROLL for (int t = 0; t < T; t++) sum[t] = r->bias;
  nasc_depthwise_tile(K, S, T, left, right, count, sum, rows, r->across, r->weight + skipped * K * r->channels, K * r->channels, r->channels);
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
    NASC_UNROLL for (int t = 0; t < T; t++) nasc_store(z + t * r->stride, sum[t]);
  } else {
    NASC_UNROLL for (int t = 0; t < T; t++) nasc_store_some(z + t * r->stride, sum[t], (int)r->left);
  }
}

#define NASC_FORWARD_TILE(K, S, T, x) nasc_depthwise_forward_tile(K, S, T, 0, S *(T - 1) + K, r, rows + S * x * NASC_BLOCK, skipped, count, z + x * r->stride)
#define NASC_FORWARD_WHOLE(K, T) nasc_depthwise_forward_tile(K, 1, T, K / 2, K / 2 + T, r, rows, skipped, count, z)

#define NASC_FORWARD_ROWS(K, S, RUN)                                                                                \
  NASC_NOINLINE void nasc_depthwise_forward_##K##_##S(nasc_depthwise_rows *r) {                                     \
    for (int64_t y = 0; y < r->rows; y++) {                                                                         \
      const int64_t top = (r->first_out + y) * S - K / 2, skipped = nasc_max(0, -top);                              \
      const int64_t count = nasc_min(K, r->height_in - top) - skipped;                                              \
      const float *rows = r->band + (top + skipped - r->first_band) * r->across;                                    \
      float *z = r->z + y * r->width * r->stride;                                                                   \
      RUN;                                                                                                          \
    }                                                                                                               \
  }
#define NASC_FORWARD_TILE_1_3(T, x) NASC_FORWARD_TILE(3, 1, T, x)
#define NASC_FORWARD_TILE_1_5(T, x) NASC_FORWARD_TILE(5, 1, T, x)
#define NASC_FORWARD_TILE_1_7(T, x) NASC_FORWARD_TILE(7, 1, T, x)
#define NASC_FORWARD_TILE_2_3(T, x) NASC_FORWARD_TILE(3, 2, T, x)
#define NASC_FORWARD_TILE_2_5(T, x) NASC_FORWARD_TILE(5, 2, T, x)
#define NASC_FORWARD_TILE_2_7(T, x) NASC_FORWARD_TILE(7, 2, T, x)
#define NASC_FORWARD_WHOLE_3(T) NASC_FORWARD_WHOLE(3, T)
#define NASC_FORWARD_WHOLE_5(T) NASC_FORWARD_WHOLE(5, T)
#define NASC_FORWARD_WHOLE_7(T) NASC_FORWARD_WHOLE(7, T)
NASC_FORWARD_ROWS(3, 1, NASC_ROW_TILES_OR_WHOLE(r->width, NASC_FORWARD_TILE_1_3, NASC_FORWARD_WHOLE_3))
NASC_FORWARD_ROWS(5, 1, NASC_ROW_TILES_OR_WHOLE(r->width, NASC_FORWARD_TILE_1_5, NASC_FORWARD_WHOLE_5))
NASC_FORWARD_ROWS(7, 1, NASC_ROW_TILES_OR_WHOLE(r->width, NASC_FORWARD_TILE_1_7, NASC_FORWARD_WHOLE_7))
NASC_FORWARD_ROWS(3, 2, NASC_ROW_TILES(r->width, NASC_FORWARD_TILE_2_3))
NASC_FORWARD_ROWS(5, 2, NASC_ROW_TILES(r->width, NASC_FORWARD_TILE_2_5))
NASC_FORWARD_ROWS(7, 2, NASC_ROW_TILES(r->width, NASC_FORWARD_TILE_2_7))

/* Items: groups of images x blocks of 16 channels. Tensors: x, weight, z, [affine of x], [bias], [partials]. Scalars: low,
   high of x's activation. */
NASC_KERNEL(nasc_depthwise_forward) {
  struct nasc_depthwise s;
  memcpy(&s, dims, sizeof s);
  const int64_t blocks = (s.channels + NASC_BLOCK - 1) / NASC_BLOCK, padded = NASC_ROUND_UP(s.channels), half = s.kernel / 2;
  const int64_t pixels_in = s.heightIn * s.widthIn, pixels_out = s.heightOut * s.widthOut;
  const nasc_layout in = nasc_layout_of(s.inputBlocked, s.batch * pixels_in, s.channels), out = nasc_layout_of(s.behindNorm, s.batch * pixels_out, s.channels);
  real *const *optional = tensors + 3;
  const float *affine = s.normalised ? *optional++ : 0, *bias = s.bias ? *optional++ : 0;
  float *partials = s.statistics ? *optional++ : 0;
  nasc_source source = {.affine = affine, .stride = in.row, .low = (float)scalars[0], .high = (float)scalars[1]};
  nasc_depthwise_rows r = {.across = (s.widthIn + 2 * half) * NASC_BLOCK, .width = s.widthOut, .channels = s.channels, .stride = out.row, .height_in = s.heightIn};
  for (int64_t item = first; item < last; item++) {
    const int64_t group = item / blocks, channel = item % blocks * NASC_BLOCK;
    nasc_vector pivot[NASC_BLOCK_VECTORS], total[NASC_BLOCK_VECTORS], square[NASC_BLOCK_VECTORS];
    for (int v = 0; v < NASC_BLOCK_VECTORS; v++) pivot[v] = total[v] = square[v] = (nasc_vector){0};
    int starts = 1;
    for (int64_t n = group * s.images; n < nasc_min((group + 1) * s.images, s.batch); n++) {
      source.x = tensors[0] + nasc_at(in, n * pixels_in, channel);
      for (int64_t y = 0; y < s.heightOut; y += s.band) {
        r.rows = nasc_min(s.band, s.heightOut - y);
        r.first_out = y;
        r.first_band = y * s.stride - half;
        nasc_copy_band(nasc_scratch, &source, s.heightIn, s.widthIn, s.channels, channel, r.first_band, (r.rows - 1) * s.stride + s.kernel, half);
        for (int v = 0; v < NASC_BLOCK_VECTORS; v++) {
          const int64_t c = channel + v * NASC_LANES;
          if (c >= padded) break;
          r.band = nasc_scratch + v * NASC_LANES;
          r.weight = tensors[1] + c;
          r.bias = bias ? nasc_load(bias + c) : (nasc_vector){0};
          r.left = s.behindNorm ? NASC_LANES : s.channels - c;
          r.z = tensors[2] + nasc_at(out, n * pixels_out + y * s.widthOut, c);
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
