/* Squeeze and excite: means over the pixels of each image, and products with one factor for each image and channel. Products
   of equal shapes are the same with one pixel, all elements being channels.

   An item is an image and a piece of its channels, so that gradients of factors, sums over pixels, have one owner. */

enum { NASC_PIECE = 64, NASC_PIECE_VECTORS = NASC_PIECE / NASC_LANES };

/* Channels [c, c + N vectors) of one image, pixel by pixel. */
typedef struct {
  const float *x, *factor, *dy;
  const float *added, *factor_added; /* to dx and to the factor's gradient, or null */
  float *y, *dx, *factor_gradient;   /* what is not wanted is null */
  int64_t pixels, channels, left;    /* left: channels from c on */
} nasc_gated;

/* A whole piece, of several vectors, has all its channels. */
NASC_INLINE void nasc_store_piece(const int N, float *p, nasc_vector v, int64_t left) {
  if (N > 1) nasc_store(p, v);
  else nasc_store_up_to(p, v, left);
}

NASC_INLINE nasc_vector nasc_load_piece(const int N, const float *p, int64_t left) { return N > 1 ? nasc_load(p) : nasc_load_up_to(p, left); }

NASC_INLINE void nasc_sum_pixels(const int N, nasc_vector *total, const nasc_gated *g) {
  NASC_UNROLL for (int v = 0; v < N; v++) total[v] = (nasc_vector){0};
  /* Sums of sums: the error does not grow with the image. */
  for (int64_t start = 0; start < g->pixels; start += NASC_CHUNK_ROWS) {
    nasc_vector sum[NASC_PIECE_VECTORS];
    NASC_UNROLL for (int v = 0; v < N; v++) sum[v] = (nasc_vector){0};
    for (int64_t pixel = start; pixel < nasc_min(start + NASC_CHUNK_ROWS, g->pixels); pixel++) {
      NASC_UNROLL for (int v = 0; v < N; v++) sum[v] += nasc_load(g->x + pixel * g->channels + v * NASC_LANES);
    }
    NASC_UNROLL for (int v = 0; v < N; v++) total[v] += sum[v];
  }
}

NASC_INLINE void nasc_mean_piece(const int N, nasc_gated *g) {
  nasc_vector sum[NASC_PIECE_VECTORS];
  nasc_sum_pixels(N, sum, g);
  const nasc_vector count = nasc_broadcast((float)g->pixels);
  NASC_UNROLL for (int v = 0; v < N; v++) nasc_store_piece(N, g->y + v * NASC_LANES, sum[v] / count, g->left - v * NASC_LANES);
}

NASC_INLINE void nasc_mean_gradient_piece(const int N, nasc_gated *g) {
  const nasc_vector count = nasc_broadcast((float)g->pixels);
  nasc_vector share[NASC_PIECE_VECTORS];
  NASC_UNROLL for (int v = 0; v < N; v++) share[v] = nasc_load(g->dy + v * NASC_LANES) / count;
  for (int64_t at = 0; at < g->pixels * g->channels; at += g->channels) {
    NASC_UNROLL for (int v = 0; v < N; v++) {
      const nasc_vector value = g->added ? share[v] + nasc_load_piece(N, g->added + at + v * NASC_LANES, g->left - v * NASC_LANES) : share[v];
      nasc_store_piece(N, g->dx + at + v * NASC_LANES, value, g->left - v * NASC_LANES);
    }
  }
}

NASC_INLINE void nasc_gate_piece(const int N, nasc_gated *g) {
  nasc_vector factor[NASC_PIECE_VECTORS];
  NASC_UNROLL for (int v = 0; v < N; v++) factor[v] = nasc_load(g->factor + v * NASC_LANES);
  for (int64_t at = 0; at < g->pixels * g->channels; at += g->channels) {
    NASC_UNROLL for (int v = 0; v < N; v++)
      nasc_store_piece(N, g->y + at + v * NASC_LANES, nasc_load(g->x + at + v * NASC_LANES) * factor[v], g->left - v * NASC_LANES);
  }
}

NASC_INLINE void nasc_gate_gradient_piece(const int N, nasc_gated *g) {
  nasc_vector factor[NASC_PIECE_VECTORS], total[NASC_PIECE_VECTORS];
  NASC_UNROLL for (int v = 0; v < N; v++) {
    factor[v] = nasc_load(g->factor + v * NASC_LANES);
    total[v] = (nasc_vector){0};
  }
  for (int64_t start = 0; start < g->pixels; start += NASC_CHUNK_ROWS) {
    nasc_vector sum[NASC_PIECE_VECTORS];
    NASC_UNROLL for (int v = 0; v < N; v++) sum[v] = (nasc_vector){0};
    for (int64_t pixel = start; pixel < nasc_min(start + NASC_CHUNK_ROWS, g->pixels); pixel++) {
      NASC_UNROLL for (int v = 0; v < N; v++) {
        const int64_t at = pixel * g->channels + v * NASC_LANES;
        const nasc_vector dy = nasc_load(g->dy + at);
        if (g->factor_gradient) sum[v] = nasc_fma(dy, nasc_load(g->x + at), sum[v]);
        if (!g->dx) continue;
        const int64_t left = g->left - v * NASC_LANES;
        nasc_store_piece(N, g->dx + at, g->added ? nasc_fma(dy, factor[v], nasc_load_piece(N, g->added + at, left)) : dy * factor[v], left);
      }
    }
    NASC_UNROLL for (int v = 0; v < N; v++) total[v] += sum[v];
  }
  if (!g->factor_gradient) return;
  NASC_UNROLL for (int v = 0; v < N; v++) {
    /* Read here: where both operands are one value, dx is what is added. */
    if (g->factor_added) total[v] += nasc_load_piece(N, g->factor_added + v * NASC_LANES, g->left - v * NASC_LANES);
    nasc_store_piece(N, g->factor_gradient + v * NASC_LANES, total[v], g->left - v * NASC_LANES);
  }
}

