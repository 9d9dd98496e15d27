/* What training kernels need of vectors beside `inference-vector.h`: partial vectors whose length is known at run time,
   and masks. Reading a whole vector at the end of a row is allowed (every buffer has room for one behind it), writing is not;
   nor is reading so in memory that the call writes, because what lies there may be another item's. */

#define NASC_ROUND_UP(count) (((count) + NASC_LANES - 1) / NASC_LANES * NASC_LANES)

typedef int32_t nasc_lane_mask __attribute__((vector_size(NASC_LANES * 4)));

#if NASC_LANES == 16 && defined(__AVX512F__)
NASC_INLINE void nasc_store_some(float *p, nasc_vector v, int count) {
  _mm512_mask_storeu_ps(p, (__mmask16)((1u << count) - 1), (__m512)v);
}
NASC_INLINE nasc_vector nasc_load_some(const float *p, int count) {
  return (nasc_vector)_mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), p);
}
/* a where low < x < high, else 0. */
NASC_INLINE nasc_vector nasc_inside(nasc_vector a, nasc_vector x, nasc_vector low, nasc_vector high) {
  const __mmask16 above = _mm512_cmp_ps_mask((__m512)x, (__m512)low, _CMP_GT_OQ);
  return (nasc_vector)_mm512_maskz_mov_ps(_mm512_mask_cmp_ps_mask(above, (__m512)x, (__m512)high, _CMP_LT_OQ), (__m512)a);
}
#else
NASC_INLINE void nasc_store_some(float *p, nasc_vector v, int count) {
  for (int lane = 0; lane < count; lane++) p[lane] = v[lane];
}
NASC_INLINE nasc_vector nasc_load_some(const float *p, int count) {
  nasc_vector v = {0};
  for (int lane = 0; lane < count; lane++) v[lane] = p[lane];
  return v;
}
NASC_INLINE nasc_vector nasc_inside(nasc_vector a, nasc_vector x, nasc_vector low, nasc_vector high) {
  return (nasc_vector)((nasc_lane_mask)a & (nasc_lane_mask)(x > low) & (nasc_lane_mask)(x < high));
}
#endif

/* `count` of at least one vector's lanes: the first of them, at most all. */
NASC_INLINE void nasc_store_up_to(float *p, nasc_vector v, int64_t count) {
  if (count >= NASC_LANES) nasc_store(p, v);
  else nasc_store_some(p, v, (int)count);
}

NASC_INLINE nasc_vector nasc_load_up_to(const float *p, int64_t count) {
  return count >= NASC_LANES ? nasc_load(p) : nasc_load_some(p, (int)count);
}

/* The activation behind a normalisation is told by two numbers: low <= high clamps to them; low > high is hard swish,
     y min(max(y + 3, 0), 6) / 6,  with derivative 0 up to -3, 1 from 3 on, and (2 y + 3) / 6 between. */
NASC_INLINE int nasc_is_hard_swish(nasc_vector low, nasc_vector high) { return low[0] > high[0]; }

NASC_INLINE nasc_vector nasc_activated(nasc_vector y, nasc_vector low, nasc_vector high) {
  if (!nasc_is_hard_swish(low, high)) return nasc_minimum(nasc_maximum(y, low), high);
  const nasc_vector gate = nasc_fma(y, nasc_broadcast(1.0f / 6.0f), nasc_broadcast(0.5f));
  return y * nasc_minimum(nasc_maximum(gate, (nasc_vector){0}), nasc_broadcast(1.0f));
}

/* d times the activation's derivative at y. */
NASC_INLINE nasc_vector nasc_activation_gradient(nasc_vector d, nasc_vector y, nasc_vector low, nasc_vector high) {
  if (!nasc_is_hard_swish(low, high)) return nasc_inside(d, y, low, high);
  const nasc_vector three = nasc_broadcast(3.0f), slope = nasc_fma(y, nasc_broadcast(1.0f / 3.0f), nasc_broadcast(0.5f));
  const nasc_lane_mask above = y > -three, below = y < three;
  return d * (nasc_vector)(((nasc_lane_mask)slope & above & below) | ((nasc_lane_mask)nasc_broadcast(1.0f) & ~below));
}

/* act(x scale + shift). */
NASC_INLINE nasc_vector nasc_normalised(nasc_vector x, nasc_vector scale, nasc_vector shift, nasc_vector low, nasc_vector high) {
  return nasc_activated(nasc_fma(x, scale, shift), low, high);
}

