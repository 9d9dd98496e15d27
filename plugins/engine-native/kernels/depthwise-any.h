/* Depthwise convolutions of any window (windows.h): what depthwise.h does not do, dilation above all. Values of the graph in,
   values of the graph out. */

enum { NASC_DEPTHWISE_PIECE = 64 }; /* channels of an item of the weight gradient */

struct nasc_any_depthwise {
  nasc_windows windows;
  int64_t bias, add;
};

/* Channels whose filters stay in the first cache. */
NASC_INLINE int64_t nasc_filter_piece(const nasc_windows *s) {
  const int64_t several = NASC_WINDOW_VECTORS * NASC_LANES;
  return nasc_max(4096 / (s->kernel * s->kernel) / several * several, several);
}

/* to = sum of from * weight[tap] (+ start, added). */
NASC_INLINE void nasc_taps_of(const int N, const nasc_sources *sources, const float *from, const float *weight, int64_t channels, const float *start,
                              float *to, int64_t left) {
  nasc_vector sum[NASC_WINDOW_VECTORS];
  NASC_UNROLL for (int v = 0; v < N; v++) sum[v] = start ? nasc_load_up_to(start + v * NASC_LANES, left - v * NASC_LANES) : (nasc_vector){0};
  for (int64_t i = 0; i < sources->count; i++) {
    const float *x = from + sources->offset[i], *w = weight + sources->tap[i] * channels;
    NASC_UNROLL for (int v = 0; v < N; v++) sum[v] = nasc_fma(nasc_load(x + v * NASC_LANES), nasc_load(w + v * NASC_LANES), sum[v]);
  }
  NASC_UNROLL for (int v = 0; v < N; v++) nasc_store_up_to(to + v * NASC_LANES, sum[v], left - v * NASC_LANES);
}

/* Items: rows (n, oy). Tensors: x, weight [tap][C], y, [bias]. */
NASC_KERNEL(nasc_any_depthwise_forward) {
  NASC_UNUSED(scalars);
  struct nasc_any_depthwise p;
  memcpy(&p, dims, sizeof p);
  const float *x = tensors[0], *weight = tensors[1], *bias = p.bias ? tensors[3] : 0;
  float *y = tensors[2];
#define NASC_RUN_TAPS(N) nasc_taps_of(N, sources, x + from, weight + c, channels, bias ? bias + c : 0, y + to, left)
  NASC_FOR_OUTPUTS(p.windows, 0, nasc_filter_piece(&p.windows), NASC_RUN_TAPS);
}

/* Items: rows (n, iy). Tensors: dy, weight, dx, [added]. */
NASC_KERNEL(nasc_any_depthwise_input) {
  NASC_UNUSED(scalars);
  struct nasc_any_depthwise p;
  memcpy(&p, dims, sizeof p);
  const float *dy = tensors[0], *weight = tensors[1], *added = p.add ? tensors[3] : 0;
  float *dx = tensors[2];
#define NASC_RUN_TAPS_GRADIENT(N) nasc_taps_of(N, sources, dy + from, weight + c, channels, added ? added + to : 0, dx + to, left)
  NASC_FOR_INPUTS(p.windows, 0, nasc_filter_piece(&p.windows), NASC_RUN_TAPS_GRADIENT);
}

