/* Backward pass of convolution.h. */

typedef struct {
  const float *a, *b;             /* gradient behind the product [rows, lda], transposed weight [depth, padded columns] */
  const float *z, *affine, *mean; /* of a normalised input, else null */
  const float *added;             /* to dx, in the same layout, or null */
  float *dx, *sums;
  nasc_layout layout; /* of dx and z */
  int64_t rows, lda, depth, columns;
  int64_t writable; /* columns of dx that may be written */
  int starts;
  float low, high;
  nasc_upcoming next[2], next_input, next_dx; /* what the next chunk reads, and writes */
} nasc_input_gradient;

NASC_INLINE void nasc_input_gradient_tile(const int T, const int N, nasc_input_gradient *g, int v, int64_t row) {
  const int64_t column = (int64_t)v * NASC_LANES, padded = NASC_ROUND_UP(g->columns);
  nasc_vector sum[16][3];
  NASC_UNROLL for (int n = 0; n < N; n++) {
    NASC_UNROLL for (int t = 0; t < T; t++) sum[t][n] = (nasc_vector){0};
  }
  const float *a = g->a + row * g->lda, *b = g->b + column;
  if (v == 0 && g->next[0].rows) nasc_multiply_fetching(T, N, sum, a, g->lda, b, padded, g->depth, g->next, row);
  else nasc_multiply(T, N, sum, a, g->lda, 1, b, padded, g->depth);
  NASC_UNROLL for (int n = 0; n < N; n++) {
    const int64_t c = column + n * NASC_LANES, at = nasc_at(g->layout, row, c), step = g->layout.row, left = g->writable - c;
    if (c % NASC_BLOCK == 0) {
      nasc_fetch(T, &g->next_input, row, c);
      nasc_fetch(T, &g->next_dx, row, c);
    }
    if (g->z) {
      const nasc_vector low = nasc_broadcast(g->low), high = nasc_broadcast(g->high);
      const nasc_vector scale = nasc_load(g->affine + c), shift = nasc_load(g->affine + padded + c), mean = nasc_load(g->mean + c);
      nasc_vector total = nasc_load(g->sums + c), product = nasc_load(g->sums + padded + c);
      if (g->starts && row == 0) total = product = (nasc_vector){0};
      NASC_UNROLL for (int t = 0; t < T; t++) {
        const nasc_vector z = nasc_load(g->z + at + t * step);
        sum[t][n] = nasc_activation_gradient(sum[t][n], nasc_fma(z, scale, shift), low, high);
        total += sum[t][n];
        product = nasc_fma(sum[t][n], z - mean, product);
      }
      nasc_store(g->sums + c, total);
      nasc_store(g->sums + padded + c, product);
    } else if (g->added) {
      NASC_UNROLL for (int t = 0; t < T; t++) sum[t][n] += nasc_load_up_to(g->added + at + t * step, left);
    }
    if (n < N - 1 || left >= NASC_LANES) {
      NASC_UNROLL for (int t = 0; t < T; t++) nasc_store(g->dx + at + t * step, sum[t][n]);
    } else {
      NASC_UNROLL for (int t = 0; t < T; t++) nasc_store_some(g->dx + at + t * step, sum[t][n], (int)left);
    }
  }
}
NASC_DEFINE_PANELS(nasc_input_gradient_panel, nasc_input_gradient_tile, nasc_input_gradient)

/* Items: blocks of 16 rows of a matrix [rows, columns]. -> [columns, padded rows]. Dims: N, rows, columns. */
NASC_KERNEL(nasc_transpose) {
  NASC_UNUSED(scalars);
  const int64_t rows = dims[1], columns = dims[2], padded = NASC_ROUND_UP(rows);
  for (int64_t item = first; item < last; item++)
    for (int64_t o = 0; o < columns; o++)
      for (int64_t i = item * NASC_BLOCK; i < nasc_min((item + 1) * NASC_BLOCK, rows); i++) tensors[1][o * padded + i] = tensors[0][i * columns + o];
}

