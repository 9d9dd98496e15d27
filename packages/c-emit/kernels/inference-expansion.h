/* 1x1 convolution whose rows go into a ring of `slots` rows, from which a depthwise convolution takes them: the expanded tensor
   is never whole. */

/* Rows [from, to) of an image of W columns and I channels, N vectors of expanded channels, into their slots. What tiles of T
   leave over of a run of rows is computed by one that is moved back. `ahead`: as in `nasc_pointwise_panel`. */
NASC_INLINE void nasc_expand_rows(const int T, const int N, const int W, const int I, const int slots, const int activation, int from,
                                  const int to, int ahead, const float *input, const float *bias, const float *panel, float *ring) {
  for (; from < to; ahead = 0) {
    const int slot = from % slots;
    const int pixels = nasc_least(to - from, slots - slot) * W;
    const float *rows = input + (size_t)from * W * I;
    float *expanded = ring + (size_t)slot * W * N * NASC_LANES;
    nasc_pointwise_panel(T, 0, N, I, I, NASC_LANES, N * NASC_LANES, activation, pixels, ahead, rows, bias, panel, 0, expanded);
    if (pixels % T > 0)
      nasc_pointwise_tile(T, N, I, I, NASC_LANES, N * NASC_LANES, activation, rows + (size_t)(pixels - T) * I, bias, panel, 0, 0,
                          expanded + (size_t)(pixels - T) * N * NASC_LANES);
    from += pixels / W;
  }
}
