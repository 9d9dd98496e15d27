/* Training kernels of convolutions without groups, as matrix products (matrix.h): rows are pixels, a row of the left matrix is
   what one output pixel sees (its channels for a 1x1 convolution, its window for others), the right matrix is the weight
   [depth, O] as it is stored.

   Work items are groups of rows; within one, chunks of rows are prepared in scratch (normalised input, windows, gradient behind
   a batch normalisation) and used while they are in cache, and the next chunk is fetched meanwhile.

   Tensors that a call does not need are absent; the order is that of the comments. */

struct nasc_convolution {
  int64_t batch, heightIn, widthIn, channelsIn, heightOut, widthOut, channelsOut;
  int64_t kernel, stride, dilation, padding;
  int64_t group; /* output pixels of an item; whole images where windows overlap */
  /* normalised: x is in front of its normalisation. Outputs in front of theirs (z) are blocked (lanes.h), gradients of x and
     what arrives where the flags say so. */
  int64_t normalised, bias, statistics, behindNorm, add, inputGradient, weightGradient, inputBlocked, gradientBlocked;
  int64_t keepGradient; /* the gradient behind the normalisation is written out, for nasc_convolution_weight */
  int64_t chunk;        /* rows that are prepared at a time */
};

NASC_INLINE int nasc_is_pointwise(const struct nasc_convolution *s) { return s->kernel == 1 && s->stride == 1 && s->padding == 0; }

/* Of a blocked tensor, the rows behind those at hand. */
NASC_INLINE nasc_upcoming nasc_rows_behind(const float *x, int64_t blocked, nasc_layout layout, int64_t row, int64_t rows, int64_t all) {
  return (nasc_upcoming){blocked && row + rows < all ? x + (row + rows) * layout.row : 0, layout.block};
}

/* An output pixel, and where its window starts in the image. */
typedef struct {
  int64_t n, y, x, top, left;
} nasc_window;

NASC_INLINE nasc_window nasc_window_of(const struct nasc_convolution *s, int64_t row) {
  const int64_t pixels = s->heightOut * s->widthOut, pixel = row % pixels, y = pixel / s->widthOut, x = pixel % s->widthOut;
  return (nasc_window){row / pixels, y, x, y * s->stride - s->padding, x * s->stride - s->padding};
}

NASC_INLINE void nasc_next_window(const struct nasc_convolution *s, nasc_window *w) {
  w->left += s->stride;
  if (++w->x < s->widthOut) return;
  w->x = 0, w->left = -s->padding, w->top += s->stride;
  if (++w->y < s->heightOut) return;
  w->y = 0, w->top = -s->padding, w->n++;
}

/* One row of a window's taps: [kx][channels], zeros outside the image. `from`: the image's row. */
static void nasc_gather_row(float *to, const float *from, const struct nasc_convolution *s, int64_t left) {
  const int64_t channels = s->channelsIn, across = s->kernel * channels;
  if (s->dilation == 1 && left >= 0 && left + s->kernel <= s->widthIn) {
    for (int64_t c = 0; c < across; c += NASC_LANES) nasc_store_up_to(to + c, nasc_load(from + left * channels + c), across - c);
    return;
  }
  for (int64_t kx = 0; kx < s->kernel; kx++, to += channels) {
    const int64_t ix = left + kx * s->dilation;
    const int is_inside = ix >= 0 && ix < s->widthIn;
    for (int64_t c = 0; c < channels; c++) to[c] = is_inside ? from[ix * channels + c] : 0;
  }
}

/* windows[row] = what output pixels [first, first + rows) see: [ky][kx][channels], zeros outside. */
static void nasc_gather_windows(float *windows, const float *x, const struct nasc_convolution *s, int64_t first, int64_t rows) {
  const int64_t across = s->kernel * s->channelsIn;
  nasc_window w = nasc_window_of(s, first);
  for (int64_t row = 0; row < rows; row++, nasc_next_window(s, &w)) {
    for (int64_t ky = 0; ky < s->kernel; ky++, windows += across) {
      const int64_t iy = w.top + ky * s->dilation;
      if (iy >= 0 && iy < s->heightIn) nasc_gather_row(windows, x + (w.n * s->heightIn + iy) * s->widthIn * s->channelsIn, s, w.left);
      else memset(windows, 0, (size_t)across * sizeof(float));
    }
  }
}

/* The reverse: dx += windows. */
static void nasc_scatter_windows(float *dx, const float *windows, const struct nasc_convolution *s, int64_t first, int64_t rows) {
  const int64_t channels = s->channelsIn, across = s->kernel * channels;
  nasc_window w = nasc_window_of(s, first);
  for (int64_t row = 0; row < rows; row++, nasc_next_window(s, &w)) {
    for (int64_t ky = 0; ky < s->kernel; ky++, windows += across) {
      const int64_t iy = w.top + ky * s->dilation;
      if (iy < 0 || iy >= s->heightIn) continue;
      for (int64_t kx = 0; kx < s->kernel; kx++) {
        const int64_t ix = w.left + kx * s->dilation;
        if (ix < 0 || ix >= s->widthIn) continue;
        float *to = dx + ((w.n * s->heightIn + iy) * s->widthIn + ix) * channels;
        for (int64_t c = 0; c < channels; c++) to[c] += windows[kx * channels + c];
      }
    }
  }
}
