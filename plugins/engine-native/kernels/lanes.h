/* What training kernels need of vectors beside `inference-vector.h`: partial vectors whose length is known at run time,
   and masks. Reading a whole vector at the end of a row is allowed (all buffers lie in one block), writing is not. */

#define NASC_ROUND_UP(count) (((count) + NASC_LANES - 1) / NASC_LANES * NASC_LANES)

#if NASC_LANES == 16 && defined(__AVX512F__)
NASC_INLINE void nasc_store_some(float *p, nasc_vector v, int count) {
  _mm512_mask_storeu_ps(p, (__mmask16)((1u << count) - 1), (__m512)v);
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
NASC_INLINE nasc_vector nasc_inside(nasc_vector a, nasc_vector x, nasc_vector low, nasc_vector high) {
  typedef int32_t mask __attribute__((vector_size(NASC_LANES * 4)));
  return (nasc_vector)((mask)a & (mask)(x > low) & (mask)(x < high));
}
#endif

/* `count` of at least one vector's lanes: the first of them, at most all. */
NASC_INLINE void nasc_store_up_to(float *p, nasc_vector v, int64_t count) {
  if (count >= NASC_LANES) nasc_store(p, v);
  else nasc_store_some(p, v, (int)count);
}

/* act(x scale + shift), where act clamps to [low, high]. */
NASC_INLINE nasc_vector nasc_normalised(nasc_vector x, nasc_vector scale, nasc_vector shift, nasc_vector low, nasc_vector high) {
  return nasc_minimum(nasc_maximum(nasc_fma(x, scale, shift), low), high);
}

/* Working memory of the thread: NASC_SCRATCH bytes, aligned to a line, given by the runtime. */
enum { NASC_SCRATCH = 4 << 20 };
static _Thread_local float *nasc_scratch;

/* to[row][c] = act(from[row][c] scale[c] + shift[c]); rows of `to` are padded to whole vectors. */
NASC_INLINE void nasc_normalise_rows(float *to, const float *from, int64_t rows, int64_t channels, const float *affine, float low, float high) {
  const int64_t padded = NASC_ROUND_UP(channels);
  const nasc_vector lowest = nasc_broadcast(low), highest = nasc_broadcast(high);
  const float *shift = affine + padded;
  for (int64_t row = 0; row < rows; row++)
    for (int64_t c = 0; c < padded; c += NASC_LANES)
      nasc_store(to + row * padded + c, nasc_normalised(nasc_load(from + row * channels + c), nasc_load(affine + c), nasc_load(shift + c), lowest, highest));
}

/* a d + b (z - mean) + e, the gradient behind a batch normalisation (see norm.h). */
NASC_INLINE nasc_vector nasc_gradient_behind(nasc_vector d, nasc_vector z, const float *coefficients, int64_t padded) {
  const nasc_vector rest = nasc_fma(z - nasc_load(coefficients + 3 * padded), nasc_load(coefficients + padded), nasc_load(coefficients + 2 * padded));
  return nasc_fma(d, nasc_load(coefficients), rest);
}

/* The same for whole rows; those of `to` are padded to whole vectors. */
NASC_INLINE void nasc_gradient_rows(float *to, const float *d, const float *z, int64_t rows, int64_t channels, const float *coefficients) {
  const int64_t padded = NASC_ROUND_UP(channels);
  for (int64_t row = 0; row < rows; row++)
    for (int64_t c = 0; c < padded; c += NASC_LANES)
      nasc_store(to + row * padded + c, nasc_gradient_behind(nasc_load(d + row * channels + c), nasc_load(z + row * channels + c), coefficients + c, padded));
}
