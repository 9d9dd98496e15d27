/* Forward pass of expansion.h: the depthwise convolution over rows of activations. */

typedef struct {
  const float *band;    /* the first row that the first output row sees, at the vector's lanes */
  const float *weight;  /* at the vector's channel */
  float *z, *partials;
  nasc_vector pivot, total, square;
  int64_t across, width, rows, channels;
  int starts;
} nasc_expansion_rows;

NASC_INLINE void nasc_expansion_forward_tile(const int K, const int S, const int T, nasc_expansion_rows *r, const float *rows, float *z) {
  nasc_vector sum[16];
  NASC_UNROLL for (int t = 0; t < T; t++) sum[t] = (nasc_vector){0};
  nasc_depthwise_tile(K, S, T, 0, S * (T - 1) + K, K, sum, rows, r->across, r->weight, K * r->channels, r->channels);
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
  NASC_UNROLL for (int t = 0; t < T; t++) nasc_store(z + t * NASC_BLOCK, sum[t]);
}

#define NASC_EXPANSION_FORWARD_TILE(T, x, starts, ends) nasc_expansion_forward_tile(K, S, T, r, rows + S * (x) * NASC_BLOCK, z + (x) * NASC_BLOCK)
NASC_INLINE void nasc_expansion_forward_rows(const int K, const int S, nasc_expansion_rows *r) {
  for (int64_t y = 0; y < r->rows; y++) {
    const float *rows = r->band + y * S * r->across;
    float *z = r->z + y * r->width * NASC_BLOCK;
    NASC_ROW_TILES(0, r->width, NASC_EXPANSION_FORWARD_TILE);
  }
}
#define NASC_EXPANSION_FORWARD(K, S) \
  NASC_NOINLINE void nasc_expansion_forward_##K##_##S(nasc_expansion_rows *r) { nasc_expansion_forward_rows(K, S, r); }
NASC_EVERY_KERNEL(NASC_EXPANSION_FORWARD)

/* Items: groups of images x blocks of channels. Tensors: x, pivot, weight, affine, depthwise weight, z (blocked), [partials of
   z]. Scalars: low, high of the activation. */
NASC_KERNEL(nasc_expansion_forward) {
  struct nasc_expansion s;
  memcpy(&s, dims, sizeof s);
  const int64_t blocks = nasc_expansion_blocks(s.channels), padded = NASC_ROUND_UP(s.channels), half = s.kernel / 2;
  const int64_t pixels_in = s.heightIn * s.widthIn, pixels_out = s.heightOut * s.widthOut;
  const nasc_layout out = nasc_layout_of(1, s.batch * pixels_out, s.channels);
  float *const partials = s.statistics ? tensors[6] : 0;
  nasc_expander expander;
  nasc_expander_create(&expander, &s, tensors[1], scalars, nasc_scratch);
  nasc_expansion_rows r = {.partials = partials, .across = expander.a.across, .width = s.widthOut, .channels = s.channels};
  for (int64_t item = first; item < last; item++) {
    const int64_t group = item / blocks;
    nasc_vector pivot[NASC_EXPANSION_VECTORS], total[NASC_EXPANSION_VECTORS], square[NASC_EXPANSION_VECTORS];
    for (int v = 0; v < NASC_EXPANSION_VECTORS; v++) pivot[v] = total[v] = square[v] = (nasc_vector){0};
    int starts = 1;
    nasc_expander_block(&expander, &s, item % blocks, tensors[2], tensors[3]);
    const int vectors = (int)(NASC_ROUND_UP(expander.count) / NASC_LANES);
    for (int64_t n = group * s.images; n < nasc_min((group + 1) * s.images, s.batch); n++) {
      nasc_expander_image(&expander, half);
      for (int64_t y = 0; y < s.heightOut; y += s.band) {
        r.rows = nasc_min(s.band, s.heightOut - y);
        const int64_t top = y * s.stride - half;
        nasc_expand(&expander, tensors[0] + n * pixels_in * s.channelsIn, top, top + (r.rows - 1) * s.stride + s.kernel);
        for (int v = 0; v < vectors; v++) {
          const int64_t lane = v * NASC_LANES, c = expander.channel + lane;
          r.band = nasc_sliding_row(&expander.a, top) + lane / NASC_BLOCK * nasc_sliding_plane(&expander.a) + lane % NASC_BLOCK;
          r.weight = tensors[4] + c;
          r.z = tensors[5] + nasc_at(out, n * pixels_out + y * s.widthOut, c);
          r.pivot = pivot[v], r.total = total[v], r.square = square[v], r.starts = starts;
          NASC_BY_KERNEL(nasc_expansion_forward, s, &r);
          pivot[v] = r.pivot, total[v] = r.total, square[v] = r.square;
        }
        starts = 0;
      }
    }
    if (!partials) continue;
    for (int v = 0; v < vectors; v++) {
      float *to = partials + group * 3 * padded + expander.channel + v * NASC_LANES;
      nasc_store(to, pivot[v]);
      nasc_store(to + padded, total[v]);
      nasc_store(to + 2 * padded, square[v]);
    }
  }
}
