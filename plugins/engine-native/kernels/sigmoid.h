/* The logistic function, y = 1 / (1 + e^-x). The exponential is our own: the bits of libm's differ between machines. */

enum { NASC_SIGMOID_RUN = 4096 }; /* elements of an item */

/* e^x for -87 <= x <= 88, to about two units in the last place: 2^k e^r with |r| <= ln 2 / 2, e^r by its Taylor polynomial. */
NASC_INLINE nasc_vector nasc_exponential(nasc_vector x) {
  const nasc_vector to_integer = nasc_broadcast(12582912.0f); /* 1.5 * 2^23: what is added to it is rounded to a whole number */
  const nasc_vector shifted = nasc_fma(x, nasc_broadcast(1.44269504f), to_integer), k = shifted - to_integer;
  nasc_vector r = nasc_fma(k, nasc_broadcast(-0.693145752f), x);
  r = nasc_fma(k, nasc_broadcast(-1.42860677e-6f), r);
  static const float terms[] = {1.0f / 5040, 1.0f / 720, 1.0f / 120, 1.0f / 24, 1.0f / 6, 0.5f, 1, 1};
  nasc_vector sum = nasc_broadcast(terms[0]);
  NASC_UNROLL for (int i = 1; i < 8; i++) sum = nasc_fma(sum, r, nasc_broadcast(terms[i]));
  /* k lies in the low bits of `shifted`; added to the exponent, it multiplies by 2^k. */
  return (nasc_vector)((nasc_lane_mask)sum + ((nasc_lane_mask)shifted << 23));
}

/* Items: runs of elements. Tensors: x, y. Dims: N, elements. */
NASC_KERNEL(nasc_sigmoid_forward) {
  NASC_UNUSED(scalars);
  const nasc_vector low = nasc_broadcast(-87.0f), high = nasc_broadcast(88.0f), one = nasc_broadcast(1.0f);
  const int64_t end = nasc_min(last * NASC_SIGMOID_RUN, dims[1]);
  for (int64_t i = first * NASC_SIGMOID_RUN; i < end; i += NASC_LANES) {
    const nasc_vector x = nasc_minimum(high, nasc_maximum(low, -nasc_load(tensors[0] + i))); /* in this order, what is no number stays so */
    nasc_store_up_to(tensors[1] + i, one / (one + nasc_exponential(x)), end - i);
  }
}

/* dx = dy y (1 - y) (+ added). Tensors: dy, y, dx, [added]. Dims: N, elements, add?. */
NASC_KERNEL(nasc_sigmoid_backward) {
  NASC_UNUSED(scalars);
  const nasc_vector one = nasc_broadcast(1.0f);
  const int64_t end = nasc_min(last * NASC_SIGMOID_RUN, dims[1]);
  for (int64_t i = first * NASC_SIGMOID_RUN; i < end; i += NASC_LANES) {
    const nasc_vector y = nasc_load(tensors[1] + i), slope = nasc_load(tensors[0] + i) * y;
    nasc_store_up_to(tensors[2] + i, nasc_fma(slope, one - y, dims[2] ? nasc_load(tensors[3] + i) : (nasc_vector){0}), end - i);
  }
}