/* Working memory of the thread: NASC_SCRATCH bytes, aligned to a line, given by the runtime. */
enum { NASC_SCRATCH = 4 << 20 };
extern _Thread_local float *nasc_scratch;

/* Rows that are worked on while they are in cache. */
enum { NASC_CHUNK_ROWS = 48 };

/* Where element (row, c) of a tensor [rows, channels] lies: at row * l.row + c / 16 * l.block + c % 16. Values of the graph are
   plain. What stays between two kernels of ours (an output in front of its normalisation, the masked gradient) is blocked:
   [c / 16][row][16], so that a kernel that works on 16 channels reads it in one run. */
enum { NASC_BLOCK = 16 }; /* also the channels of an item of many kernels */

typedef struct {
  int64_t row, block;
} nasc_layout;

NASC_INLINE nasc_layout nasc_layout_of(int64_t blocked, int64_t rows, int64_t channels) {
  return blocked ? (nasc_layout){NASC_BLOCK, rows * NASC_BLOCK} : (nasc_layout){channels, NASC_BLOCK};
}

/* c is a multiple of NASC_LANES. */
NASC_INLINE int64_t nasc_at(nasc_layout l, int64_t row, int64_t c) { return row * l.row + c / NASC_BLOCK * l.block + c % NASC_BLOCK; }

/* to[row][c] = act(from[first + row][channel + c] scale + shift) for c < count; rows of `to` are padded to whole vectors.
   `padded`: channels of affine. */
NASC_INLINE void nasc_normalise_columns(float *to, const float *from, nasc_layout layout, int64_t first, int64_t rows, int64_t channel, int64_t count,
                                        const float *affine, int64_t padded, float low, float high) {
  const nasc_vector lowest = nasc_broadcast(low), highest = nasc_broadcast(high);
  for (int64_t c = 0; c < count; c += NASC_LANES) {
    const nasc_vector scale = nasc_load(affine + channel + c), shift = nasc_load(affine + padded + channel + c);
    const float *in = from + nasc_at(layout, first, channel + c);
    for (int64_t row = 0; row < rows; row++)
      nasc_store(to + row * NASC_ROUND_UP(count) + c, nasc_normalised(nasc_load(in + row * layout.row), scale, shift, lowest, highest));
  }
}

NASC_INLINE void nasc_normalise_rows(float *to, const float *from, nasc_layout layout, int64_t first, int64_t rows, int64_t channels,
                                     const float *affine, float low, float high) {
  nasc_normalise_columns(to, from, layout, first, rows, 0, channels, affine, NASC_ROUND_UP(channels), low, high);
}

/* a d + b (z - mean) + e, the gradient behind a batch normalisation (see norm.h). */
NASC_INLINE nasc_vector nasc_gradient_behind(nasc_vector d, nasc_vector z, const float *coefficients, int64_t padded) {
  const nasc_vector rest = nasc_fma(z - nasc_load(coefficients + 3 * padded), nasc_load(coefficients + padded), nasc_load(coefficients + 2 * padded));
  return nasc_fma(d, nasc_load(coefficients), rest);
}

/* The same for whole rows; those of `to` are padded to whole vectors. */
NASC_INLINE void nasc_gradient_rows(float *to, const float *d, nasc_layout d_layout, const float *z, nasc_layout z_layout, int64_t first, int64_t rows,
                                    int64_t channels, const float *coefficients) {
  const int64_t padded = NASC_ROUND_UP(channels);
  for (int64_t c = 0; c < padded; c += NASC_LANES) {
    const float *d_in = d + nasc_at(d_layout, first, c), *z_in = z + nasc_at(z_layout, first, c);
    const nasc_vector a = nasc_load(coefficients + c), b = nasc_load(coefficients + padded + c), e = nasc_load(coefficients + 2 * padded + c);
    const nasc_vector mean = nasc_load(coefficients + 3 * padded + c);
    for (int64_t row = 0; row < rows; row++) {
      const nasc_vector rest = nasc_fma(nasc_load(z_in + row * z_layout.row) - mean, b, e);
      nasc_store(to + row * padded + c, nasc_fma(nasc_load(d_in + row * d_layout.row), a, rest));
    }
  }
}
