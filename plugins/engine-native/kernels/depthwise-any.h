/* Depthwise convolutions of any window (windows.h): what depthwise.h does not do, dilation above all. Values of the graph in,
   values of the graph out. */

struct nasc_any_depthwise {
  nasc_windows windows;
  int64_t bias, add;
};

/* to = sum of from * weight[tap] (+ start, added). */
NASC_INLINE void nasc_taps_of(const int N, const nasc_sources *sources, const float *from, const float *weight, int64_t channels, const float *start,
                              float *to, int64_t left) {
  nasc_vector sum[NASC_WINDOW_VECTORS];
  NASC_UNROLL for (int v = 0; v < N; v++) sum[v] = start ? nasc_load(start + v * NASC_LANES) : (nasc_vector){0};
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
  const nasc_windows s = p.windows;
  const nasc_line *columns = nasc_columns_of_outputs(&s);
  nasc_sources sources = {0};
  for (int64_t item = first; item < last; item++) {
    const nasc_line rows = nasc_line_of_output(&s, item % s.heightOut, s.heightIn);
    const float *image = tensors[0] + item / s.heightOut * s.heightIn * s.widthIn * s.channels, *bias = p.bias ? tensors[3] : 0;
    for (int64_t ox = 0; ox < s.widthOut; ox++) {
      const float *x = image + nasc_sources_at(&sources, &s, &rows, columns, ox, s.widthIn, 0);
      float *y = tensors[2] + (item * s.widthOut + ox) * s.channels;
#define NASC_RUN_TAPS(N) nasc_taps_of(N, &sources, x + c, tensors[1] + c, s.channels, bias ? bias + c : 0, y + c, s.channels - c)
      NASC_WINDOW_CHANNELS(s.channels, NASC_RUN_TAPS);
    }
  }
}

/* Items: rows (n, iy). Tensors: dy, weight, dx, [added]. */
NASC_KERNEL(nasc_any_depthwise_input) {
  NASC_UNUSED(scalars);
  struct nasc_any_depthwise p;
  memcpy(&p, dims, sizeof p);
  const nasc_windows s = p.windows;
  const nasc_line *columns = nasc_columns_of_inputs(&s);
  nasc_sources sources = {0};
  for (int64_t item = first; item < last; item++) {
    const nasc_line rows = nasc_line_of_input(&s, item % s.heightIn, s.heightIn, s.heightOut);
    const float *image = tensors[0] + item / s.heightIn * s.heightOut * s.widthOut * s.channels;
    for (int64_t ix = 0; ix < s.widthIn; ix++) {
      const int64_t at = (item * s.widthIn + ix) * s.channels;
      const float *dy = image + nasc_sources_at(&sources, &s, &rows, columns, ix, s.widthOut, 0), *added = p.add ? tensors[3] + at : 0;
      float *dx = tensors[2] + at;
#define NASC_RUN_TAPS_GRADIENT(N) nasc_taps_of(N, &sources, dy + c, tensors[1] + c, s.channels, added ? added + c : 0, dx + c, s.channels - c)
      NASC_WINDOW_CHANNELS(s.channels, NASC_RUN_TAPS_GRADIENT);
    }
  }
}

/* Items: groups of images x blocks of 16 channels. Partial sums of dw[tap] = sum of x dy over the windows in which the tap lies
   inside. Tensors: dy, x, partials [group][tap][padded C]. Dims: as above, then the images of a group. */
NASC_KERNEL(nasc_any_depthwise_weight) {
  NASC_UNUSED(scalars);
  struct nasc_any_depthwise p;
  memcpy(&p, dims, sizeof p);
  const nasc_windows s = p.windows;
  const int64_t images = dims[sizeof p / sizeof *dims], blocks = (s.channels + NASC_BLOCK - 1) / NASC_BLOCK, padded = NASC_ROUND_UP(s.channels);
  const int64_t taps = s.kernel * s.kernel;
  for (int64_t item = first; item < last; item++) {
    const int64_t group = item / blocks, start = item % blocks * NASC_BLOCK;
    for (int64_t c = start; c < nasc_min(start + NASC_BLOCK, padded); c += NASC_LANES) {
      float *partials = tensors[2] + group * taps * padded + c;
      for (int64_t tap = 0; tap < taps; tap++) nasc_store(partials + tap * padded, (nasc_vector){0});
      for (int64_t row = group * images * s.heightOut; row < nasc_min((group + 1) * images, s.batch) * s.heightOut; row++) {
        const nasc_line rows = nasc_line_of_output(&s, row % s.heightOut, s.heightIn);
        const float *dy = tensors[0] + row * s.widthOut * s.channels + c;
        for (int64_t i = 0; i < rows.count; i++) {
          const float *x = tensors[1] + (row / s.heightOut * s.heightIn + rows.element[i]) * s.widthIn * s.channels + c;
          for (int64_t kx = 0; kx < s.kernel; kx++) {
            /* Column ox * stride + shift of the input lies inside from `from` to `end`. */
            const int64_t shift = kx * s.dilation - s.padding, step = s.stride * s.channels;
            const int64_t from = shift < 0 ? (-shift + s.stride - 1) / s.stride : 0;
            const int64_t end = shift < s.widthIn ? nasc_min((s.widthIn - 1 - shift) / s.stride + 1, s.widthOut) : 0;
            float *sum = partials + (rows.tap[i] * s.kernel + kx) * padded;
            nasc_vector sums[4] = {nasc_load(sum), {0}, {0}, {0}};
            int64_t ox = from;
            for (; ox + 4 <= end; ox += 4) {
              NASC_UNROLL for (int t = 0; t < 4; t++)
                sums[t] = nasc_fma(nasc_load(x + (ox + t) * step + shift * s.channels), nasc_load(dy + (ox + t) * s.channels), sums[t]);
            }
            for (; ox < end; ox++) sums[0] = nasc_fma(nasc_load(x + ox * step + shift * s.channels), nasc_load(dy + ox * s.channels), sums[0]);
            nasc_store(sum, (sums[0] + sums[1]) + (sums[2] + sums[3]));
          }
        }
      }
    }
  }
}
