/* Rows of a block of 16 channels on their way into scratch, as [image][row][column][16]. They are normalised on the way,
   once; while a band of rows slides down an image, those that the next band needs, too, are moved. */

/* Where a block of channels of one image comes from: `stride` floats from pixel to pixel. With `affine` it is normalised
   (forward values), with `coefficients` it is the gradient behind a normalisation, else it is taken as it is. */
typedef struct {
  const float *x, *z, *affine, *coefficients; /* z only with coefficients */
  int64_t stride, z_stride;
  float low, high;
} nasc_source;

/* Rows [first, end) of one or more images, in tiles of `tile` pixels (see nasc_row_tile), else with `border` zeros left and
   right. */
typedef struct {
  float *memory;
  int64_t height, width, tile, border;
  int64_t across, image; /* floats of a row; of the rows of an image */
  int64_t first, end;
} nasc_rows;

/* Row y of the first image, at column 0. */
NASC_INLINE const float *nasc_row(const nasc_rows *r, int64_t y) { return r->memory + (y - r->first) * r->across + r->border * NASC_BLOCK; }

/* Room for `capacity` rows of each of `images`; returns what lies behind it. */
static float *nasc_rows_at(nasc_rows *r, float *memory, int64_t images, int64_t height, int64_t width, int64_t tile, int64_t half, int64_t capacity) {
  const int64_t border = tile ? 0 : half;
  const int64_t across = (width + 2 * border) * NASC_BLOCK, rows = nasc_min(capacity, height), floats = border * NASC_BLOCK;
  *r = (nasc_rows){.memory = memory, .height = height, .width = width, .tile = tile, .border = border, .across = across, .image = rows * across};
  if (border)
    for (int64_t row = 0; row < images * rows; row++) {
      memset(memory + row * across, 0, (size_t)floats * sizeof(float));
      memset(memory + (row + 1) * across - floats, 0, (size_t)floats * sizeof(float));
    }
  return memory + images * r->image;
}

static void nasc_start_rows(nasc_rows *r) { r->first = r->end = 0; }

/* Makes room: rows before `first` are not needed any more. */
static void nasc_slide_rows(nasc_rows *r, int64_t first) {
  if (first <= r->first) return;
  if (first < r->end) memmove(r->memory, r->memory + (first - r->first) * r->across, (size_t)((r->end - first) * r->across) * sizeof(float));
  r->first = first;
}

/* Rows [r->end, end) of an image, N vectors from channel c on. */
NASC_INLINE void nasc_load_vectors(const int N, const nasc_rows *r, float *to, const nasc_source *source, int64_t padded, int64_t c, int64_t end) {
  const nasc_vector low = nasc_broadcast(source->low), high = nasc_broadcast(source->high);
  const int64_t stride = source->stride, z_stride = source->z_stride;
  /* Without borders, rows are one run. */
  const int64_t rows = r->border ? end - r->end : 1, pixels = r->border ? r->width : (end - r->end) * r->width;
  nasc_vector p[4][4];
  NASC_UNROLL for (int v = 0; v < N; v++) {
    if (source->affine) {
      NASC_UNROLL for (int i = 0; i < 2; i++) p[i][v] = nasc_load(source->affine + i * padded + c + v * NASC_LANES);
    } else if (source->coefficients) {
      NASC_UNROLL for (int i = 0; i < 4; i++) p[i][v] = nasc_load(source->coefficients + i * padded + c + v * NASC_LANES);
    }
  }
  for (int64_t row = 0; row < rows; row++, to += r->across) {
    const float *from = source->x + (r->end + row) * r->width * stride + c % NASC_BLOCK;
    if (source->affine) {
      for (int64_t x = 0; x < pixels; x++) {
        NASC_UNROLL for (int v = 0; v < N; v++)
          nasc_store(to + x * NASC_BLOCK + v * NASC_LANES, nasc_normalised(nasc_load(from + x * stride + v * NASC_LANES), p[0][v], p[1][v], low, high));
      }
    } else if (source->coefficients) {
      const float *z = source->z + (r->end + row) * r->width * z_stride + c % NASC_BLOCK;
      for (int64_t x = 0; x < pixels; x++) {
        NASC_UNROLL for (int v = 0; v < N; v++) {
          const nasc_vector rest = nasc_fma(nasc_load(z + x * z_stride + v * NASC_LANES) - p[3][v], p[1][v], p[2][v]);
          nasc_store(to + x * NASC_BLOCK + v * NASC_LANES, nasc_fma(nasc_load(from + x * stride + v * NASC_LANES), p[0][v], rest));
        }
      }
    } else {
      for (int64_t x = 0; x < pixels; x++) {
        NASC_UNROLL for (int v = 0; v < N; v++) nasc_store(to + x * NASC_BLOCK + v * NASC_LANES, nasc_load(from + x * stride + v * NASC_LANES));
      }
    }
  }
}

/* The same for all vectors of the block that starts with `channel`: at once, so that memory is passed through once. */
NASC_NOINLINE void nasc_load_rows(const nasc_rows *r, int64_t image, const nasc_source *source, int64_t channels, int64_t channel, int64_t end) {
  const int64_t padded = NASC_ROUND_UP(channels);
  float *to = r->memory + image * r->image + (r->end - r->first) * r->across + r->border * NASC_BLOCK;
  if (channel + NASC_BLOCK <= padded) nasc_load_vectors(NASC_BLOCK_VECTORS, r, to, source, padded, channel, end);
  else
    for (int64_t c = channel; c < padded; c += NASC_LANES) nasc_load_vectors(1, r, to + c % NASC_BLOCK, source, padded, c, end);
}

/* [taps][C] -> [taps][16]: C may be a power of two, which would put all taps of a block in the same few lines of the cache. */
static void nasc_copy_taps(float *to, const float *weight, int64_t taps, int64_t channels, int64_t channel) {
  for (int64_t tap = 0; tap < taps; tap++)
    for (int v = 0; v < NASC_BLOCK_VECTORS && channel + v * NASC_LANES < channels; v++)
      nasc_store(to + tap * NASC_BLOCK + v * NASC_LANES, nasc_load(weight + tap * channels + channel + v * NASC_LANES));
}
