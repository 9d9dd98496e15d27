/* Vectors of NASC_LANES floats for the inference kernels. Kernels use nothing but the functions below, so that they are
   C11 for any compiler:
   - with GCC's and Clang's vector extensions, and the processor's own multiply-add, minimum and maximum where the compiler was
     told that it has them;
   - without them (another compiler, or NASC_NO_VECTOR_EXTENSIONS is defined) a vector is a structure, and every function a loop. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifndef NASC_LANES
#define NASC_LANES 4
#endif

#if (defined(__GNUC__) || defined(__clang__)) && !defined(NASC_NO_VECTOR_EXTENSIONS)
#if defined(__SSE2__)
#include <immintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#endif

typedef float nasc_vector __attribute__((vector_size(NASC_LANES * 4)));
/* The same in memory: any alignment, any type behind it. */
typedef float nasc_vector_in_memory __attribute__((vector_size(NASC_LANES * 4), aligned(4), may_alias));

#define NASC_INLINE static inline __attribute__((always_inline))
#define NASC_NOINLINE static __attribute__((noinline))
#if defined(__clang__)
#define NASC_UNROLL _Pragma("clang loop unroll(full)")
#define NASC_UNROLL_BY_4 _Pragma("clang loop unroll_count(4)")
#else
#define NASC_UNROLL _Pragma("GCC unroll 64")
#define NASC_UNROLL_BY_4 _Pragma("GCC unroll 4")
#endif

/* Keeps a loaded vector in a register instead of loading it again for each use: gcc folds loads into multiply-adds,
   which costs more than it saves where there are 16 registers. */
#if NASC_LANES == 8 && defined(__AVX__)
#define NASC_KEEP(vector) __asm__("" : "+x"(vector))
#else
#define NASC_KEEP(vector) (void)(vector)
#endif
/* The same for all vectors wider than a register of general use, where a load is used for several products in a row. */
#if NASC_LANES == 16 && defined(__AVX512F__)
#define NASC_KEEP_INPUT(vector) __asm__("" : "+v"(vector))
#else
#define NASC_KEEP_INPUT(vector) NASC_KEEP(vector)
#endif
/* Keeps the address in one register: what is reached from it is not given registers of its own. */
#define NASC_KEEP_ADDRESS(address) __asm__("" : "+r"(address))
/* Asks for the line `bytes` behind an address, which need not be one. */
#define NASC_FETCH(address, bytes) __builtin_prefetch((const void *)((uintptr_t)(address) + (bytes)), 0, 2)

NASC_INLINE nasc_vector nasc_zero(void) { return (nasc_vector){0}; }
NASC_INLINE nasc_vector nasc_load(const float *p) { return *(const nasc_vector_in_memory *)p; }
NASC_INLINE void nasc_store(float *p, nasc_vector v) { *(nasc_vector_in_memory *)p = v; }
NASC_INLINE nasc_vector nasc_add(nasc_vector a, nasc_vector b) { return a + b; }
NASC_INLINE nasc_vector nasc_times(nasc_vector a, nasc_vector b) { return a * b; }

#if NASC_LANES == 16 && defined(__AVX512F__)
NASC_INLINE nasc_vector nasc_broadcast(float x) { return (nasc_vector)_mm512_set1_ps(x); }
NASC_INLINE nasc_vector nasc_fma(nasc_vector a, nasc_vector b, nasc_vector c) { return (nasc_vector)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c); }
NASC_INLINE nasc_vector nasc_maximum(nasc_vector a, nasc_vector b) { return (nasc_vector)_mm512_max_ps((__m512)a, (__m512)b); }
NASC_INLINE nasc_vector nasc_minimum(nasc_vector a, nasc_vector b) { return (nasc_vector)_mm512_min_ps((__m512)a, (__m512)b); }
#elif NASC_LANES == 8 && defined(__AVX2__) && defined(__FMA__)
NASC_INLINE nasc_vector nasc_broadcast(float x) { return (nasc_vector)_mm256_set1_ps(x); }
NASC_INLINE nasc_vector nasc_fma(nasc_vector a, nasc_vector b, nasc_vector c) { return (nasc_vector)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c); }
NASC_INLINE nasc_vector nasc_maximum(nasc_vector a, nasc_vector b) { return (nasc_vector)_mm256_max_ps((__m256)a, (__m256)b); }
NASC_INLINE nasc_vector nasc_minimum(nasc_vector a, nasc_vector b) { return (nasc_vector)_mm256_min_ps((__m256)a, (__m256)b); }
#elif NASC_LANES == 4 && defined(__ARM_NEON) && defined(__aarch64__)
NASC_INLINE nasc_vector nasc_broadcast(float x) { return (nasc_vector)vdupq_n_f32(x); }
NASC_INLINE nasc_vector nasc_fma(nasc_vector a, nasc_vector b, nasc_vector c) { return (nasc_vector)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b); }
NASC_INLINE nasc_vector nasc_maximum(nasc_vector a, nasc_vector b) { return (nasc_vector)vmaxq_f32((float32x4_t)a, (float32x4_t)b); }
NASC_INLINE nasc_vector nasc_minimum(nasc_vector a, nasc_vector b) { return (nasc_vector)vminq_f32((float32x4_t)a, (float32x4_t)b); }
#else
typedef int32_t nasc_mask __attribute__((vector_size(NASC_LANES * 4)));
NASC_INLINE nasc_vector nasc_select(nasc_mask mask, nasc_vector a, nasc_vector b) {
  return (nasc_vector)(((nasc_mask)a & mask) | ((nasc_mask)b & ~mask));
}
NASC_INLINE nasc_vector nasc_broadcast(float x) { return x - nasc_zero(); }
NASC_INLINE nasc_vector nasc_fma(nasc_vector a, nasc_vector b, nasc_vector c) { return a * b + c; }
#if NASC_LANES == 4 && defined(__SSE2__)
NASC_INLINE nasc_vector nasc_maximum(nasc_vector a, nasc_vector b) { return (nasc_vector)_mm_max_ps((__m128)a, (__m128)b); }
NASC_INLINE nasc_vector nasc_minimum(nasc_vector a, nasc_vector b) { return (nasc_vector)_mm_min_ps((__m128)a, (__m128)b); }
#else
NASC_INLINE nasc_vector nasc_maximum(nasc_vector a, nasc_vector b) { return nasc_select(a > b, a, b); }
NASC_INLINE nasc_vector nasc_minimum(nasc_vector a, nasc_vector b) { return nasc_select(a < b, a, b); }
#endif
#endif

