/* Sliding windows of any kernel, stride, dilation and padding: what each output is made of, and each gradient.

   Along one axis that is a line: some elements, with the tap that each is under. The lists of rows and columns make the list
   of a pixel, over which vectors of channels run; pixels beside each other mostly share one. */

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

/* Lines of all columns, in the thread's scratch. */
static const nasc_line *nasc_columns_of_outputs(const nasc_windows *s) {
  nasc_line *lines = (nasc_line *)(void *)nasc_scratch;
  for (int64_t x = 0; x < s->widthOut; x++) lines[x] = nasc_line_of_output(s, x, s->widthIn);
  return lines;
}

static const nasc_line *nasc_columns_of_inputs(const nasc_windows *s) {
  nasc_line *lines = (nasc_line *)(void *)nasc_scratch;
  for (int64_t x = 0; x < s->widthIn; x++) lines[x] = nasc_line_of_input(s, x, s->widthIn, s->widthOut);
  return lines;
}

/* What one pixel is made of. */
typedef struct {
  int64_t count;
  int64_t offset[NASC_LARGEST_WINDOW * NASC_LARGEST_WINDOW]; /* in floats, from the first column of the image on */
  int32_t tap[NASC_LARGEST_WINDOW * NASC_LARGEST_WINDOW];    /* ky * kernel + kx */
  float share[NASC_LARGEST_WINDOW * NASC_LARGEST_WINDOW];    /* of the element in the window's mean */
} nasc_sources;

/* Columns that are alike have the same sources, from their first element on. */
NASC_INLINE int nasc_are_alike(const nasc_line *a, const nasc_line *b) {
  return a->is_inner && b->is_inner && a->count == b->count && (a->count == 0 || a->tap[0] == b->tap[0]);
}

/* Of columns[x]; `sources` are those of the column before. `width`: of the image that the elements are in. `share`: of an
   element in every mean, 0 where only those inside count. Returns the offset of the first column. */
static int64_t nasc_sources_at(nasc_sources *sources, const nasc_windows *s, const nasc_line *rows, const nasc_line *columns, int64_t x, int64_t width,
                               float share) {
  const nasc_line *column = &columns[x];
  const int64_t start = column->count > 0 ? column->element[0] : 0;
  if (x > 0 && nasc_are_alike(column, column - 1)) return start * s->channels;
  int64_t count = 0;
  for (int64_t i = 0; i < rows->count; i++) {
    for (int64_t j = 0; j < column->count; j++, count++) {
      sources->offset[count] = (rows->element[i] * width + column->element[j] - start) * s->channels;
      sources->tap[count] = (int32_t)(rows->tap[i] * s->kernel + column->tap[j]);
      sources->share[count] = share > 0 ? share : rows->share[i] * column->share[j];
    }
  }
  sources->count = count;
  return start * s->channels;
}

/* RUN(N) for channels from c on: several vectors at a time, then one, partial or not. */
#define NASC_WINDOW_CHANNELS(channels, RUN)                                                                                      \
  do {                                                                                                                           \
    int64_t c = 0;                                                                                                               \
    for (; c + NASC_WINDOW_VECTORS * NASC_LANES <= (channels); c += NASC_WINDOW_VECTORS * NASC_LANES) RUN(NASC_WINDOW_VECTORS); \
    for (; c < (channels); c += NASC_LANES) RUN(1);                                                                              \
  } while (0)