/* Items: groups of output pixels. Both gradients at once, while the chunk is in cache.
   Tensors: gradient, x, [z, coefficients: behind a batch normalisation], [affine, mean of x, sums], [transposed weight,
   dx], [added to dx], [partials of the weight gradient], [gradient behind the normalisation: [rows][padded O]].
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
  float *sums = 0, *dx = 0, *partials = 0, *kept = 0;
  if (s.behindNorm) z = optional[0], coefficients = optional[1], optional += 2;
  if (s.normalised) affine = optional[0], mean = optional[1], sums = optional[2], optional += 3;
  if (s.inputGradient) transposed = optional[0], dx = optional[1], optional += 2;
  if (s.add) added = *optional++;
  if (s.weightGradient) partials = *optional++;
  if (s.keepGradient) kept = *optional;

  const nasc_layout input_layout = nasc_layout_of(s.inputBlocked, pixels, s.channelsIn);
  const nasc_layout z_layout = nasc_layout_of(1, pixels, s.channelsOut);
  const nasc_layout gradient_layout = nasc_layout_of(s.gradientBlocked, pixels, s.channelsOut);
  float *const gradient_rows = nasc_scratch, *const input_rows = gradient_rows + s.chunk * padded_out;
  float *const window_gradients = input_rows + s.chunk * padded_depth;
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
    for (int64_t row = start; row < end; row += s.chunk) {
      const int64_t rows = nasc_min(s.chunk, end - row);
      const float *gradient = tensors[0] + row * s.channelsOut;
      int64_t ld_gradient = s.channelsOut;
      if (s.behindNorm) {
        float *to = kept ? kept + row * padded_out : gradient_rows;
        nasc_gradient_rows(to, tensors[0], gradient_layout, z, z_layout, row, rows, s.channelsOut, coefficients);
        gradient = to;
        ld_gradient = padded_out;
      }
      if (dx) {
        nasc_input_gradient g = {.a = gradient, .lda = ld_gradient, .b = transposed, .depth = s.channelsOut, .rows = rows, .columns = depth, .starts = starts};
        g.next[0] = nasc_rows_behind(tensors[0], gradient_layout, row, rows, pixels);
        g.next[1] = nasc_rows_behind(z, z_layout, row, rows, pixels);
        if (pointwise) {
          g.layout = input_layout;
          g.writable = s.inputBlocked ? padded_in : s.channelsIn;
          g.dx = dx + row * input_layout.row;
          g.added = added ? added + row * s.channelsIn : 0;
          g.next_input = nasc_rows_behind(tensors[1], input_layout, row, rows, pixels);
          if (nasc_writes_far(s.channelsOut, pixels * s.channelsIn)) g.next_dx = nasc_rows_behind(dx, input_layout, row, rows, pixels);
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
        const int64_t columns = wide ? depth : s.channelsOut;
        nasc_outer g = {.depth = rows, .starts = starts, .ldo = NASC_ROUND_UP(columns), .writable = NASC_ROUND_UP(columns)};
        if (wide) g.a = gradient, g.lda = ld_gradient, g.rows = s.channelsOut, g.b = input, g.ldb = ld_input;
        else g.a = input, g.lda = ld_input, g.rows = depth, g.b = gradient, g.ldb = ld_gradient;
        g.out = partials + item * g.rows * g.ldo;
        NASC_PANELS(nasc_outer_panel, &g, columns);
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

/* Channels of an item of nasc_convolution_weight, and the rows that it has in cache. */
enum { NASC_WEIGHT_CHANNELS = 48, NASC_WEIGHT_ROWS = 128 };

/* dw += x' gradient for a 1x1 convolution whose weight is large beside its rows: partial ones would be as large for every
   group. Items: blocks of channels on the weight's longer side (on that of x where it has to be normalised), over all rows.
   Tensors: gradient behind the normalisation (as nasc_convolution_backward kept it) or plain, x, dw, [affine of x]. */
NASC_KERNEL(nasc_convolution_weight) {
  struct nasc_convolution s;
  memcpy(&s, dims, sizeof s);
  const int64_t pixels = s.batch * s.heightOut * s.widthOut, inputs = s.channelsIn, outputs = s.channelsOut;
  const int splits_inputs = s.normalised || inputs > outputs;
  const int64_t ld_gradient = s.behindNorm ? NASC_ROUND_UP(outputs) : outputs;
  const nasc_layout layout = nasc_layout_of(s.inputBlocked, pixels, inputs);
  const int64_t chunks = (pixels + NASC_WEIGHT_ROWS - 1) / NASC_WEIGHT_ROWS, chunk = (pixels + chunks - 1) / chunks;
  for (int64_t item = first; item < last; item++) {
    const int64_t start = item * NASC_WEIGHT_CHANNELS;
    const int64_t from_input = splits_inputs ? start : 0, from_output = splits_inputs ? 0 : start;
    const int64_t count_in = splits_inputs ? nasc_min(NASC_WEIGHT_CHANNELS, inputs - start) : inputs;
    const int64_t count_out = splits_inputs ? outputs : nasc_min(NASC_WEIGHT_CHANNELS, outputs - start);
    nasc_outer g = {.out = tensors[2] + from_input * outputs + from_output, .rows = count_in, .ldb = ld_gradient, .ldo = outputs, .writable = count_out};
    for (int64_t row = 0; row < pixels; row += chunk) {
      g.depth = nasc_min(chunk, pixels - row);
      g.b = tensors[0] + row * ld_gradient + from_output;
      if (s.normalised) {
        nasc_normalise_columns(nasc_scratch, tensors[1], layout, row, g.depth, from_input, count_in, tensors[3], NASC_ROUND_UP(inputs), (float)scalars[0], (float)scalars[1]);
        g.a = nasc_scratch, g.lda = NASC_ROUND_UP(count_in);
      } else {
        g.a = tensors[1] + row * inputs + from_input, g.lda = inputs;
      }
      NASC_PANELS(nasc_outer_panel, &g, count_out);
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
