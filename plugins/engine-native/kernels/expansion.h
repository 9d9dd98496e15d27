/* An inverted bottleneck up to its depthwise convolution, as one: 1x1 convolution (I -> C channels), batch normalisation,
   clamp, depthwise K x K. The expanded tensors are never stored: rows of them are made where they are needed, again in the
   backward pass, and what batch normalisation needs to know of them follows from sums over the input.

   With x [M, I] (M = N H W), W [I, C], a pivot p and X = x - p:
     z = x W is normalised with
       offset = (mean(x) - p) W,  mean = p W + offset,  variance[c] = W[:,c]' T[:,c] / M,
       T = G W,  G = sum over rows of (x - mean(x)) (x - mean(x))'
     act(z scale r + ...) = act(X W scale r + shift - offset scale r), r = 1 / sqrt(variance + epsilon)
   With d [M, C] the masked gradient behind the activation (see norm.h for a, b, e):
     S = sum d, P = sum (X - centre)' d,  centre = mean(X)
     dshift = S,  dscale[c] = r[c] P[:,c]' W[:,c]
     dW = a P + b T
     dx = d (a W)' + (X - centre) W diag(b) W' + W e
   (the gradient of z is a d + b (z - mean) + e, z - mean = (X - centre) W, and sum (X - centre) e = 0). With running
   statistics p = centre = 0, offset = mean, b = e = 0, and dscale = r (P' W - offset S).

   The pivot is 0, or the mean of x where that is large beside the deviation of x and would cost digits.

   An item is a group of images and, forward, a block of up to 48 channels. For every image the rows of X (where there is a
   pivot), of the activations and of the depthwise's gradient slide through scratch. Channels lie there in planes of 16. */

struct nasc_expansion {
  int64_t batch, heightIn, widthIn, channelsIn, channels, heightOut, widthOut;
  int64_t kernel, stride;
  int64_t images; /* of an item */
  int64_t band;   /* output rows at a time */
  int64_t statistics, gradientBlocked, add, inputGradient, products, taps;
};

enum {
  NASC_EXPANSION_PLANES = 3,
  NASC_EXPANSION_WIDTH = NASC_EXPANSION_PLANES * NASC_BLOCK,
  NASC_EXPANSION_VECTORS = NASC_EXPANSION_WIDTH / NASC_LANES,
};

/* Blocks of channels, as even as planes allow. */
NASC_INLINE int64_t nasc_expansion_blocks(int64_t channels) { return (channels + NASC_EXPANSION_WIDTH - 1) / NASC_EXPANSION_WIDTH; }
NASC_INLINE int64_t nasc_expansion_start(int64_t channels, int64_t block) {
  return (channels + NASC_BLOCK - 1) / NASC_BLOCK * block / nasc_expansion_blocks(channels) * NASC_BLOCK;
}

/* Rows of an image, in scratch: [plane][row][across], of which those in [first, end) are there. */
typedef struct {
  float *memory;
  int64_t first, end, capacity, across, planes;
} nasc_sliding;

NASC_INLINE float *nasc_sliding_row(const nasc_sliding *s, int64_t row) { return s->memory + (row - s->first) * s->across; }
NASC_INLINE int64_t nasc_sliding_plane(const nasc_sliding *s) { return s->capacity * s->across; }
NASC_INLINE int64_t nasc_sliding_floats(const nasc_sliding *s) { return s->planes * nasc_sliding_plane(s); }

/* Room for rows up to `end`; those before `from` are not needed any more. */
static void nasc_slide(nasc_sliding *s, int64_t from, int64_t end) {
  if (end - s->first <= s->capacity) return;
  for (int64_t plane = 0; plane < s->planes; plane++) {
    float *to = s->memory + plane * nasc_sliding_plane(s);
    memmove(to, to + (from - s->first) * s->across, (size_t)((s->end - from) * s->across) * sizeof(float));
  }
  s->first = from;
}

/* Zeros in the outer `border` pixels of all rows, which nobody writes again. */
static void nasc_clear_borders(const nasc_sliding *s, int64_t border) {
  const int64_t floats = border * NASC_BLOCK;
  for (int64_t row = 0; row < s->planes * s->capacity; row++) {
    float *left = s->memory + row * s->across, *right = left + s->across - floats;
    for (int64_t i = 0; i < floats; i++) left[i] = right[i] = 0;
  }
}

/* to[row] = x[row] - pivot, rows of `to` padded to whole vectors. */
static void nasc_subtract_pivot(float *to, const float *x, const float *pivot, int64_t rows, int64_t channels) {
  const int64_t padded = NASC_ROUND_UP(channels);
  for (int64_t row = 0; row < rows; row++)
    for (int64_t c = 0; c < padded; c += NASC_LANES) nasc_store(to + row * padded + c, nasc_load(x + row * channels + c) - nasc_load(pivot + c));
}

