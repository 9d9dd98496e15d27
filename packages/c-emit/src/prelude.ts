// The text in front of every generated or compiled C file that holds plain kernels: types, helpers, nothing else.

/** `real` is float unless NASC_REAL says otherwise (double for the float64 reference). */
export const prelude = `#include <math.h>
#include <stdint.h>
#include <string.h>

#ifndef NASC_REAL
#define NASC_REAL float
#endif
typedef NASC_REAL real;

/* The signature of every kernel: work items [first, last) of one call. */
#define NASC_KERNEL(name) static void name(real *const *tensors, const int64_t *dims, const double *scalars, int64_t first, int64_t last)
/* Arguments that a kernel does not use. */
#define NASC_UNUSED(argument) (void)(argument)

static inline int64_t nasc_min(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t nasc_max(int64_t a, int64_t b) { return a > b ? a : b; }
`;
