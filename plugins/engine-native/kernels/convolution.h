/* Training kernels of convolutions without groups, by matrix.h. Tensors that a call does not need are absent; the order is
   that of the comments. */

struct nasc_convolution {
  int64_t batch, heightIn, widthIn, channelsIn, heightOut, widthOut, channelsOut;
  int64_t kernel, stride, dilation, padding;
  int64_t group; /* output pixels of an item; whole images where windows overlap */
  /* normalised: x is in front of its normalisation. Outputs in front of theirs (z) are blocked (lanes.h), gradients of x and
     what arrives where the flags say so. */
  int64_t normalised, bias, statistics, behindNorm, add, inputGradient, weightGradient, inputBlocked, gradientBlocked;
};

NASC_INLINE int nasc_is_pointwise(const struct nasc_convolution *s) { return s->kernel == 1 && s->stride == 1 && s->padding == 0; }

/* The window of output pixel `row`: where it starts in the image, and which of its taps lie inside. */
typedef struct {
  int64_t n, top, left, first_x, end_x;
} nasc_window;

NASC_INLINE nasc_window nasc_window_of(const struct nasc_convolution *s, int64_t row) {
  const int64_t pixels = s->heightOut * s->widthOut, pixel = row % pixels, d = s->dilation;
  nasc_window w = {.n = row / pixels, .top = pixel / s->widthOut * s->stride - s->padding, .left = pixel % s->widthOut * s->stride - s->padding};
  w.first_x = w.left < 0 ? nasc_min((-w.left + d - 1) / d, s->kernel) : 0;
  w.end_x = s->widthIn > w.left ? nasc_min((s->widthIn - w.left + d - 1) / d, s->kernel) : 0;
  w.end_x = nasc_max(w.end_x, w.first_x);
  return w;
}

/* windows[row] = what output pixels [first, first + rows) see: [ky][kx][channels], zeros outside. */
static void nasc_gather_windows(float *windows, const float *x, const struct nasc_convolution *s, int64_t first, int64_t rows) {
  const int64_t channels = s->channelsIn, across = s->kernel * channels;
  for (int64_t row = first; row < first + rows; row++) {
    const nasc_window w = nasc_window_of(s, row);
    for (int64_t ky = 0; ky < s->kernel; ky++, windows += across) {
      const int64_t iy = w.top + ky * s->dilation;
      if (iy < 0 || iy >= s->heightIn) {
        for (int64_t c = 0; c < across; c++) windows[c] = 0;
        continue;
      }
      const float *from = x + ((w.n * s->heightIn + iy) * s->widthIn + w.left) * channels;
      for (int64_t c = 0; c < w.first_x * channels; c++) windows[c] = 0;
      for (int64_t c = w.end_x * channels; c < across; c++) windows[c] = 0;
      if (s->dilation == 1) {
        for (int64_t c = w.first_x * channels; c < w.end_x * channels; c++) windows[c] = from[c];
      } else {
        for (int64_t kx = w.first_x; kx < w.end_x; kx++)
          for (int64_t c = 0; c < channels; c++) windows[kx * channels + c] = from[kx * s->dilation * channels + c];
      }
    }
  }
}

/* The reverse: dx += windows. */
static void nasc_scatter_windows(float *dx, const float *windows, const struct nasc_convolution *s, int64_t first, int64_t rows) {
  const int64_t channels = s->channelsIn, across = s->kernel * channels;
  for (int64_t row = first; row < first + rows; row++) {
    const nasc_window w = nasc_window_of(s, row);
    for (int64_t ky = 0; ky < s->kernel; ky++, windows += across) {
      const int64_t iy = w.top + ky * s->dilation;
      if (iy < 0 || iy >= s->heightIn) continue;
      float *to = dx + ((w.n * s->heightIn + iy) * s->widthIn + w.left) * channels;
      for (int64_t kx = w.first_x; kx < w.end_x; kx++)
        for (int64_t c = 0; c < channels; c++) to[kx * s->dilation * channels + c] += windows[kx * channels + c];
    }
  }
}

/* Items: groups of output pixels. z = x * w (+ bias), and partial sums of z for a batch normalisation.
   Tensors: x, weight, z, [affine of x], [bias], [partials]. Scalars: low, high of x's activation. */
