/* Forward pass of convolution.h. */

typedef struct {
  const float *a, *b, *bias;
  float *z, *partials;
  nasc_layout layout; /* of z */
  int64_t rows, lda, depth, columns;
  int64_t writable; /* columns of z that may be written */
  int starts;       /* the first rows of their group: row 0 is the pivot */
  nasc_upcoming next[2], next_z; /* inputs and outputs of the next chunk */
} nasc_product;

NASC_INLINE void nasc_product_tile(const int T, const int N, nasc_product *g, int v, int64_t row) {
  const int64_t column = (int64_t)v * NASC_LANES;
  nasc_vector sum[16][3];
  NASC_UNROLL for (int n = 0; n < N; n++) {
    const nasc_vector start = g->bias ? nasc_load(g->bias + column + n * NASC_LANES) : (nasc_vector){0};
    NASC_UNROLL for (int t = 0; t < T; t++) sum[t][n] = start;
  }
  const float *a = g->a + row * g->lda, *b = g->b + column;
  if (v == 0 && g->next[0].rows) nasc_multiply_fetching(T, N, sum, a, g->lda, b, g->columns, g->depth, g->next, row);
  else nasc_multiply(T, N, sum, a, g->lda, 1, b, g->columns, g->depth);
  NASC_UNROLL for (int n = 0; n < N; n++) {
    const int64_t c = column + n * NASC_LANES, left = g->writable - c;
    float *z = g->z + nasc_at(g->layout, row, c);
    if (c % NASC_BLOCK == 0) nasc_fetch(T, &g->next_z, row, c);
    if (n < N - 1 || left >= NASC_LANES) {
      NASC_UNROLL for (int t = 0; t < T; t++) nasc_store(z + t * g->layout.row, sum[t][n]);
    } else {
      NASC_UNROLL for (int t = 0; t < T; t++) nasc_store_some(z + t * g->layout.row, sum[t][n], (int)left);
    }
  }
  if (!g->partials) return;
  const int64_t padded = NASC_ROUND_UP(g->columns);
  NASC_UNROLL for (int n = 0; n < N; n++) {
    float *partials = g->partials + column + n * NASC_LANES;
    nasc_vector pivot = nasc_load(partials), total = nasc_load(partials + padded), square = nasc_load(partials + 2 * padded);
    if (g->starts && row == 0) {
      pivot = sum[0][n];
      total = square = (nasc_vector){0};
      nasc_store(partials, pivot);
    }
    NASC_UNROLL for (int t = 0; t < T; t++) {
      const nasc_vector off = sum[t][n] - pivot;
      total += off;
      square = nasc_fma(off, off, square);
    }
    nasc_store(partials + padded, total);
    nasc_store(partials + 2 * padded, square);
  }
}
NASC_DEFINE_PANELS(nasc_product_panel, nasc_product_tile, nasc_product)

/* Items: groups of output pixels. z = x * w (+ bias), and partial sums of z for a batch normalisation.
   Tensors: x, weight, z, [affine of x], [bias], [partials]. Scalars: low, high of x's activation. */
NASC_KERNEL(nasc_convolution_forward) {
  struct nasc_convolution s;
  memcpy(&s, dims, sizeof s);
  const int64_t pixels = s.batch * s.heightOut * s.widthOut, padded = NASC_ROUND_UP(s.channelsOut);
  const int pointwise = nasc_is_pointwise(&s), far = nasc_writes_far(s.kernel * s.kernel * s.channelsIn, pixels * s.channelsOut);
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
    for (int64_t row = start; row < end; row += s.chunk) {
      product.rows = nasc_min(s.chunk, end - row);
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
      if (far) product.next_z = nasc_rows_behind(tensors[2], product.layout, row, product.rows, pixels);
      if (pointwise) product.next[0] = nasc_rows_behind(tensors[0], input, row, product.rows, pixels);
      NASC_PANELS(nasc_product_panel, &product, s.channelsOut);
      product.starts = 0;
    }
  }
}
