/* Sliding windows of any kernel, stride, dilation and padding: what each output is made of, and each gradient.

   Along one axis that is a line: some elements, with the tap that each is under. The lines of a row and a column make the list of
   a pixel, over which vectors of channels run. Pixels beside each other mostly share one. */

enum { NASC_LARGEST_WINDOW = 7, NASC_WINDOW_VECTORS = 4 };

typedef struct {
  int64_t batch, heightIn, widthIn, channels, heightOut, widthOut, kernel, stride, dilation, padding;
} nasc_windows;

/* Along one axis. Of an output: elements of the input under the taps of its window. Of an input element: outputs, whose windows
   it is in, and the tap that it is under there. */
typedef struct {
  int64_t count, element[NASC_LARGEST_WINDOW], tap[NASC_LARGEST_WINDOW];
  float share[NASC_LARGEST_WINDOW]; /* 1 / taps of the window that lie inside */
  int is_inner;                     /* all of these windows lie inside as a whole */
} nasc_line;

NASC_INLINE int64_t nasc_taps_inside(const nasc_windows *s, int64_t out, int64_t size) {
  const int64_t start = out * s->stride - s->padding;
  int64_t count = 0;
  for (int64_t tap = 0; tap < s->kernel; tap++) count += start + tap * s->dilation >= 0 && start + tap * s->dilation < size;
  return count;
}

static nasc_line nasc_line_of_output(const nasc_windows *s, int64_t out, int64_t size) {
  nasc_line line = {.count = 0};
  const int64_t inside = nasc_taps_inside(s, out, size);
  for (int64_t tap = 0; tap < s->kernel; tap++) {
    const int64_t element = out * s->stride - s->padding + tap * s->dilation;
    if (element < 0 || element >= size) continue;
    line.element[line.count] = element;
    line.tap[line.count] = tap;
    line.share[line.count++] = 1 / (float)inside;
  }
  line.is_inner = inside == s->kernel;
  return line;
}

/* size, count: of the inputs and outputs along the axis. */
static nasc_line nasc_line_of_input(const nasc_windows *s, int64_t in, int64_t size, int64_t count) {
  nasc_line line = {.count = 0, .is_inner = 1};
  for (int64_t tap = s->kernel - 1; tap >= 0; tap--) {
    const int64_t at = in + s->padding - tap * s->dilation;
    if (at < 0 || at % s->stride != 0 || at / s->stride >= count) continue;
    const int64_t inside = nasc_taps_inside(s, at / s->stride, size);
    line.element[line.count] = at / s->stride;
    line.tap[line.count] = tap;
    line.share[line.count++] = 1 / (float)inside;
    line.is_inner = line.is_inner && inside == s->kernel;
  }
  return line;
}

/* What one pixel is made of. */
typedef struct {
  int64_t count;
  int64_t offset[NASC_LARGEST_WINDOW * NASC_LARGEST_WINDOW]; /* in floats, from the pixel's start */
  int32_t tap[NASC_LARGEST_WINDOW * NASC_LARGEST_WINDOW];    /* ky * kernel + kx */
  float share[NASC_LARGEST_WINDOW * NASC_LARGEST_WINDOW];    /* of the element in the window's mean */
} nasc_sources;

typedef struct {
  int64_t start; /* in floats, from the image on */
  const nasc_sources *sources;
} nasc_pixel;

/* Pixels of a row, in the thread's scratch. `across`: pixels of a row of the image that they are made of. */
typedef struct {
  const nasc_windows *windows;
  int64_t width, across;
  nasc_line *columns;
  nasc_pixel *pixels;
  nasc_sources *sources;
} nasc_pixel_row;

static nasc_pixel_row nasc_pixel_row_of(const nasc_windows *s, int64_t width, int64_t across) {
  nasc_pixel_row row = {.windows = s, .width = width, .across = across, .columns = (nasc_line *)(void *)nasc_scratch};
  row.pixels = (nasc_pixel *)(void *)(row.columns + width);
  row.sources = (nasc_sources *)(void *)(row.pixels + width);
  return row;
}

static nasc_pixel_row nasc_row_of_outputs(const nasc_windows *s) {
  const nasc_pixel_row row = nasc_pixel_row_of(s, s->widthOut, s->widthIn);
  for (int64_t x = 0; x < row.width; x++) row.columns[x] = nasc_line_of_output(s, x, s->widthIn);
  return row;
}

static nasc_pixel_row nasc_row_of_inputs(const nasc_windows *s) {
  const nasc_pixel_row row = nasc_pixel_row_of(s, s->widthIn, s->widthOut);
  for (int64_t x = 0; x < row.width; x++) row.columns[x] = nasc_line_of_input(s, x, s->widthIn, s->widthOut);
  return row;
}

