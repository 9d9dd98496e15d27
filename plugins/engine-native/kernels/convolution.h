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

/* The rows behind those at hand; x may be null. */
NASC_INLINE nasc_upcoming nasc_rows_behind(const float *x, nasc_layout layout, int64_t row, int64_t rows, int64_t all) {
  return (nasc_upcoming){x && row + rows < all ? x + (row + rows) * layout.row : 0, layout};
}

/* Whether to ask for rows before they are written: where few products make a float, and there are many, memory is what counts. */
NASC_INLINE int nasc_writes_far(int64_t products, int64_t floats) { return products <= NASC_BLOCK && floats > 1 << 20; }

/* Output pixels beside each other in a row of an image, and where the window of the first starts. */
typedef struct {
  int64_t count, n, top, left;
} nasc_run;

NASC_INLINE nasc_run nasc_run_of(const struct nasc_convolution *s, int64_t row, int64_t rows) {
  const int64_t pixels = s->heightOut * s->widthOut, y = row % pixels / s->widthOut, x = row % s->widthOut;
  return (nasc_run){nasc_min(rows, s->widthOut - x), row / pixels, y * s->stride - s->padding, x * s->stride - s->padding};
}

/* One row of one window's taps: [kx][channels], zeros outside the image. `from`: the image's row. */
static void nasc_gather_taps(float *to, const float *from, const struct nasc_convolution *s, int64_t left) {
  const int64_t channels = s->channelsIn;
  for (int64_t kx = 0; kx < s->kernel; kx++, to += channels) {
    const int64_t ix = left + kx * s->dilation;
    const int is_inside = ix >= 0 && ix < s->widthIn;
    for (int64_t c = 0; c < channels; c++) to[c] = is_inside ? from[ix * channels + c] : 0;
  }
}

/* The same for a run, windows `depth` floats apart. What the windows below see at these places is fetched. */
static void nasc_gather_run(float *to, const float *from, const struct nasc_convolution *s, const nasc_run *run, int64_t depth) {
  const int64_t across = s->kernel * s->channelsIn, step = s->stride * s->channelsIn;
  int64_t first = 0, end = run->count; /* those that are whole, and in one piece */
  while (first < end && (s->dilation > 1 || run->left + first * s->stride < 0)) first++;
  while (end > first && run->left + (end - 1) * s->stride + s->kernel > s->widthIn) end--;
  for (int64_t i = 0; i < run->count; i++)
    if (i < first || i >= end) nasc_gather_taps(to + i * depth, from, s, run->left + i * s->stride);
  const float *inside = from + run->left * s->channelsIn, *below = inside + s->stride * s->widthIn * s->channelsIn;
  for (int64_t c = 0; c < across; c += NASC_LANES) {
    for (int64_t i = first; i < end; i++) {
      __builtin_prefetch(below + i * step + c, 0, 2);
      nasc_store_up_to(to + i * depth + c, nasc_load(inside + i * step + c), across - c);
    }
  }
}

/* windows[row] = what output pixels [first, first + rows) see: [ky][kx][channels], zeros outside. */
static void nasc_gather_windows(float *windows, const float *x, const struct nasc_convolution *s, int64_t first, int64_t rows) {
  const int64_t across = s->kernel * s->channelsIn, depth = s->kernel * across;
  for (int64_t row = 0; row < rows;) {
    const nasc_run run = nasc_run_of(s, first + row, rows - row);
    for (int64_t ky = 0; ky < s->kernel; ky++) {
      float *to = windows + row * depth + ky * across;
      const int64_t iy = run.top + ky * s->dilation;
      if (iy >= 0 && iy < s->heightIn) {
        nasc_gather_run(to, x + (run.n * s->heightIn + iy) * s->widthIn * s->channelsIn, s, &run, depth);
      } else {
        for (int64_t i = 0; i < run.count; i++) memset(to + i * depth, 0, (size_t)across * sizeof(float));
      }
    }
    row += run.count;
  }
}

/* The reverse: dx += windows. */
static void nasc_scatter_windows(float *dx, const float *windows, const struct nasc_convolution *s, int64_t first, int64_t rows) {
  const int64_t channels = s->channelsIn, across = s->kernel * channels;
  for (int64_t row = 0; row < rows;) {
    const nasc_run run = nasc_run_of(s, first + row, rows - row);
    row += run.count;
    for (int64_t i = 0; i < run.count; i++) {
      for (int64_t ky = 0; ky < s->kernel; ky++, windows += across) {
        const int64_t iy = run.top + ky * s->dilation;
        if (iy < 0 || iy >= s->heightIn) continue;
        for (int64_t kx = 0; kx < s->kernel; kx++) {
          const int64_t ix = run.left + i * s->stride + kx * s->dilation;
          if (ix < 0 || ix >= s->widthIn) continue;
          float *to = dx + ((run.n * s->heightIn + iy) * s->widthIn + ix) * channels;
          for (int64_t c = 0; c < channels; c++) to[c] += windows[kx * channels + c];
        }
      }
    }
  }
}
