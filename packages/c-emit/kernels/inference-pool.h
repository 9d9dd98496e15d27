/* Mean over all pixels, [pixels, C] -> [C], of one vector with `lanes` channels. */
NASC_INLINE void nasc_global_average(const int pixels, const int C, const int lanes, const float *input, float *output) {
  nasc_vector even = nasc_zero(), odd = nasc_zero();
  int pixel = 0;
  for (; pixel + 2 <= pixels; pixel += 2) {
    const float *a = input + (size_t)pixel * C, *b = a + C;
    even = nasc_add(even, lanes < NASC_LANES ? nasc_load_first(a, lanes) : nasc_load(a));
    odd = nasc_add(odd, lanes < NASC_LANES ? nasc_load_first(b, lanes) : nasc_load(b));
  }
  if (pixel < pixels) {
    const float *a = input + (size_t)pixel * C;
    even = nasc_add(even, lanes < NASC_LANES ? nasc_load_first(a, lanes) : nasc_load(a));
  }
  const nasc_vector mean = nasc_times(nasc_add(even, odd), nasc_broadcast(1.0f / (float)pixels));
  if (lanes < NASC_LANES) nasc_store_first(output, mean, lanes);
  else nasc_store(output, mean);
}