#else /* no vector extensions */

typedef struct {
  float lane[NASC_LANES];
} nasc_vector;

#define NASC_INLINE static inline
#define NASC_NOINLINE static
#define NASC_UNROLL
#define NASC_UNROLL_BY_4
#define NASC_KEEP(vector) (void)(vector)
#define NASC_KEEP_INPUT(vector) (void)(vector)
#define NASC_KEEP_ADDRESS(address) (void)(address)
#define NASC_FETCH(address, bytes) (void)(address)

#define NASC_EACH_LANE(expression) \
  nasc_vector result; \
  for (int i = 0; i < NASC_LANES; i++) result.lane[i] = (expression); \
  return result
NASC_INLINE nasc_vector nasc_broadcast(float x) { NASC_EACH_LANE(x); }
NASC_INLINE nasc_vector nasc_zero(void) { NASC_EACH_LANE(0.0f); }
NASC_INLINE nasc_vector nasc_load(const float *p) { NASC_EACH_LANE(p[i]); }
NASC_INLINE void nasc_store(float *p, nasc_vector v) { memcpy(p, &v, sizeof v); }
NASC_INLINE nasc_vector nasc_add(nasc_vector a, nasc_vector b) { NASC_EACH_LANE(a.lane[i] + b.lane[i]); }
NASC_INLINE nasc_vector nasc_times(nasc_vector a, nasc_vector b) { NASC_EACH_LANE(a.lane[i] * b.lane[i]); }
NASC_INLINE nasc_vector nasc_fma(nasc_vector a, nasc_vector b, nasc_vector c) { NASC_EACH_LANE(a.lane[i] * b.lane[i] + c.lane[i]); }
NASC_INLINE nasc_vector nasc_maximum(nasc_vector a, nasc_vector b) { NASC_EACH_LANE(a.lane[i] > b.lane[i] ? a.lane[i] : b.lane[i]); }
NASC_INLINE nasc_vector nasc_minimum(nasc_vector a, nasc_vector b) { NASC_EACH_LANE(a.lane[i] < b.lane[i] ? a.lane[i] : b.lane[i]); }
#undef NASC_EACH_LANE
#endif

/* Bytes of a cache line. */
enum { NASC_LINE = 64 };

NASC_INLINE int nasc_least(int a, int b) { return a < b ? a : b; }

/* The first `count` lanes; `count` is a constant where this is inlined. */
#if NASC_LANES == 16 && defined(__AVX512F__) && !defined(NASC_NO_VECTOR_EXTENSIONS)
NASC_INLINE void nasc_store_first(float *p, nasc_vector v, const int count) {
  _mm512_mask_storeu_ps(p, (__mmask16)((1u << count) - 1), (__m512)v);
}
NASC_INLINE nasc_vector nasc_load_first(const float *p, const int count) {
  return (nasc_vector)_mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), p);
}
#else
NASC_INLINE void nasc_store_first(float *p, nasc_vector v, const int count) { memcpy(p, &v, (size_t)count * 4); }
NASC_INLINE nasc_vector nasc_load_first(const float *p, const int count) {
  nasc_vector v = nasc_zero();
  memcpy(&v, p, (size_t)count * 4);
  return v;
}
#endif

/* Of any register tile. */
enum { NASC_MOST_PIXELS = 32 };

enum { NASC_NO_ACTIVATION, NASC_RELU, NASC_RELU6, NASC_HARD_SIGMOID, NASC_HARD_SWISH };

/* relu: max(x, 0); relu6: min(max(x, 0), 6); hard sigmoid: relu6(x + 3) / 6; hard swish: x relu6(x + 3) / 6. */
NASC_INLINE nasc_vector nasc_activate(nasc_vector x, const int activation) {
  const nasc_vector zero = nasc_zero();
  if (activation == NASC_RELU) return nasc_maximum(x, zero);
  const nasc_vector six = nasc_broadcast(6.0f);
  if (activation == NASC_RELU6) return nasc_minimum(nasc_maximum(x, zero), six);
  if (activation == NASC_HARD_SIGMOID || activation == NASC_HARD_SWISH) {
    const nasc_vector gate = nasc_minimum(nasc_maximum(nasc_add(x, nasc_broadcast(3.0f)), zero), six);
    const nasc_vector sixth = nasc_times(gate, nasc_broadcast(1.0f / 6.0f));
    return activation == NASC_HARD_SWISH ? nasc_times(x, sixth) : sixth;
  }
  return x;
}
