/* Largest values and means of windows (windows.h). Padding takes no part in the largest value; in means it does where asked
   for. An item is a row of the output (forward) or of the input (backward), so that every element has one owner. */

struct nasc_pooling {
  nasc_windows windows;
  int64_t option; /* largest value, forward: whether taps are kept; mean: whether padding counts */
  int64_t add;
};

/* ---- largest value ---- */

/* y, and the tap that each value comes from: the first of equals. Taps are integers in the memory of floats. */
NASC_INLINE void nasc_max_window(const int N, const nasc_sources *sources, const float *x, float *y, float *taps, int64_t left) {
  nasc_vector largest[NASC_WINDOW_VECTORS];
  nasc_lane_mask from[NASC_WINDOW_VECTORS];
  NASC_UNROLL for (int v = 0; v < N; v++) {
    largest[v] = nasc_broadcast(-INFINITY);
    from[v] = sources->tap[0] - (nasc_lane_mask){0};
  }
  for (int64_t i = 0; i < sources->count; i++) {
    const nasc_lane_mask tap = sources->tap[i] - (nasc_lane_mask){0};
    NASC_UNROLL for (int v = 0; v < N; v++) {
      const nasc_vector value = nasc_load(x + sources->offset[i] + v * NASC_LANES);
      const nasc_lane_mask larger = value > largest[v];
      from[v] = (tap & larger) | (from[v] & ~larger);
      largest[v] = nasc_maximum(value, largest[v]);
    }
  }
  NASC_UNROLL for (int v = 0; v < N; v++) {
    nasc_store_up_to(y + v * NASC_LANES, largest[v], left - v * NASC_LANES);
    if (taps) nasc_store_up_to(taps + v * NASC_LANES, (nasc_vector)from[v], left - v * NASC_LANES);
  }
}

/* dx = sum of dy where this is the tap that the window's value comes from. */
NASC_INLINE void nasc_max_pixel(const int N, const nasc_sources *sources, const float *dy, const float *taps, const float *added, float *dx, int64_t left) {
  nasc_vector sum[NASC_WINDOW_VECTORS];
  NASC_UNROLL for (int v = 0; v < N; v++) sum[v] = added ? nasc_load_up_to(added + v * NASC_LANES, left - v * NASC_LANES) : (nasc_vector){0};
  for (int64_t i = 0; i < sources->count; i++) {
    const nasc_lane_mask tap = sources->tap[i] - (nasc_lane_mask){0};
    NASC_UNROLL for (int v = 0; v < N; v++) {
      const int64_t at = sources->offset[i] + v * NASC_LANES;
      sum[v] += (nasc_vector)((nasc_lane_mask)nasc_load(dy + at) & ((nasc_lane_mask)nasc_load(taps + at) == tap));
    }
  }
  NASC_UNROLL for (int v = 0; v < N; v++) nasc_store_up_to(dx + v * NASC_LANES, sum[v], left - v * NASC_LANES);
}

/* Items: rows (n, oy). Tensors: x, y, [taps]. */
NASC_KERNEL(nasc_max_pool_forward) {
  NASC_UNUSED(scalars);
  struct nasc_pooling p;
  memcpy(&p, dims, sizeof p);
  const float *x = tensors[0];
  float *y = tensors[1], *taps = p.option ? tensors[2] : 0;
#define NASC_RUN_MAX(N) nasc_max_window(N, sources, x + from, y + to, taps ? taps + to : 0, left)
  NASC_FOR_OUTPUTS(p.windows, 0, p.windows.channels, NASC_RUN_MAX);
}

/* Items: rows (n, iy). Tensors: dy, taps, dx, [added]. */
NASC_KERNEL(nasc_max_pool_backward) {
  NASC_UNUSED(scalars);
  struct nasc_pooling p;
  memcpy(&p, dims, sizeof p);
  const float *dy = tensors[0], *taps = tensors[1], *added = p.add ? tensors[3] : 0;
  float *dx = tensors[2];
#define NASC_RUN_MAX_GRADIENT(N) nasc_max_pixel(N, sources, dy + from, taps + from, added ? added + to : 0, dx + to, left)
  NASC_FOR_INPUTS(p.windows, 0, p.windows.channels, NASC_RUN_MAX_GRADIENT);
}

/* ---- mean ---- */

/* to = sum of share * from (+ added). */
NASC_INLINE void nasc_mean_of(const int N, const nasc_sources *sources, const float *from, const float *added, float *to, int64_t left) {
  nasc_vector sum[NASC_WINDOW_VECTORS];
  NASC_UNROLL for (int v = 0; v < N; v++) sum[v] = added ? nasc_load_up_to(added + v * NASC_LANES, left - v * NASC_LANES) : (nasc_vector){0};
  for (int64_t i = 0; i < sources->count; i++) {
    const nasc_vector share = nasc_broadcast(sources->share[i]);
    NASC_UNROLL for (int v = 0; v < N; v++) sum[v] = nasc_fma(nasc_load(from + sources->offset[i] + v * NASC_LANES), share, sum[v]);
  }
  NASC_UNROLL for (int v = 0; v < N; v++) nasc_store_up_to(to + v * NASC_LANES, sum[v], left - v * NASC_LANES);
}

/* Of every element where padding counts, else 0. */
NASC_INLINE float nasc_fixed_share(const struct nasc_pooling *p) { return p->option ? 1 / (float)(p->windows.kernel * p->windows.kernel) : 0; }

/* Items: rows (n, oy). Tensors: x, y. */
NASC_KERNEL(nasc_mean_pool_forward) {
  NASC_UNUSED(scalars);
  struct nasc_pooling p;
  memcpy(&p, dims, sizeof p);
  const float *x = tensors[0];
  float *y = tensors[1];
#define NASC_RUN_MEAN(N) nasc_mean_of(N, sources, x + from, 0, y + to, left)
  NASC_FOR_OUTPUTS(p.windows, nasc_fixed_share(&p), p.windows.channels, NASC_RUN_MEAN);
}

/* Items: rows (n, iy). Tensors: dy, dx, [added]. */
NASC_KERNEL(nasc_mean_pool_backward) {
  NASC_UNUSED(scalars);
  struct nasc_pooling p;
  memcpy(&p, dims, sizeof p);
  const float *dy = tensors[0], *added = p.add ? tensors[2] : 0;
  float *dx = tensors[1];
#define NASC_RUN_MEAN_GRADIENT(N) nasc_mean_of(N, sources, dy + from, added ? added + to : 0, dx + to, left)
  NASC_FOR_INPUTS(p.windows, nasc_fixed_share(&p), p.windows.channels, NASC_RUN_MEAN_GRADIENT);
}
