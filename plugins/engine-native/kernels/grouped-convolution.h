/* Training kernels of convolutions in groups: one matrix product a group and tap, on the tile of matrix.h. Windows hold all
   channels, [row][tap][channel], gathered as for convolutions without groups; 1x1 convolutions take rows as they are. */

struct nasc_grouped {
  int64_t batch, heightIn, widthIn, channelsIn, heightOut, widthOut, channelsOut;
  int64_t kernel, stride, dilation, padding, groups;
  int64_t group; /* output pixels of an item; whole images where windows overlap */
  int64_t bias, add, inputGradient, weightGradient;
};

static struct nasc_convolution nasc_ungrouped(const struct nasc_grouped *s) {
  return (struct nasc_convolution){
      .batch = s->batch,
      .heightIn = s->heightIn,
      .widthIn = s->widthIn,
      .channelsIn = s->channelsIn,
      .heightOut = s->heightOut,
      .widthOut = s->widthOut,
      .channelsOut = s->channelsOut,
      .kernel = s->kernel,
      .stride = s->stride,
      .dilation = s->dilation,
      .padding = s->padding,
  };
}

/* out[row][column] = bias[column] or added[row][column] or 0,
     + sum over taps and k of a[row * at + tap * a_tap + k * ak] b[tap * b_tap + k * bk + column] */
typedef struct {
  const float *a, *b, *bias, *added;
  float *out;
  int64_t rows, at, ak, a_tap, bk, b_tap, taps, depth, columns, out_row;
} nasc_tap_product;

NASC_INLINE void nasc_tap_tile(const int T, const int N, nasc_tap_product *g, int v, int64_t row) {
  const int64_t column = (int64_t)v * NASC_LANES;
  const int64_t at = row * g->out_row + column;
  float *out = g->out + at;
  nasc_vector sum[16][3];
  NASC_UNROLL for (int n = 0; n < N; n++) {
    const nasc_vector start = g->bias ? nasc_load(g->bias + column + n * NASC_LANES) : (nasc_vector){0};
    const int64_t left = n < N - 1 ? NASC_LANES : g->columns - column - n * NASC_LANES;
    NASC_UNROLL for (int t = 0; t < T; t++) sum[t][n] = g->added ? nasc_load_up_to(g->added + at + t * g->out_row + n * NASC_LANES, left) : start;
  }
  for (int64_t tap = 0; tap < g->taps; tap++)
    nasc_multiply(T, N, sum, g->a + row * g->at + tap * g->a_tap, g->at, g->ak, g->b + tap * g->b_tap + column, g->bk, g->depth);
  NASC_UNROLL for (int n = 0; n < N; n++) {
    const int64_t left = g->columns - column - n * NASC_LANES;
    if (n < N - 1 || left >= NASC_LANES) {
      NASC_UNROLL for (int t = 0; t < T; t++) nasc_store(out + t * g->out_row + n * NASC_LANES, sum[t][n]);
    } else {
      NASC_UNROLL for (int t = 0; t < T; t++) nasc_store_some(out + t * g->out_row + n * NASC_LANES, sum[t][n], (int)left);
    }
  }
}
NASC_DEFINE_PANELS(nasc_tap_panel, nasc_tap_tile, nasc_tap_product)

/* Items: groups of output pixels. Tensors: x, weight, y, [bias]. */
NASC_KERNEL(nasc_grouped_forward) {
  NASC_UNUSED(scalars);
  struct nasc_grouped s;
  memcpy(&s, dims, sizeof s);
  const struct nasc_convolution whole = nasc_ungrouped(&s);
  const int pointwise = nasc_is_pointwise(&whole);
  const int64_t pixels = s.batch * s.heightOut * s.widthOut, taps = s.kernel * s.kernel;
  const int64_t depth = s.channelsIn / s.groups, width = s.channelsOut / s.groups;
  nasc_tap_product g = {.at = taps * s.channelsIn, .ak = 1, .a_tap = s.channelsIn, .bk = s.channelsOut, .b_tap = depth * s.channelsOut};
  g.taps = taps, g.depth = depth, g.columns = width, g.out_row = s.channelsOut;
  for (int64_t item = first; item < last; item++) {
    const int64_t end = nasc_min((item + 1) * s.group, pixels);
    for (int64_t row = item * s.group; row < end; row += NASC_CHUNK_ROWS) {
      const float *rows = pointwise ? tensors[0] + row * s.channelsIn : nasc_scratch;
      g.rows = nasc_min(NASC_CHUNK_ROWS, end - row);
      if (!pointwise) nasc_gather_windows(nasc_scratch, tensors[0], &whole, row, g.rows);
      for (int64_t k = 0; k < s.groups; k++) {
        g.a = rows + k * depth;
        g.b = tensors[1] + k * width;
        g.bias = s.bias ? tensors[3] + k * width : 0;
        g.out = tensors[2] + row * s.channelsOut + k * width;
        NASC_PANELS(nasc_tap_panel, &g, width);
      }
    }
  }
}