NASC_INLINE int nasc_has_pivot(const float *pivot, int64_t channels) {
  for (int64_t c = 0; c < channels; c++)
    if (pivot[c] != 0) return 1;
  return 0;
}

/* ---- z[row] = base[row] + bias + a[row] b ---- */

typedef struct {
  const float *a, *b;
  const float *base, *bias; /* or null */
  float *z;
  int64_t rows, lda, ldb, depth;
  int64_t ldz;      /* of base, too */
  int64_t writable; /* columns */
} nasc_addition;

NASC_INLINE void nasc_addition_tile(const int T, const int N, nasc_addition *g, int v, int64_t row) {
  const int64_t column = (int64_t)v * NASC_LANES, left = g->writable - column - (N - 1) * NASC_LANES;
  nasc_vector sum[16][3];
  NASC_UNROLL for (int n = 0; n < N; n++) {
    const nasc_vector start = g->bias ? nasc_load(g->bias + column + n * NASC_LANES) : (nasc_vector){0};
    NASC_UNROLL for (int t = 0; t < T; t++) sum[t][n] = start;
  }
  nasc_multiply(T, N, sum, g->a + row * g->lda, g->lda, 1, g->b + column, g->ldb, g->depth);
  NASC_UNROLL for (int t = 0; t < T; t++) {
    const int64_t at = (row + t) * g->ldz + column;
    NASC_UNROLL for (int n = 0; n < N; n++) {
      const int64_t lanes = n < N - 1 ? NASC_LANES : left;
      if (g->base) sum[t][n] += nasc_load_up_to(g->base + at + n * NASC_LANES, lanes);
      nasc_store_up_to(g->z + at + n * NASC_LANES, sum[t][n], lanes);
    }
  }
}
NASC_DEFINE_PANELS(nasc_addition_panel, nasc_addition_tile, nasc_addition)

/* ---- out[r][c] += sum over k of a[k][r] b[k][c], summed on its own first, so that long sums are short sums of sums ---- */

typedef struct {
  const float *a, *b;
  float *out;
  int64_t rows, lda, ldb, ldo, depth;
} nasc_outer_sum;

NASC_INLINE void nasc_outer_sum_tile(const int T, const int N, nasc_outer_sum *g, int v, int64_t row) {
  float *out = g->out + row * g->ldo + (int64_t)v * NASC_LANES;
  nasc_vector sum[16][3];
  NASC_UNROLL for (int t = 0; t < T; t++) {
    NASC_UNROLL for (int n = 0; n < N; n++) sum[t][n] = (nasc_vector){0};
  }
  nasc_multiply(T, N, sum, g->a + row, 1, g->lda, g->b + (int64_t)v * NASC_LANES, g->ldb, g->depth);
  NASC_UNROLL for (int t = 0; t < T; t++) {
    NASC_UNROLL for (int n = 0; n < N; n++) nasc_store(out + t * g->ldo + n * NASC_LANES, nasc_load(out + t * g->ldo + n * NASC_LANES) + sum[t][n]);
  }
}
NASC_DEFINE_PANELS(nasc_outer_sum_panel, nasc_outer_sum_tile, nasc_outer_sum)

/* ---- activations of a row of pixels: out = act(X weight + shift), in planes ---- */

typedef struct {
  const float *x, *weight, *shift;
  float *out;
  int64_t rows, ldx, depth, ldw, plane;
  float low, high;
} nasc_activations;

NASC_INLINE void nasc_activations_tile(const int T, const int N, nasc_activations *g, int v, int64_t row) {
  const int64_t column = (int64_t)v * NASC_LANES;
  const nasc_vector low = nasc_broadcast(g->low), high = nasc_broadcast(g->high);
  nasc_vector sum[16][3];
  NASC_UNROLL for (int n = 0; n < N; n++) {
    const nasc_vector shift = nasc_load(g->shift + column + n * NASC_LANES);
    NASC_UNROLL for (int t = 0; t < T; t++) sum[t][n] = shift;
  }
  nasc_multiply(T, N, sum, g->x + row * g->ldx, g->ldx, 1, g->weight + column, g->ldw, g->depth);
  NASC_UNROLL for (int n = 0; n < N; n++) {
    const int64_t c = column + n * NASC_LANES;
    float *out = g->out + c / NASC_BLOCK * g->plane + c % NASC_BLOCK + row * NASC_BLOCK;
    NASC_UNROLL for (int t = 0; t < T; t++) nasc_store(out + t * NASC_BLOCK, nasc_minimum(nasc_maximum(sum[t][n], low), high));
  }
}
NASC_DEFINE_PANELS(nasc_activations_panel, nasc_activations_tile, nasc_activations)

