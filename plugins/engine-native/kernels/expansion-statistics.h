/* The first normalisation of expansion.h, from sums over the input. */

/* Rows that are summed in float; longer sums are in double. */
enum { NASC_GRAM_ROWS = 192 };
/* The squared mean, in squared deviations, from which on there is a pivot. */
enum { NASC_PIVOT_FROM = 4 };

/* Items: groups of rows. Partial sums of (x - o) (x - o)' and of x - o, where o is the first row of x: [group][I + 1][padded
   I] doubles, the last row that of x - o. Tensors: x, partials. Dims: N, rows, I, rows of a group. */
NASC_KERNEL(nasc_expansion_gram) {
  NASC_UNUSED(scalars);
  const int64_t rows = dims[1], channels = dims[2], group = dims[3], padded = NASC_ROUND_UP(channels);
  const float *origin = tensors[0];
  float *const shifted = nasc_scratch, *const products = shifted + NASC_GRAM_ROWS * padded;
  for (int64_t item = first; item < last; item++) {
    double *total = (double *)tensors[1] + item * (channels + 1) * padded;
    memset(total, 0, (size_t)((channels + 1) * padded) * sizeof(double));
    for (int64_t row = item * group; row < nasc_min((item + 1) * group, rows); row += NASC_GRAM_ROWS) {
      const int64_t count = nasc_min(NASC_GRAM_ROWS, nasc_min((item + 1) * group, rows) - row);
      nasc_subtract_pivot(shifted, tensors[0] + row * channels, origin, count, channels);
      memset(products, 0, (size_t)((channels + 1) * padded) * sizeof(float));
      nasc_outer_sum g = {.a = shifted, .lda = padded, .b = shifted, .ldb = padded, .rows = channels, .depth = count, .out = products, .ldo = padded};
      NASC_PANELS(nasc_outer_sum_panel, &g, channels);
      float *sum = products + channels * padded;
      for (int64_t c = 0; c < padded; c += NASC_LANES) {
        nasc_vector even = {0}, odd = {0};
        int64_t k = 0;
        for (; k + 2 <= count; k += 2) {
          even += nasc_load(shifted + k * padded + c);
          odd += nasc_load(shifted + (k + 1) * padded + c);
        }
        if (k < count) even += nasc_load(shifted + k * padded + c);
        nasc_store(sum + c, even + odd);
      }
      for (int64_t i = 0; i < (channels + 1) * padded; i++) total[i] += (double)products[i];
    }
  }
}

/* Items: rows of G. From the partial sums to G [I][padded I] = sum (x - mean) (x - mean)', the pivot, and the centre, which is
   the mean less the pivot. Tensors: x, partials, G, pivot and centre. Dims: N, rows, I, groups. */
NASC_KERNEL(nasc_expansion_moments) {
  NASC_UNUSED(scalars);
  const int64_t rows = dims[1], channels = dims[2], groups = dims[3], padded = NASC_ROUND_UP(channels), each = (channels + 1) * padded;
  const float *origin = tensors[0];
  const double *partials = (const double *)tensors[1];
  double *const sum = (double *)nasc_scratch, *const square = sum + padded, *const row = square + padded;
  for (int64_t j = 0; j < channels; j++) sum[j] = square[j] = 0;
  for (int64_t g = 0; g < groups; g++)
    for (int64_t j = 0; j < channels; j++) {
      sum[j] += partials[g * each + channels * padded + j];
      square[j] += partials[g * each + j * padded + j];
    }
  double deviation = 0, distance = 0; /* squares: of x from its mean, of the mean from 0 */
  for (int64_t j = 0; j < channels; j++) {
    const double off = sum[j] / (double)rows, mean = (double)origin[j] + off;
    deviation += square[j] / (double)rows - off * off;
    distance += mean * mean;
  }
  const int pivots = distance > NASC_PIVOT_FROM * deviation;
  for (int64_t i = first; i < last; i++) {
    for (int64_t j = 0; j < channels; j++) row[j] = -sum[i] * sum[j] / (double)rows;
    for (int64_t g = 0; g < groups; g++)
      for (int64_t j = 0; j < channels; j++) row[j] += partials[g * each + i * padded + j];
    for (int64_t j = 0; j < channels; j++) tensors[2][i * padded + j] = (float)row[j];
    const double mean = (double)origin[i] + sum[i] / (double)rows;
    tensors[3][i] = pivots ? (float)mean : 0;
    tensors[3][padded + i] = (float)(mean - (double)tensors[3][i]);
  }
}

/* Items: blocks of channels. T = G W [I][padded C], and the normalisation of z as for X: affine[1] = shift - offset affine[0].
   Tensors: G, pivot and centre, weight, scale, shift, T, mean, variance, offset, affine (affine[2] = r). Dims: N, rows, I, C.
   Scalars: epsilon. */
NASC_KERNEL(nasc_expansion_finish) {
  const int64_t rows = dims[1], inputs = dims[2], channels = dims[3], padded = NASC_ROUND_UP(channels), padded_in = NASC_ROUND_UP(inputs);
  const float *pivot = tensors[1], *centre = pivot + padded_in, *weight = tensors[2];
  for (int64_t item = first; item < last; item++) {
    const int64_t start = item * NASC_BLOCK, count = nasc_min(NASC_BLOCK, channels - start);
    float *t = tensors[5] + start;
    nasc_addition g = {.a = tensors[0], .lda = padded_in, .b = weight + start, .ldb = channels, .z = t, .ldz = padded, .rows = inputs, .depth = inputs, .writable = NASC_BLOCK};
    NASC_PANELS(nasc_addition_panel, &g, count);
    double square[NASC_BLOCK] = {0}, offset[NASC_BLOCK] = {0}, at[NASC_BLOCK] = {0};
    for (int64_t i = 0; i < inputs; i++)
      for (int64_t c = 0; c < count; c++) {
        const double w = (double)weight[i * channels + start + c];
        square[c] += w * (double)t[i * padded + c];
        offset[c] += w * (double)centre[i];
        at[c] += w * (double)pivot[i];
      }
    for (int64_t c = 0; c < count; c++) {
      const double variance = square[c] > 0 ? square[c] / (double)rows : 0, r = 1 / sqrt(variance + scalars[0]);
      const double factor = (double)tensors[3][start + c] * r;
      tensors[6][start + c] = (float)(at[c] + offset[c]);
      tensors[7][start + c] = (float)variance;
      tensors[8][start + c] = (float)offset[c];
      tensors[9][start + c] = (float)factor;
      tensors[9][padded + start + c] = (float)((double)tensors[4][start + c] - offset[c] * factor);
      tensors[9][2 * padded + start + c] = (float)r;
    }
  }
}
