/* The backward pass of expansion.h behind the sums over the whole batch. */

/* Items: blocks of channels. S and P over all groups, the gradients of the weight, scale and shift, and b and e of the
   gradient of z (as in norm.h; 0 when frozen). Tensors: S, P, weight, T, pivot and centre, offset, affine, [b and e [2][padded C]], [dW,
   dscale, dshift]. Dims: N, rows, I, C, groups, frozen?, gradients of parameters?. With running statistics T is not read. */
NASC_KERNEL(nasc_expansion_gradient) {
  NASC_UNUSED(scalars);
  const int64_t rows = dims[1], inputs = dims[2], channels = dims[3], groups = dims[4], frozen = dims[5], parameters = dims[6];
  const int64_t padded = NASC_ROUND_UP(channels);
  const float *weight = tensors[2], *t = tensors[3], *centre = tensors[4] + NASC_ROUND_UP(inputs);
  float *const slopes = tensors[7];
  double(*const products)[NASC_BLOCK] = (double(*)[NASC_BLOCK])nasc_scratch;
  for (int64_t item = first; item < last; item++) {
    const int64_t start = item * NASC_BLOCK, count = nasc_min(NASC_BLOCK, channels - start);
    double sum[NASC_BLOCK] = {0}, dot[NASC_BLOCK] = {0}, a[NASC_BLOCK], b[NASC_BLOCK];
    for (int64_t g = 0; g < groups; g++)
      for (int64_t c = 0; c < count; c++) sum[c] += (double)tensors[0][g * padded + start + c];
    for (int64_t i = 0; i < inputs; i++) {
      for (int64_t c = 0; c < count; c++) products[i][c] = -(double)centre[i] * sum[c];
      for (int64_t g = 0; g < groups; g++) {
        const float *p = tensors[1] + (g * inputs + i) * padded + start;
        for (int64_t c = 0; c < count; c++) products[i][c] += (double)p[c];
      }
      for (int64_t c = 0; c < count; c++) dot[c] += products[i][c] * (double)weight[i * channels + start + c];
    }
    for (int64_t c = 0; c < count; c++) {
      const double r = (double)tensors[6][2 * padded + start + c];
      a[c] = (double)tensors[6][start + c];
      if (frozen) dot[c] -= (double)tensors[5][start + c] * sum[c];
      b[c] = frozen ? 0 : -a[c] * r * r * dot[c] / (double)rows;
      slopes[start + c] = (float)b[c];
      slopes[padded + start + c] = frozen ? 0 : (float)(-a[c] * sum[c] / (double)rows);
      if (parameters) {
        tensors[9][start + c] += (float)(r * dot[c]);
        tensors[10][start + c] += (float)sum[c];
      }
    }
    if (!parameters) continue;
    for (int64_t i = 0; i < inputs; i++) {
      float *dw = tensors[8] + i * channels + start;
      for (int64_t c = 0; c < count; c++) dw[c] += (float)(a[c] * products[i][c] + (frozen ? 0 : b[c] * (double)t[i * padded + start + c]));
    }
  }
}

/* Items: blocks of 16 rows of W. W diag(b) W' [I][padded I], and behind it the row W e - (W diag(b) W') centre.
   Tensors: weight, transposed weight, b and e, pivot and centre, result. Dims: N, I, C. */
NASC_KERNEL(nasc_expansion_mix) {
  NASC_UNUSED(scalars);
  const int64_t inputs = dims[1], channels = dims[2], padded = NASC_ROUND_UP(inputs);
  const float *b = tensors[2], *e = b + NASC_ROUND_UP(channels), *centre = tensors[3] + padded;
  float *const scaled = nasc_scratch;
  for (int64_t item = first; item < last; item++) {
    const int64_t start = item * NASC_BLOCK, count = nasc_min(NASC_BLOCK, inputs - start);
    for (int64_t i = 0; i < count; i++)
      for (int64_t c = 0; c < channels; c++) scaled[i * channels + c] = tensors[0][(start + i) * channels + c] * b[c];
    float *out = tensors[4] + start * padded;
    nasc_addition g = {.a = scaled, .lda = channels, .b = tensors[1], .ldb = padded, .z = out, .ldz = padded, .rows = count, .depth = channels, .writable = padded};
    NASC_PANELS(nasc_addition_panel, &g, inputs);
    for (int64_t i = 0; i < count; i++) {
      double sum = 0;
      for (int64_t c = 0; c < channels; c++) sum += (double)tensors[0][(start + i) * channels + c] * (double)e[c];
      for (int64_t j = 0; j < inputs; j++) sum -= (double)out[i * padded + j] * (double)centre[j];
      tensors[4][inputs * padded + start + i] = (float)sum;
    }
  }
}

/* Items: groups of rows. dx += X mix + its last row. Tensors: x, pivot, mix, dx. Dims: N, rows, I, rows of a group. */
NASC_KERNEL(nasc_expansion_correct) {
  NASC_UNUSED(scalars);
  const int64_t rows = dims[1], inputs = dims[2], group = dims[3], padded = NASC_ROUND_UP(inputs), end = nasc_min(last * group, rows);
  for (int64_t row = first * group; row < end; row += NASC_CHUNK_ROWS) {
    float *dx = tensors[3] + row * inputs;
    nasc_addition g = {.a = nasc_scratch, .lda = padded, .b = tensors[2], .ldb = padded, .base = dx, .bias = tensors[2] + inputs * padded, .z = dx, .ldz = inputs,
                       .rows = nasc_min(NASC_CHUNK_ROWS, end - row), .depth = inputs, .writable = inputs};
    nasc_subtract_pivot(nasc_scratch, tensors[0] + row * inputs, tensors[1], g.rows, inputs);
    NASC_PANELS(nasc_addition_panel, &g, inputs);
  }
}