NASC_KERNEL(nasc_convolution_forward) {
  struct nasc_convolution s;
  memcpy(&s, dims, sizeof s);
  const int64_t pixels = s.batch * s.heightOut * s.widthOut, padded = NASC_ROUND_UP(s.channelsOut);
  const int pointwise = nasc_is_pointwise(&s);
  real *const *optional = tensors + 3;
  const float *affine = s.normalised ? *optional++ : 0, *bias = s.bias ? *optional++ : 0;
  float *partials = s.statistics ? *optional++ : 0;
  nasc_product product = {.b = tensors[1], .bias = bias, .columns = s.channelsOut, .depth = s.kernel * s.kernel * s.channelsIn};
  const nasc_layout input = nasc_layout_of(s.inputBlocked, pixels, s.channelsIn);
  product.layout = nasc_layout_of(s.behindNorm, pixels, s.channelsOut);
  product.writable = s.behindNorm ? padded : s.channelsOut;
  for (int64_t item = first; item < last; item++) {
    const int64_t start = item * s.group, end = nasc_min(start + s.group, pixels);
    product.partials = partials ? partials + item * 3 * padded : 0;
    product.starts = 1;
    for (int64_t row = start; row < end; row += NASC_CHUNK_ROWS) {
      product.rows = nasc_min(NASC_CHUNK_ROWS, end - row);
      product.z = tensors[2] + row * product.layout.row;
      if (!pointwise) {
        nasc_gather_windows(nasc_scratch, tensors[0], &s, row, product.rows);
        product.a = nasc_scratch;
        product.lda = product.depth;
      } else if (affine) {
        nasc_normalise_rows(nasc_scratch, tensors[0], input, row, product.rows, s.channelsIn, affine, (float)scalars[0], (float)scalars[1]);
        product.a = nasc_scratch;
        product.lda = NASC_ROUND_UP(s.channelsIn);
      } else {
        product.a = tensors[0] + row * s.channelsIn;
        product.lda = s.channelsIn;
      }
      NASC_PANELS(nasc_product_panel, &product, s.channelsOut);
      product.starts = 0;
    }
  }
}

/* Items: blocks of 16 rows of the weight [depth, O]. -> [O, padded depth]. Dims: N, depth, O. */
NASC_KERNEL(nasc_convolution_transpose) {
  NASC_UNUSED(scalars);
  const int64_t depth = dims[1], columns = dims[2], padded = NASC_ROUND_UP(depth);
  for (int64_t item = first; item < last; item++)
    for (int64_t o = 0; o < columns; o++)
      for (int64_t i = item * NASC_BLOCK; i < nasc_min((item + 1) * NASC_BLOCK, depth); i++) tensors[1][o * padded + i] = tensors[0][i * columns + o];
}

/* Items: groups of output pixels. Both gradients at once, while the chunk is in cache.
   Tensors: gradient, x, [z, coefficients: behind a batch normalisation], [affine, mean of x, sums], [transposed weight,
   dx], [added to dx], [partials of the weight gradient].
   Partials are [group][depth][padded O] or, where the depth is the larger side, [group][O][padded depth]. */
NASC_KERNEL(nasc_convolution_backward) {
  struct nasc_convolution s;
  memcpy(&s, dims, sizeof s);
  const int64_t pixels = s.batch * s.heightOut * s.widthOut, depth = s.kernel * s.kernel * s.channelsIn;
  const int64_t padded_depth = NASC_ROUND_UP(depth), padded_out = NASC_ROUND_UP(s.channelsOut), padded_in = NASC_ROUND_UP(s.channelsIn);
  const int pointwise = nasc_is_pointwise(&s), wide = depth > s.channelsOut;
  const float low = (float)scalars[0], high = (float)scalars[1];
  real *const *optional = tensors + 2;
  const float *z = 0, *coefficients = 0, *affine = 0, *mean = 0, *transposed = 0, *added = 0;
  float *sums = 0, *dx = 0, *partials = 0;
  if (s.behindNorm) z = optional[0], coefficients = optional[1], optional += 2;
  if (s.normalised) affine = optional[0], mean = optional[1], sums = optional[2], optional += 3;
  if (s.inputGradient) transposed = optional[0], dx = optional[1], optional += 2;
  if (s.add) added = *optional++;
  if (s.weightGradient) partials = optional[0];

  const nasc_layout input_layout = nasc_layout_of(s.inputBlocked, pixels, s.channelsIn);
  const nasc_layout z_layout = nasc_layout_of(1, pixels, s.channelsOut);
  const nasc_layout gradient_layout = nasc_layout_of(s.gradientBlocked, pixels, s.channelsOut);
  float *const gradient_rows = nasc_scratch, *const input_rows = gradient_rows + NASC_CHUNK_ROWS * padded_out;
  float *const window_gradients = input_rows + NASC_CHUNK_ROWS * padded_depth;
  for (int64_t item = first; item < last; item++) {
    const int64_t start = item * s.group, end = nasc_min(start + s.group, pixels);
    if (dx && !pointwise && dx != added) {
      const int64_t image = s.heightIn * s.widthIn * s.channelsIn, each = s.heightOut * s.widthOut;
      const int64_t from = start / each * image;
      const size_t bytes = (size_t)((end - start) / each * image) * sizeof(float);
      if (added) memcpy(dx + from, added + from, bytes);
      else memset(dx + from, 0, bytes);
    }
    int starts = 1;
    for (int64_t row = start; row < end; row += NASC_CHUNK_ROWS) {
      const int64_t rows = nasc_min(NASC_CHUNK_ROWS, end - row);
      const float *gradient = tensors[0] + row * s.channelsOut;
      int64_t ld_gradient = s.channelsOut;
      if (s.behindNorm) {
        nasc_gradient_rows(gradient_rows, tensors[0], gradient_layout, z, z_layout, row, rows, s.channelsOut, coefficients);
        gradient = gradient_rows;
        ld_gradient = padded_out;
      }
      if (dx) {
        nasc_input_gradient g = {.a = gradient, .lda = ld_gradient, .b = transposed, .depth = s.channelsOut, .rows = rows, .columns = depth, .starts = starts};
        if (pointwise) {
          g.layout = input_layout;
          g.writable = s.inputBlocked ? padded_in : s.channelsIn;
          g.dx = dx + row * input_layout.row;
          g.added = added ? added + row * s.channelsIn : 0;
          if (s.normalised) {
            g.z = tensors[1] + row * input_layout.row, g.affine = affine, g.mean = mean, g.low = low, g.high = high;
            g.sums = sums + item * 2 * padded_in;
          }
        } else {
          g.layout = nasc_layout_of(0, 0, depth);
          g.writable = depth;
          g.dx = window_gradients;
        }
        NASC_PANELS(nasc_input_gradient_panel, &g, depth);
        if (!pointwise) nasc_scatter_windows(dx, window_gradients, &s, row, rows);
      }
      if (partials) {
        const float *input = input_rows;
        int64_t ld_input = pointwise ? padded_in : depth;
        if (!pointwise) {
          nasc_gather_windows(input_rows, tensors[1], &s, row, rows);
        } else if (s.normalised) {
          nasc_normalise_rows(input_rows, tensors[1], input_layout, row, rows, s.channelsIn, affine, low, high);
        } else {
          input = tensors[1] + row * s.channelsIn;
          ld_input = s.channelsIn;
        }
        nasc_outer g = {.depth = rows, .starts = starts};
        if (wide) {
          g.a = gradient, g.lda = ld_gradient, g.rows = s.channelsOut, g.b = input, g.ldb = ld_input, g.columns = depth;
          g.out = partials + item * s.channelsOut * padded_depth;
        } else {
          g.a = input, g.lda = ld_input, g.rows = depth, g.b = gradient, g.ldb = ld_gradient, g.columns = s.channelsOut;
          g.out = partials + item * depth * padded_out;
        }
        NASC_PANELS(nasc_outer_panel, &g, g.columns);
      }
      starts = 0;
    }
  }
}

