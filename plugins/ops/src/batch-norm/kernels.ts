// Batch normalisation in plain C: inference, training with the statistics of the batch, and gradients. x, y, dx, dy: [rows, channels];
// dims: batch, rows, channels.

export const batchNormKernels = `
/* Item: one row. y[c] = (x[c] - runningMean[c]) / sqrt(runningVariance[c] + epsilon) * scale[c] + shift[c] */
NASC_KERNEL(batchNorm_inference) {
  const int64_t channels = dims[2];
  const real epsilon = (real)scalars[0];
  const real *x = tensors[0], *scale = tensors[1], *shift = tensors[2], *mean = tensors[3], *variance = tensors[4];
  real *y = tensors[5];
  for (int64_t start = 0; start < channels; start += 64) {
    const int64_t count = nasc_min(64, channels - start);
    real factor[64];
    for (int64_t c = 0; c < count; c++) factor[c] = scale[start + c] / (real)sqrt((double)(variance[start + c] + epsilon));
    for (int64_t row = first; row < last; row++) {
      const real *restrict in = x + row * channels + start;
      real *restrict out = y + row * channels + start;
      for (int64_t c = 0; c < count; c++) out[c] = (in[c] - mean[start + c]) * factor[c] + shift[start + c];
    }
  }
}

/* Item: one channel. Mean, biased variance and 1 / sqrt(variance + epsilon) over all rows: two passes, sums in double. */
NASC_KERNEL(batchNorm_statistics) {
  const int64_t rows = dims[1], channels = dims[2];
  const real *x = tensors[0];
  for (int64_t start = first; start < last; start += 64) {
    const int64_t count = nasc_min(64, last - start);
    double mean[64] = {0}, square[64] = {0};
    for (int64_t row = 0; row < rows; row++)
      for (int64_t c = 0; c < count; c++) mean[c] += (double)x[row * channels + start + c];
    for (int64_t c = 0; c < count; c++) mean[c] /= (double)rows;
    for (int64_t row = 0; row < rows; row++) {
      for (int64_t c = 0; c < count; c++) {
        const double difference = (double)x[row * channels + start + c] - mean[c];
        square[c] += difference * difference;
      }
    }
    for (int64_t c = 0; c < count; c++) {
      const double variance = square[c] / (double)rows;
      tensors[1][start + c] = (real)mean[c];
      tensors[2][start + c] = (real)variance;
      tensors[3][start + c] = (real)(1 / sqrt(variance + scalars[0]));
    }
  }
}

/* Item: one row. y[c] = (x[c] - mean[c]) * inverseStd[c] * scale[c] + shift[c] */
NASC_KERNEL(batchNorm_normalise) {
  NASC_UNUSED(scalars);
  const int64_t channels = dims[2];
  const real *restrict mean = tensors[1], *restrict inverseStd = tensors[2], *restrict scale = tensors[3], *restrict shift = tensors[4];
  for (int64_t row = first; row < last; row++) {
    const real *restrict in = tensors[0] + row * channels;
    real *restrict out = tensors[5] + row * channels;
    for (int64_t c = 0; c < channels; c++) out[c] = (in[c] - mean[c]) * (inverseStd[c] * scale[c]) + shift[c];
  }
}

/* Item: one channel. running += momentum * (batch - running), with the unbiased variance rows / (rows - 1) * variance. */
NASC_KERNEL(batchNorm_updateStatistics) {
  const real *mean = tensors[0], *variance = tensors[1];
  real *runningMean = tensors[2], *runningVariance = tensors[3];
  const real momentum = (real)scalars[0];
  const real correction = dims[1] > 1 ? (real)((double)dims[1] / (double)(dims[1] - 1)) : 1;
  for (int64_t c = first; c < last; c++) {
    runningMean[c] += momentum * (mean[c] - runningMean[c]);
    runningVariance[c] += momentum * (variance[c] * correction - runningVariance[c]);
  }
}

/* Item: one channel. Sums over all rows, in double: dy into sums[0, c], dy * (x - mean) * inverseStd into sums[1, c]. */
NASC_KERNEL(batchNorm_gradientSums) {
  NASC_UNUSED(scalars);
  const int64_t rows = dims[1], channels = dims[2];
  const real *x = tensors[0], *dy = tensors[1], *mean = tensors[2], *inverseStd = tensors[3];
  real *sums = tensors[4];
  for (int64_t start = first; start < last; start += 64) {
    const int64_t count = nasc_min(64, last - start);
    double gradient[64] = {0}, product[64] = {0};
    for (int64_t row = 0; row < rows; row++) {
      for (int64_t c = 0; c < count; c++) {
        const int64_t at = row * channels + start + c;
        gradient[c] += (double)dy[at];
        product[c] += (double)dy[at] * (double)(x[at] - mean[start + c]);
      }
    }
    for (int64_t c = 0; c < count; c++) {
      sums[start + c] = (real)gradient[c];
      sums[channels + start + c] = (real)(product[c] * (double)inverseStd[start + c]);
    }
  }
}

/* Item: one row. With xhat = (x - mean) * inverseStd and M rows:
   dx = scale * inverseStd * (dy - sum(dy) / M - xhat * sum(dy * xhat) / M) */
NASC_KERNEL(batchNorm_inputGradient) {
  NASC_UNUSED(scalars);
  const int64_t channels = dims[2];
  const real inverseRows = (real)(1.0 / (double)dims[1]);
  const real *restrict mean = tensors[2], *restrict inverseStd = tensors[3], *restrict scale = tensors[4], *restrict sums = tensors[5];
  for (int64_t row = first; row < last; row++) {
    const real *restrict x = tensors[0] + row * channels, *restrict dy = tensors[1] + row * channels;
    real *restrict dx = tensors[6] + row * channels;
    for (int64_t c = 0; c < channels; c++) {
      const real normalised = (x[c] - mean[c]) * inverseStd[c];
      dx[c] = scale[c] * inverseStd[c] * (dy[c] - (sums[c] + normalised * sums[channels + c]) * inverseRows);
    }
  }
}

/* Item: one channel. dscale += sum(dy * xhat), dshift += sum(dy) */
NASC_KERNEL(batchNorm_weightGradient) {
  NASC_UNUSED(scalars);
  const real *sums = tensors[0];
  for (int64_t c = first; c < last; c++) {
    tensors[1][c] += sums[dims[2] + c];
    tensors[2][c] += sums[c];
  }
}
`;