/* Items: taps. Weight [tap][depth][O] -> [tap][group][width][padded depth]. Dims: as above. */
NASC_KERNEL(nasc_grouped_transpose) {
  NASC_UNUSED(scalars);
  struct nasc_grouped s;
  memcpy(&s, dims, sizeof s);
  const int64_t depth = s.channelsIn / s.groups, padded = NASC_ROUND_UP(depth);
  for (int64_t tap = first; tap < last; tap++)
    for (int64_t o = 0; o < s.channelsOut; o++)
      for (int64_t i = 0; i < depth; i++)
        tensors[1][(tap * s.channelsOut + o) * padded + i] = tensors[0][(tap * depth + i) * s.channelsOut + o];
}

/* Items: groups of output pixels. Both gradients at once, while the chunk is in cache. Tensors: gradient, x, [transposed
   weight, dx], [added to dx], [partials of the weight gradient: [item][group][tap][depth][padded width]]. */
NASC_KERNEL(nasc_grouped_backward) {
  NASC_UNUSED(scalars);
  struct nasc_grouped s;
  memcpy(&s, dims, sizeof s);
  const struct nasc_convolution whole = nasc_ungrouped(&s);
  const int pointwise = nasc_is_pointwise(&whole);
  const int64_t pixels = s.batch * s.heightOut * s.widthOut, taps = s.kernel * s.kernel, across = taps * s.channelsIn;
  const int64_t depth = s.channelsIn / s.groups, width = s.channelsOut / s.groups;
  const int64_t padded_depth = NASC_ROUND_UP(depth), padded_width = NASC_ROUND_UP(width);
  real *const *optional = tensors + 2;
  const float *transposed = 0, *added = 0;
  float *dx = 0, *partials = 0;
  if (s.inputGradient) transposed = optional[0], dx = optional[1], optional += 2;
  if (s.add) added = *optional++;
  if (s.weightGradient) partials = *optional;
  float *const windows = nasc_scratch, *const window_gradients = windows + NASC_CHUNK_ROWS * across;
  const int64_t image = s.heightIn * s.widthIn * s.channelsIn, each = s.heightOut * s.widthOut;
  for (int64_t item = first; item < last; item++) {
    const int64_t start = item * s.group, end = nasc_min(start + s.group, pixels);
    if (dx && !pointwise && dx != added) {
      const int64_t from = start / each * image;
      const size_t bytes = (size_t)((end - start) / each * image) * sizeof(float);
      if (added) memcpy(dx + from, added + from, bytes);
      else memset(dx + from, 0, bytes);
    }
    for (int64_t row = start; row < end; row += NASC_CHUNK_ROWS) {
      const int64_t rows = nasc_min(NASC_CHUNK_ROWS, end - row);
      const float *gradient = tensors[0] + row * s.channelsOut, *input = pointwise ? tensors[1] + row * s.channelsIn : windows;
      if (partials && !pointwise) nasc_gather_windows(windows, tensors[1], &whole, row, rows);
      for (int64_t k = 0; k < s.groups; k++) {
        for (int64_t tap = 0; tap < taps; tap++) {
          if (dx) {
            nasc_tap_product g = {.a = gradient + k * width, .at = s.channelsOut, .ak = 1, .taps = 1, .depth = width, .rows = rows};
            g.b = transposed + (tap * s.channelsOut + k * width) * padded_depth, g.bk = padded_depth, g.columns = depth;
            g.out = (pointwise ? dx + row * s.channelsIn : window_gradients + tap * s.channelsIn) + k * depth;
            g.added = pointwise && added ? added + row * s.channelsIn + k * depth : 0;
            g.out_row = across;
            NASC_PANELS(nasc_tap_panel, &g, depth);
          }
          if (partials) {
            nasc_tap_product g = {.a = input + tap * s.channelsIn + k * depth, .at = 1, .ak = across, .taps = 1, .depth = rows, .rows = depth};
            g.b = gradient + k * width, g.bk = s.channelsOut, g.columns = padded_width;
            g.out = partials + (((item * s.groups + k) * taps + tap) * depth) * padded_width;
            g.added = row > start ? g.out : 0;
            g.out_row = padded_width;
            NASC_PANELS(nasc_tap_panel, &g, width);
          }
        }
      }
      if (dx && !pointwise) nasc_scatter_windows(dx, window_gradients, &whole, row, rows);
    }
  }
}

/* Items: rows (tap, i) of the weight. dw += sum of the partials, in order. Dims: N, taps, depth, O, groups, items. */
NASC_KERNEL(nasc_grouped_reduce) {
  NASC_UNUSED(scalars);
  const int64_t rows = dims[1] * dims[2], groups = dims[4], width = dims[3] / groups, padded = NASC_ROUND_UP(width);
  for (int64_t row = first; row < last; row++) {
    for (int64_t k = 0; k < groups; k++) {
      float *dw = tensors[1] + row * dims[3] + k * width;
      for (int64_t c = 0; c < width; c += NASC_LANES) {
        nasc_vector sum = {0};
        for (int64_t item = 0; item < dims[5]; item++) sum += nasc_load(tensors[0] + ((item * groups + k) * rows + row) * padded + c);
        nasc_store_up_to(dw + c, nasc_load_up_to(dw + c, width - c) + sum, width - c);
      }
    }
  }
}
