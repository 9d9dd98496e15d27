/* 1x1 convolution and linear layer: a matrix product [pixels, I] x [I, O] with bias, activation and shortcut.

   Weights: bias [V * lanes], then for every panel of N vectors [I][N * lanes]; V = vectors of output channels, 0 past the last. */

NASC_INLINE void nasc_pointwise_tile(const int T, const int N, const int I, const int in, const int tail, const int out,
                                     const int activation, const float *input, const float *bias, const float *panel, const float *fetch,
                                     const float *shortcut, float *output) {
  nasc_vector sum[NASC_MOST_PIXELS][NASC_MOST_VECTORS];
  nasc_start_sums(T, N, bias, sum);
  nasc_add_products(T, N, I, in, input, panel, fetch, sum);
  nasc_store_sums(T, N, tail, out, activation, sum, shortcut, output);
}

/* One panel for `pixels` pixels: tiles of T, then one of `rest`, which is 0 or pixels % T. Where `ahead`, the first tiles ask for as
   many lines as the panel has, I each. */
NASC_INLINE void nasc_pointwise_panel(const int T, const int rest, const int N, const int I, const int in, const int tail, const int out,
                                      const int activation, const int pixels, const int ahead, const float *input, const float *bias,
                                      const float *panel, const float *shortcut, float *output) {
  int pixel = 0;
  if (ahead) {
    for (int n = 0; n * NASC_LINE < N * NASC_LANES * 4 && pixel + T <= pixels; n++, pixel += T)
      nasc_pointwise_tile(T, N, I, in, tail, out, activation, input + (size_t)pixel * in, bias, panel, panel + (size_t)n * I * (NASC_LINE / 4),
                          shortcut ? shortcut + (size_t)pixel * out : shortcut, output + (size_t)pixel * out);
  }
  for (; pixel + T <= pixels; pixel += T)
    nasc_pointwise_tile(T, N, I, in, tail, out, activation, input + (size_t)pixel * in, bias, panel, 0,
                        shortcut ? shortcut + (size_t)pixel * out : shortcut, output + (size_t)pixel * out);
  if (rest > 0 && pixel < pixels)
    nasc_pointwise_tile(rest, N, I, in, tail, out, activation, input + (size_t)pixel * in, bias, panel, 0,
                        shortcut ? shortcut + (size_t)pixel * out : shortcut, output + (size_t)pixel * out);
}