/* Columns that are alike have the same list, from their first element on. */
NASC_INLINE int nasc_are_alike(const nasc_line *a, const nasc_line *b) {
  return a->is_inner && b->is_inner && a->count == b->count && (a->count == 0 || a->tap[0] == b->tap[0]);
}

/* The lists of a row. `share`: of an element in every mean, 0 where only those inside count. */
static void nasc_list_sources(const nasc_pixel_row *row, const nasc_line *rows, float share) {
  const nasc_windows *s = row->windows;
  nasc_sources *sources = row->sources;
  for (int64_t x = 0; x < row->width; x++) {
    const nasc_line *column = &row->columns[x];
    const int64_t start = column->count > 0 ? column->element[0] : 0;
    row->pixels[x].start = start * s->channels;
    row->pixels[x].sources = sources;
    if (x > 0 && nasc_are_alike(column, column - 1)) {
      row->pixels[x].sources = row->pixels[x - 1].sources;
      continue;
    }
    int64_t count = 0;
    for (int64_t i = 0; i < rows->count; i++) {
      for (int64_t j = 0; j < column->count; j++, count++) {
        sources->offset[count] = (rows->element[i] * row->across + column->element[j] - start) * s->channels;
        sources->tap[count] = (int32_t)(rows->tap[i] * s->kernel + column->tap[j]);
        sources->share[count] = share > 0 ? share : rows->share[i] * column->share[j];
      }
    }
    sources++->count = count;
  }
}

/* RUN(N) for all pixels of a row and all channels: several vectors at a time, then one, partial or not. `piece`: channels after
   which the next pixel's turn is. RUN finds here what it works on: `sources`, the place `from` that their offsets count from,
   the place `to` of its own pixel, both in floats from the tensor's start, the channel `c`, and how many are `left` from there. */
#define NASC_FOR_PIXELS(row, from_image, to_row, piece, RUN)                                         \
  do {                                                                                               \
    const int64_t channels = (row).windows->channels, several = NASC_WINDOW_VECTORS * NASC_LANES;    \
    for (int64_t start = 0; start < channels; start += (piece)) {                                    \
      const int64_t end = nasc_min(start + (piece), channels);                                       \
      for (int64_t pixel = 0; pixel < (row).width; pixel++) {                                                    \
        const nasc_sources *const sources = (row).pixels[pixel].sources;                                 \
        const int64_t from_pixel = (from_image) + (row).pixels[pixel].start, to_pixel = (to_row) + pixel * channels; \
        int64_t c = start;                                                                           \
        for (; c + several <= end; c += several) NASC_RUN_PIXEL(RUN, NASC_WINDOW_VECTORS);           \
        for (; c < end; c += NASC_LANES) NASC_RUN_PIXEL(RUN, 1);                                     \
      }                                                                                              \
    }                                                                                                \
  } while (0)
#define NASC_RUN_PIXEL(RUN, N)                                                                       \
  do {                                                                                               \
    const int64_t from = from_pixel + c, to = to_pixel + c, left = channels - c;                     \
    RUN(N);                                                                                          \
  } while (0)

/* The same for items [first, last): rows (n, oy) of outputs, made of windows of the input. `share`: as for lists. */
#define NASC_FOR_OUTPUTS(s, share, piece, RUN)                                                       \
  do {                                                                                               \
    const nasc_pixel_row row = nasc_row_of_outputs(&(s));                                            \
    for (int64_t item = first; item < last; item++) {                                                \
      const nasc_line rows = nasc_line_of_output(&(s), item % (s).heightOut, (s).heightIn);          \
      nasc_list_sources(&row, &rows, share);                                                         \
      NASC_FOR_PIXELS(row, item / (s).heightOut * (s).heightIn * (s).widthIn * (s).channels, item * (s).widthOut * (s).channels, piece, RUN); \
    }                                                                                                \
  } while (0)

/* Rows (n, iy) of inputs, made of the outputs whose windows they lie in. */
#define NASC_FOR_INPUTS(s, share, piece, RUN)                                                        \
  do {                                                                                               \
    const nasc_pixel_row row = nasc_row_of_inputs(&(s));                                             \
    for (int64_t item = first; item < last; item++) {                                                \
      const nasc_line rows = nasc_line_of_input(&(s), item % (s).heightIn, (s).heightIn, (s).heightOut); \
      nasc_list_sources(&row, &rows, share);                                                         \
      NASC_FOR_PIXELS(row, item / (s).heightIn * (s).heightOut * (s).widthOut * (s).channels, item * (s).widthIn * (s).channels, piece, RUN); \
    }                                                                                                \
  } while (0)