/* Items: blocks of 16 rows of the weight [depth, O]. dw += sum of the partials, in order. Dims: N, depth, O, groups. */
NASC_KERNEL(nasc_convolution_reduce) {
  NASC_UNUSED(scalars);
  const int64_t depth = dims[1], columns = dims[2], groups = dims[3];
  const int64_t padded_depth = NASC_ROUND_UP(depth), padded_out = NASC_ROUND_UP(columns);
  float *dw = tensors[1];
  for (int64_t start = first * NASC_BLOCK; start < nasc_min(last * NASC_BLOCK, depth); start += NASC_BLOCK) {
    const int64_t end = nasc_min(start + NASC_BLOCK, depth);
    if (depth > columns) {
      for (int64_t o = 0; o < columns; o++) {
        for (int64_t i = start; i < end; i += NASC_LANES) {
          nasc_vector sum = {0};
          for (int64_t g = 0; g < groups; g++) sum += nasc_load(tensors[0] + (g * columns + o) * padded_depth + i);
          for (int64_t lane = 0; lane < nasc_min(NASC_LANES, end - i); lane++) dw[(i + lane) * columns + o] += sum[lane];
        }
      }
    } else {
      for (int64_t i = start; i < end; i++) {
        for (int64_t o = 0; o < columns; o += NASC_LANES) {
          nasc_vector sum = {0};
          for (int64_t g = 0; g < groups; g++) sum += nasc_load(tensors[0] + (g * depth + i) * padded_out + o);
          nasc_store_up_to(dw + i * columns + o, nasc_load_up_to(dw + i * columns + o, columns - o) + sum, columns - o);
        }
      }
    }
  }
}

/* Items: blocks of 16 channels. db += sum over rows of the gradient, in double. Tensors: gradient, db. Dims: N, rows, C. */
NASC_KERNEL(nasc_bias_gradient) {
  NASC_UNUSED(scalars);
  const int64_t rows = dims[1], channels = dims[2];
  for (int64_t start = first * NASC_BLOCK; start < nasc_min(last * NASC_BLOCK, channels); start += NASC_BLOCK) {
    const int64_t count = nasc_min(NASC_BLOCK, channels - start);
    double sum[NASC_BLOCK] = {0};
    for (int64_t row = 0; row < rows; row++)
      for (int64_t c = 0; c < count; c++) sum[c] += (double)tensors[0][row * channels + start + c];
    for (int64_t c = 0; c < count; c++) tensors[1][start + c] += (float)sum[c];
  }
}