/* sum[v] += sum over `count` pixels of x dy, U of them side by side. */
NASC_INLINE void nasc_tap_gradient(const int N, const int U, float *sum, const float *x, int64_t x_step, const float *dy, int64_t dy_step, int64_t count) {
  nasc_vector sums[NASC_WINDOW_VECTORS];
  NASC_UNROLL for (int v = 0; v < N * U; v++) sums[v] = v < N ? nasc_load(sum + v * NASC_LANES) : (nasc_vector){0};
  int64_t i = 0;
  for (; i + U <= count; i += U) {
    NASC_UNROLL for (int u = 0; u < U; u++) {
      NASC_UNROLL for (int v = 0; v < N; v++)
        sums[u * N + v] = nasc_fma(nasc_load(x + (i + u) * x_step + v * NASC_LANES), nasc_load(dy + (i + u) * dy_step + v * NASC_LANES), sums[u * N + v]);
    }
  }
  for (; i < count; i++) {
    NASC_UNROLL for (int v = 0; v < N; v++) sums[v] = nasc_fma(nasc_load(x + i * x_step + v * NASC_LANES), nasc_load(dy + i * dy_step + v * NASC_LANES), sums[v]);
  }
  NASC_UNROLL for (int u = 1; u < U; u++) {
    NASC_UNROLL for (int v = 0; v < N; v++) sums[v] += sums[u * N + v];
  }
  NASC_UNROLL for (int v = 0; v < N; v++) nasc_store(sum + v * NASC_LANES, sums[v]);
}

/* Items: groups of images x pieces of channels. Partial sums of dw[tap] = sum of x dy over the windows in which the tap lies
   inside. Tensors: dy, x, partials [group][tap][padded C]. Dims: as above, then the images of a group. */
NASC_KERNEL(nasc_any_depthwise_weight) {
  NASC_UNUSED(scalars);
  struct nasc_any_depthwise p;
  memcpy(&p, dims, sizeof p);
  const nasc_windows s = p.windows;
  const int64_t images = dims[sizeof p / sizeof *dims], padded = NASC_ROUND_UP(s.channels), several = NASC_WINDOW_VECTORS * NASC_LANES;
  const int64_t pieces = (s.channels + NASC_DEPTHWISE_PIECE - 1) / NASC_DEPTHWISE_PIECE, taps = s.kernel * s.kernel;
  for (int64_t item = first; item < last; item++) {
    const int64_t group = item / pieces, start = item % pieces * NASC_DEPTHWISE_PIECE, end = nasc_min(start + NASC_DEPTHWISE_PIECE, s.channels);
    for (int64_t c = start, next; c < end; c = next) {
      next = c + (c + several <= end ? several : NASC_LANES);
      float *partials = tensors[2] + group * taps * padded + c;
      for (int64_t tap = 0; tap < taps; tap++)
        for (int64_t v = 0; v < next - c; v += NASC_LANES) nasc_store(partials + tap * padded + v, (nasc_vector){0});
      for (int64_t row = group * images * s.heightOut; row < nasc_min((group + 1) * images, s.batch) * s.heightOut; row++) {
        const nasc_line rows = nasc_line_of_output(&s, row % s.heightOut, s.heightIn);
        const float *dy = tensors[0] + row * s.widthOut * s.channels + c;
        for (int64_t i = 0; i < rows.count; i++) {
          const float *x = tensors[1] + (row / s.heightOut * s.heightIn + rows.element[i]) * s.widthIn * s.channels + c;
          for (int64_t kx = 0; kx < s.kernel; kx++) {
            /* Column ox * stride + shift of the input lies inside from `from` on, `count` times. */
            const int64_t shift = kx * s.dilation - s.padding, from = shift < 0 ? (-shift + s.stride - 1) / s.stride : 0;
            const int64_t count = shift < s.widthIn ? nasc_min((s.widthIn - 1 - shift) / s.stride + 1, s.widthOut) - from : 0;
            float *sum = partials + (rows.tap[i] * s.kernel + kx) * padded;
            const float *in = x + (from * s.stride + shift) * s.channels, *gradient = dy + from * s.channels;
            if (next - c > NASC_LANES) nasc_tap_gradient(NASC_WINDOW_VECTORS, 1, sum, in, s.stride * s.channels, gradient, s.channels, count);
            else nasc_tap_gradient(1, NASC_WINDOW_VECTORS, sum, in, s.stride * s.channels, gradient, s.channels, count);
          }
        }
      }
    }
  }
}
