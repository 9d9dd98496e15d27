/* Training kernels of linear layers: y[n] = x[n] w + bias, w [inputs, outputs]. There are few rows, so what takes time is to
   read the weight: each kernel reads it once and where it lies. Dims: N, inputs, outputs, flag. */

enum { NASC_LINEAR_CHANNELS = 48 };

typedef struct {
  const float *x, *weight, *bias; /* weight and bias at the item's first column */
  float *y;
  int64_t rows, inputs, outputs;
  int64_t writable; /* columns of the item */
} nasc_linear;

/* Columns of a row-major weight are a line or two in every row, which no hardware foresees: the first tile asks for them. */
NASC_INLINE void nasc_linear_tile(const int T, const int N, nasc_linear *g, int v, int64_t row) {
  const int64_t column = (int64_t)v * NASC_LANES, ahead = 2 * NASC_BLOCK;
  const float *weight = g->weight + column;
  nasc_vector sum[16][3];
  NASC_UNROLL for (int n = 0; n < N; n++) {
    const nasc_vector start = g->bias ? nasc_load(g->bias + column + n * NASC_LANES) : (nasc_vector){0};
    NASC_UNROLL for (int t = 0; t < T; t++) sum[t][n] = start;
  }
  for (int64_t k = 0; k < g->inputs; k += NASC_BLOCK) {
    if (row == 0) {
      for (int64_t next = k + ahead; next < nasc_min(k + ahead + NASC_BLOCK, g->inputs); next++)
        for (int n = 0; n <= N; n++) __builtin_prefetch(weight + next * g->outputs + n * NASC_LANES, 0, 2);
    }
    nasc_multiply(T, N, sum, g->x + row * g->inputs + k, g->inputs, 1, weight + k * g->outputs, g->outputs, nasc_min(NASC_BLOCK, g->inputs - k));
  }
  NASC_UNROLL for (int t = 0; t < T; t++) {
    NASC_UNROLL for (int n = 0; n < N; n++) {
      const int64_t c = column + n * NASC_LANES;
      nasc_store_up_to(g->y + (row + t) * g->outputs + c, sum[t][n], n < N - 1 ? NASC_LANES : g->writable - c);
    }
  }
}
NASC_DEFINE_PANELS(nasc_linear_panel, nasc_linear_tile, nasc_linear)

/* Items: blocks of columns. Tensors: x, weight, y, [bias]. Flag: bias. */
NASC_KERNEL(nasc_linear_forward) {
  NASC_UNUSED(scalars);
  for (int64_t item = first; item < last; item++) {
    const int64_t start = item * NASC_LINEAR_CHANNELS;
    nasc_linear g = {.x = tensors[0], .weight = tensors[1] + start, .bias = dims[3] ? tensors[3] + start : 0, .y = tensors[2] + start};
    g.rows = dims[0], g.inputs = dims[1], g.outputs = dims[2];
    g.writable = nasc_min(NASC_LINEAR_CHANNELS, g.outputs - start);
    NASC_PANELS(nasc_linear_panel, &g, g.writable);
  }
}

/* dx' = w dy': vectors run over examples, so that rows of the weight are read along. */
typedef struct {
  const float *weight, *gradients, *added; /* weight, added and dx at the item's first input; gradients [outputs][padded N] */
  float *dx;
  int64_t rows; /* inputs of the item */
  int64_t batch, inputs, outputs;
} nasc_linear_gradient;

NASC_INLINE void nasc_linear_gradient_tile(const int T, const int N, nasc_linear_gradient *g, int v, int64_t row) {
  const int64_t from = (int64_t)v * NASC_LANES;
  nasc_vector sum[16][3];
  NASC_UNROLL for (int t = 0; t < T; t++) {
    NASC_UNROLL for (int n = 0; n < N; n++) sum[t][n] = (nasc_vector){0};
  }
  nasc_multiply(T, N, sum, g->weight + row * g->outputs, g->outputs, 1, g->gradients + from, NASC_ROUND_UP(g->batch), g->outputs);
  float made[16][3 * NASC_LANES];
  NASC_UNROLL for (int t = 0; t < T; t++) {
    NASC_UNROLL for (int n = 0; n < N; n++) nasc_store(made[t] + n * NASC_LANES, sum[t][n]);
  }
  for (int64_t n = 0; n < nasc_min(N * NASC_LANES, g->batch - from); n++) {
    const int64_t at = (from + n) * g->inputs + row;
    for (int t = 0; t < T; t++) g->dx[at + t] = g->added ? g->added[at + t] + made[t][n] : made[t][n];
  }
}
NASC_DEFINE_PANELS(nasc_linear_gradient_panel, nasc_linear_gradient_tile, nasc_linear_gradient)

/* Items: blocks of 16 inputs. Tensors: transposed gradient, weight, dx, [added to dx]. Flag: add. */
NASC_KERNEL(nasc_linear_input_gradient) {
  NASC_UNUSED(scalars);
  for (int64_t item = first; item < last; item++) {
    const int64_t start = item * NASC_BLOCK;
    nasc_linear_gradient g = {.gradients = tensors[0], .dx = tensors[2] + start, .added = dims[3] ? tensors[3] + start : 0};
    g.batch = dims[0], g.inputs = dims[1], g.outputs = dims[2];
    g.weight = tensors[1] + start * g.outputs;
    g.rows = nasc_min(NASC_BLOCK, g.inputs - start);
    NASC_PANELS(nasc_linear_gradient_panel, &g, g.batch);
  }
}

/* Items: blocks of 16 inputs. dw += x' dy. Tensors: gradient, x, dw. */
NASC_KERNEL(nasc_linear_weight_gradient) {
  NASC_UNUSED(scalars);
  const int64_t inputs = dims[1], outputs = dims[2];
  for (int64_t item = first; item < last; item++) {
    const int64_t start = item * NASC_BLOCK;
    nasc_outer g = {.a = tensors[1] + start, .lda = inputs, .b = tensors[0], .ldb = outputs, .out = tensors[2] + start * outputs, .ldo = outputs};
    g.rows = nasc_min(NASC_BLOCK, inputs - start), g.depth = dims[0], g.writable = outputs;
    NASC_PANELS(nasc_outer_panel, &g, outputs);
  }
}