/* PIECE_whole: all vectors of a piece. PIECE_vector: one, partial or not. */
#define NASC_DEFINE_PIECES(PIECE)                                                              \
  NASC_NOINLINE void PIECE##_whole(nasc_gated *g) { PIECE(NASC_PIECE_VECTORS, g); }            \
  NASC_NOINLINE void PIECE##_vector(nasc_gated *g) { PIECE(1, g); }
NASC_DEFINE_PIECES(nasc_mean_piece)
NASC_DEFINE_PIECES(nasc_mean_gradient_piece)
NASC_DEFINE_PIECES(nasc_gate_piece)
NASC_DEFINE_PIECES(nasc_gate_gradient_piece)

#define NASC_ADVANCE(pointer, offset) \
  if (pointer) pointer += offset

/* From the tensors to channel c of image n: [N, pixels, C], or [N, C] for factors and means. */
NASC_INLINE nasc_gated nasc_gated_at(nasc_gated g, int64_t n, int64_t c, int is_mean) {
  const int64_t large = n * g.pixels * g.channels + c, small = n * g.channels + c, behind = is_mean ? small : large;
  NASC_ADVANCE(g.x, large);
  NASC_ADVANCE(g.dx, large);
  NASC_ADVANCE(g.added, large);
  NASC_ADVANCE(g.y, behind);
  NASC_ADVANCE(g.dy, behind);
  NASC_ADVANCE(g.factor, small);
  NASC_ADVANCE(g.factor_gradient, small);
  NASC_ADVANCE(g.factor_added, small);
  g.left = g.channels - c;
  return g;
}

/* Items: images x pieces. */
#define NASC_RUN_PIECES(PIECE, all, is_mean)                                                         \
  do {                                                                                               \
    const int64_t pieces = ((all).channels + NASC_PIECE - 1) / NASC_PIECE;                           \
    for (int64_t item = first; item < last; item++) {                                                \
      const int64_t n = item / pieces, start = item % pieces * NASC_PIECE;                           \
      const int64_t end = nasc_min(start + NASC_PIECE, (all).channels);                              \
      for (int64_t c = start; c < end; c += end - start == NASC_PIECE ? NASC_PIECE : NASC_LANES) {   \
        nasc_gated g = nasc_gated_at(all, n, c, is_mean);                                         \
        if (end - start == NASC_PIECE) PIECE##_whole(&g);                                            \
        else PIECE##_vector(&g);                                                                     \
      }                                                                                              \
    }                                                                                                \
  } while (0)

/* y[n, c] = mean over pixels of x. Tensors: x, y. Dims: N, pixels, C. */
NASC_KERNEL(nasc_mean_forward) {
  NASC_UNUSED(scalars);
  const nasc_gated all = {.x = tensors[0], .y = tensors[1], .pixels = dims[1], .channels = dims[2]};
  NASC_RUN_PIECES(nasc_mean_piece, all, 1);
}

/* dx = dy[n, c] / pixels (+ added). Tensors: dy, dx, [added]. Dims: N, pixels, C, add?. */
NASC_KERNEL(nasc_mean_backward) {
  NASC_UNUSED(scalars);
  const nasc_gated all = {.dy = tensors[0], .dx = tensors[1], .added = dims[3] ? tensors[2] : 0, .pixels = dims[1], .channels = dims[2]};
  NASC_RUN_PIECES(nasc_mean_gradient_piece, all, 1);
}

/* y = x factor[n, c]. Tensors: x, factor, y. Dims: images, pixels, C. */
NASC_KERNEL(nasc_gate_forward) {
  NASC_UNUSED(scalars);
  const nasc_gated all = {.x = tensors[0], .factor = tensors[1], .y = tensors[2], .pixels = dims[1], .channels = dims[2]};
  NASC_RUN_PIECES(nasc_gate_piece, all, 0);
}

/* dx = dy factor (+ added), dfactor[n, c] = sum over pixels of dy x (+ added). Tensors: dy, x, factor, [dx, [added]],
   [dfactor, [added]]. Dims: images, pixels, C, dx?, added to it?, dfactor?, added to it?. */
NASC_KERNEL(nasc_gate_backward) {
  NASC_UNUSED(scalars);
  nasc_gated all = {.dy = tensors[0], .x = tensors[1], .factor = tensors[2], .pixels = dims[1], .channels = dims[2]};
  real *const *optional = tensors + 3;
  if (dims[3]) all.dx = *optional++;
  if (dims[4]) all.added = *optional++;
  if (dims[5]) all.factor_gradient = *optional++;
  if (dims[6]) all.factor_added = *optional++;
  NASC_RUN_PIECES(nasc_gate_gradient_piece, all, 0);
}