/* What makes the rows of activations of one block of channels. */
typedef struct {
  nasc_sliding x, a;       /* a has zeros around the image; x is used where there is a pivot */
  const float *pivot;      /* of x, or null */
  float *weight, *shift;   /* [I][width], with the normalisation's scale */
  int64_t channel, count;  /* of the block */
  int64_t width;           /* count, in whole planes */
  int64_t height, columns; /* of the image */
  int64_t channelsIn;
  float low, high;
} nasc_expander;

/* `memory` is scratch; returns what is left of it. */
static float *nasc_expander_create(nasc_expander *g, const struct nasc_expansion *s, const float *pivot, const double *clamp, float *memory) {
  const int64_t capacity = s->kernel + s->band * s->stride;
  *g = (nasc_expander){
      .x = {.capacity = capacity, .across = s->widthIn * NASC_ROUND_UP(s->channelsIn), .planes = 1},
      .a = {.capacity = capacity, .across = (s->widthIn + s->kernel - 1) * NASC_BLOCK, .planes = NASC_EXPANSION_PLANES},
      .pivot = nasc_has_pivot(pivot, s->channelsIn) ? pivot : 0,
      .height = s->heightIn,
      .columns = s->widthIn,
      .channelsIn = s->channelsIn,
      .low = (float)clamp[0],
      .high = (float)clamp[1],
  };
  g->a.memory = memory;
  g->x.memory = g->a.memory + nasc_sliding_floats(&g->a);
  g->weight = g->x.memory + nasc_sliding_floats(&g->x);
  g->shift = g->weight + s->channelsIn * NASC_EXPANSION_WIDTH;
  nasc_clear_borders(&g->a, s->kernel / 2);
  return g->shift + NASC_EXPANSION_WIDTH;
}

/* To a block of channels: the weight [I, C] times the normalisation's scale. */
static void nasc_expander_block(nasc_expander *g, const struct nasc_expansion *s, int64_t block, const float *weight, const float *affine) {
  const int64_t padded = NASC_ROUND_UP(s->channels);
  g->channel = nasc_expansion_start(s->channels, block);
  g->count = nasc_min(nasc_expansion_start(s->channels, block + 1), s->channels) - g->channel;
  g->width = (g->count + NASC_BLOCK - 1) / NASC_BLOCK * NASC_BLOCK;
  for (int64_t c = 0; c < g->width; c += NASC_LANES) {
    const nasc_vector scale = nasc_load(affine + g->channel + c);
    nasc_store(g->shift + c, nasc_load(affine + padded + g->channel + c));
    for (int64_t i = 0; i < s->channelsIn; i++) nasc_store(g->weight + i * g->width + c, nasc_load(weight + i * s->channels + g->channel + c) * scale);
  }
}

/* To an image, of which rows will be made from row -border on. */
NASC_INLINE void nasc_expander_image(nasc_expander *g, int64_t border) {
  g->x.first = g->x.end = 0;
  g->a.first = g->a.end = -border;
}

/* A row of X, and the floats between its pixels. `x` is the image. */
NASC_INLINE const float *nasc_expander_row(const nasc_expander *g, const float *x, int64_t row) {
  return g->pivot ? nasc_sliding_row(&g->x, row) : x + row * g->columns * g->channelsIn;
}
NASC_INLINE int64_t nasc_expander_step(const nasc_expander *g) { return g->pivot ? NASC_ROUND_UP(g->channelsIn) : g->channelsIn; }

/* Rows up to `end` of X and of the activations; those before `from` are not needed any more. */
static void nasc_expand(nasc_expander *g, const float *x, int64_t from, int64_t end) {
  const int64_t border = (g->a.across / NASC_BLOCK - g->columns) / 2;
  if (g->pivot) nasc_slide(&g->x, nasc_max(from, 0), nasc_min(end, g->height));
  nasc_slide(&g->a, from, end);
  nasc_activations made = {.weight = g->weight, .shift = g->shift, .rows = g->columns, .ldx = nasc_expander_step(g), .depth = g->channelsIn, .ldw = g->width,
                           .plane = nasc_sliding_plane(&g->a), .low = g->low, .high = g->high};
  for (; g->a.end < end; g->a.end++) {
    const int64_t row = g->a.end;
    made.out = nasc_sliding_row(&g->a, row) + border * NASC_BLOCK;
    if (row < 0 || row >= g->height) {
      for (int64_t plane = 0; plane < g->a.planes; plane++) memset(made.out + plane * made.plane, 0, (size_t)(g->columns * NASC_BLOCK) * sizeof(float));
      continue;
    }
    if (g->pivot) {
      nasc_subtract_pivot(nasc_sliding_row(&g->x, row), x + row * g->columns * g->channelsIn, g->pivot, g->columns, g->channelsIn);
      g->x.end = row + 1;
    }
    made.x = nasc_expander_row(g, x, row);
    NASC_PANELS(nasc_activations_panel, &made, g->width);
  }
}
