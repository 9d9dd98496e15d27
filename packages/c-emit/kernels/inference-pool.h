/* Mean over all pixels, [pixels, C] -> [C]. C >= lanes. */
NASC_INLINE void nasc_global_average(const int pixels, const int C, const float *input, float *output) {
  const int vectors = (C + NASC_LANES - 1) / NASC_LANES;
  for (int v = 0; v < vectors; v++) {
    const int channel = nasc_first_channel(v, C);
    nasc_vector even = nasc_zero(), odd = nasc_zero();
    int pixel = 0;
    for (; pixel + 2 <= pixels; pixel += 2) {
      even = nasc_add(even, nasc_load(input + (size_t)pixel * C + channel));
      odd = nasc_add(odd, nasc_load(input + (size_t)(pixel + 1) * C + channel));
    }
    if (pixel < pixels) even = nasc_add(even, nasc_load(input + (size_t)pixel * C + channel));
    nasc_store(output + channel, nasc_times(nasc_add(even, odd), nasc_broadcast(1.0f / (float)pixels)));
  }
}
