// Gradient of a bias, for every op that adds one: the sum over all rows of a channel.

/** C text of `${op}_biasGradient`. Tensors: dy [rows, channels], db [channels]. Dims: batch, rows, channels. Items: channels. */
export const biasGradientSource = (op: string): string => `
/* Item: one channel c. db[c] += sum over rows of dy[row, c], in double; 64 channels at a time so that the row loop vectorises. */
NASC_KERNEL(${op}_biasGradient) {
  NASC_UNUSED(scalars);
  const int64_t rows = dims[1], channels = dims[2];
  const real *dy = tensors[0];
  real *db = tensors[1];
  for (int64_t start = first; start < last; start += 64) {
    const int64_t count = nasc_min(64, last - start);
    double sum[64] = {0};
    for (int64_t row = 0; row < rows; row++)
      for (int64_t c = 0; c < count; c++) sum[c] += (double)dy[row * channels + start + c];
    for (int64_t c = 0; c < count; c++) db[start + c] += (real)sum[c];
  }
}
`;
