/* Batch normalisation with an activation, split so that no kernel passes over a tensor only for it.

   Forward: whoever writes z [rows, C] leaves, for each group of rows, partial sums [group][3][C]: a pivot k (the group's
   first row), sum(z - k) and sum((z - k)^2). `nasc_norm_finish` makes from them mean, variance and
     affine = scale / sqrt(variance + epsilon), shift - mean scale / sqrt(variance + epsilon).
   Whoever reads the result computes act(z affine0 + affine1) on the way.

   Backward: whoever computes the gradient behind the activation masks it, d = dL/dy act'(z affine0 + affine1), and leaves for
   each group of rows partial sums [group][2][C]: sum(d) and sum(d (z - mean)). `nasc_norm_gradient` adds the gradients of
   scale and shift, and makes coefficients with  dL/dz = a d + b (z - mean) + e:
     a = scale r, b = -scale r^3 sum(d (z - mean)) / M, e = -scale r sum(d) / M,   r = 1 / sqrt(variance + epsilon).
   The difference is taken first, as z may lie far from 0.

   C is rounded up to whole vectors in all of these arrays. */


/* Items: blocks of channels. Tensors: partials, scale, shift, mean, variance, affine (affine[2] = r). Dims: N, rows, C,
   rows of a group. Scalars: epsilon. */
NASC_KERNEL(nasc_norm_finish) {
  const int64_t rows = dims[1], channels = dims[2], group = dims[3], padded = NASC_ROUND_UP(channels);
  const int64_t groups = (rows + group - 1) / group;
  for (int64_t item = first; item < last; item++) {
    const int64_t start = item * NASC_BLOCK, count = nasc_min(NASC_BLOCK, channels - start);
    const float *partials = tensors[0] + start;
    double mean[NASC_BLOCK] = {0}, square[NASC_BLOCK] = {0};
    for (int64_t g = 0; g < groups; g++, partials += 3 * padded) {
      const double n = (double)nasc_min(group, rows - g * group);
      for (int64_t c = 0; c < count; c++) mean[c] += n * (double)partials[c] + (double)partials[padded + c];
    }
    for (int64_t c = 0; c < count; c++) mean[c] /= (double)rows;
    partials = tensors[0] + start;
    for (int64_t g = 0; g < groups; g++, partials += 3 * padded) {
      const double n = (double)nasc_min(group, rows - g * group), inverse = 1 / n;
      for (int64_t c = 0; c < count; c++) {
        /* sum (z - m)^2 = sum (z - k)^2 + 2 (k - m) sum (z - k) + n (k - m)^2, about the group's own mean first. */
        const double sum = (double)partials[padded + c], own = sum * inverse;
        const double off = (double)partials[c] + own - mean[c];
        square[c] += (double)partials[2 * padded + c] - sum * own + n * off * off;
      }
    }
    for (int64_t c = 0; c < count; c++) {
      const double variance = square[c] > 0 ? square[c] / (double)rows : 0, r = 1 / sqrt(variance + scalars[0]);
      const double factor = (double)tensors[1][start + c] * r;
      tensors[3][start + c] = (float)mean[c];
      tensors[4][start + c] = (float)variance;
      tensors[5][start + c] = (float)factor;
      tensors[5][padded + start + c] = (float)((double)tensors[2][start + c] - mean[c] * factor);
      tensors[5][2 * padded + start + c] = (float)r;
    }
  }
}

/* The same from running statistics. Tensors: scale, shift, running mean, running variance, mean, affine. Dims: N, C. */
NASC_KERNEL(nasc_norm_running) {
  const int64_t channels = dims[1], padded = NASC_ROUND_UP(channels);
  for (int64_t c = first * NASC_BLOCK; c < nasc_min(last * NASC_BLOCK, channels); c++) {
    const double r = 1 / sqrt((double)tensors[3][c] + scalars[0]), factor = (double)tensors[0][c] * r;
    tensors[4][c] = tensors[2][c];
    tensors[5][c] = (float)factor;
    tensors[5][padded + c] = (float)((double)tensors[1][c] - (double)tensors[2][c] * factor);
    tensors[5][2 * padded + c] = (float)r;
  }
}

/* running += momentum (batch - running), with the unbiased variance. Tensors: mean, variance, running mean, running
   variance. Dims: N, rows, C. Scalars: momentum. */
NASC_KERNEL(nasc_norm_update) {
  const float momentum = (float)scalars[0];
  const float unbiased = dims[1] > 1 ? (float)((double)dims[1] / (double)(dims[1] - 1)) : 1;
  for (int64_t c = first * NASC_BLOCK; c < nasc_min(last * NASC_BLOCK, dims[2]); c++) {
    tensors[2][c] += momentum * (tensors[0][c] - tensors[2][c]);
    tensors[3][c] += momentum * (tensors[1][c] * unbiased - tensors[3][c]);
  }
}

/* Items: groups of rows. Partial sums of a tensor that somebody else wrote. Tensors: z, partials. Dims: N, rows, C, rows
   of a group. */
NASC_KERNEL(nasc_norm_partials) {
  NASC_UNUSED(scalars);
  const int64_t rows = dims[1], channels = dims[2], group = dims[3], padded = NASC_ROUND_UP(channels);
  for (int64_t item = first; item < last; item++) {
    const int64_t start = item * group, count = nasc_min(group, rows - start);
    const float *z = tensors[0] + start * channels;
    float *partials = tensors[1] + item * 3 * padded;
    for (int64_t c = 0; c < padded; c += NASC_LANES) nasc_store(partials + c, nasc_load(z + c));
    memset(partials + padded, 0, (size_t)(2 * padded) * sizeof(float));
    for (int64_t chunk = 0; chunk < count; chunk += NASC_CHUNK_ROWS) {
      const int64_t end = nasc_min(chunk + NASC_CHUNK_ROWS, count);
      for (int64_t c = 0; c < padded; c += NASC_LANES) {
        const nasc_vector pivot = nasc_load(partials + c);
        nasc_vector sum = nasc_load(partials + padded + c), square = nasc_load(partials + 2 * padded + c);
        for (int64_t row = chunk; row < end; row++) {
          const nasc_vector off = nasc_load(z + row * channels + c) - pivot;
          sum += off;
          square = nasc_fma(off, off, square);
        }
        nasc_store(partials + padded + c, sum);
        nasc_store(partials + 2 * padded + c, square);
      }
    }
  }
}

/* Items: groups of rows. y = act(z affine0 + affine1). Tensors: z, affine, y. Dims: N, rows, C, rows of a group, z is
   blocked?. Scalars: low, high. */
NASC_KERNEL(nasc_norm_apply) {
  const int64_t rows = dims[1], channels = dims[2], group = dims[3], padded = NASC_ROUND_UP(channels);
  const nasc_vector low = nasc_broadcast((float)scalars[0]), high = nasc_broadcast((float)scalars[1]);
  const nasc_layout layout = nasc_layout_of(dims[4], rows, channels);
  const int64_t end = nasc_min(last * group, rows);
  for (int64_t start = first * group; start < end; start += NASC_CHUNK_ROWS) {
    for (int64_t c = 0; c < channels; c += NASC_LANES) {
      const nasc_vector scale = nasc_load(tensors[1] + c), shift = nasc_load(tensors[1] + padded + c);
      for (int64_t row = start; row < nasc_min(start + NASC_CHUNK_ROWS, end); row++)
        nasc_store_up_to(tensors[2] + row * channels + c, nasc_normalised(nasc_load(tensors[0] + nasc_at(layout, row, c)), scale, shift, low, high), channels - c);
    }
  }
}

/* Items: groups of rows. d = dy act'(z affine0 + affine1), and its partial sums. Without an activation d is dy and not written.
   Tensors: dy, z, affine, mean, sums, [d]. Dims: N, rows, C, rows of a group, masked?, z is blocked?. Scalars: low, high. */
NASC_KERNEL(nasc_norm_mask) {
  const int64_t rows = dims[1], channels = dims[2], group = dims[3], padded = NASC_ROUND_UP(channels), masked = dims[4];
  const nasc_vector low = nasc_broadcast((float)scalars[0]), high = nasc_broadcast((float)scalars[1]);
  const nasc_layout layout = nasc_layout_of(dims[5], rows, channels);
  for (int64_t item = first; item < last; item++) {
    const int64_t start = item * group, count = nasc_min(group, rows - start);
    float *sums = tensors[4] + item * 2 * padded;
    memset(sums, 0, (size_t)(2 * padded) * sizeof(float));
    for (int64_t chunk = start; chunk < start + count; chunk += NASC_CHUNK_ROWS) {
      const int64_t end = nasc_min(chunk + NASC_CHUNK_ROWS, start + count);
      for (int64_t c = 0; c < padded; c += NASC_LANES) {
        const nasc_vector scale = nasc_load(tensors[2] + c), shift = nasc_load(tensors[2] + padded + c), mean = nasc_load(tensors[3] + c);
        nasc_vector sum = nasc_load(sums + c), product = nasc_load(sums + padded + c);
        for (int64_t row = chunk; row < end; row++) {
          const nasc_vector x = nasc_load(tensors[1] + nasc_at(layout, row, c));
          nasc_vector d = nasc_load_up_to(tensors[0] + row * channels + c, channels - c);
          if (masked) {
            d = nasc_activation_gradient(d, nasc_fma(x, scale, shift), low, high);
            nasc_store_up_to(tensors[5] + row * channels + c, d, channels - c);
          }
          sum += d;
          product = nasc_fma(d, x - mean, product);
        }
        nasc_store(sums + c, sum);
        nasc_store(sums + padded + c, product);
      }
    }
  }
}

/* Items: blocks of channels. Tensors: sums, scale, mean, affine, coefficients, [dscale, dshift]. Dims: N, rows, C, groups,
   frozen? (running statistics: they do not depend on z), gradients of parameters?. Coefficients: a, b, e, mean. */
NASC_KERNEL(nasc_norm_gradient) {
  NASC_UNUSED(scalars);
  const int64_t rows = dims[1], channels = dims[2], groups = dims[3], padded = NASC_ROUND_UP(channels);
  for (int64_t item = first; item < last; item++) {
    const int64_t start = item * NASC_BLOCK, count = nasc_min(NASC_BLOCK, channels - start);
    const float *sums = tensors[0] + start;
    double sum[NASC_BLOCK] = {0}, product[NASC_BLOCK] = {0};
    for (int64_t g = 0; g < groups; g++, sums += 2 * padded)
      for (int64_t c = 0; c < count; c++) {
        sum[c] += (double)sums[c];
        product[c] += (double)sums[padded + c];
      }
    float *a = tensors[4] + start, *b = a + padded, *e = b + padded;
    for (int64_t c = 0; c < count; c++) {
      const double r = (double)tensors[3][2 * padded + start + c], factor = (double)tensors[1][start + c] * r;
      const double slope = dims[4] ? 0 : -factor * r * r * product[c] / (double)rows;
      a[c] = (float)factor;
      b[c] = (float)slope;
      e[c] = dims[4] ? 0 : (float)(-factor * sum[c] / (double)rows);
      e[padded + c] = tensors[2][start + c];
      if (dims[5]) {
        tensors[5][start + c] += (float)(product[c] * r);
        tensors[6][start + c] += (float)sum[c];
      }
    }
  }
}

/* Items: groups of rows. dx = a d + b (z - mean) + e (+ added). Tensors: d, z, coefficients, dx, [added]. Dims: N, rows, C, rows of a group, add?. */
NASC_KERNEL(nasc_norm_input_gradient) {
  NASC_UNUSED(scalars);
  const int64_t rows = dims[1], channels = dims[2], group = dims[3], padded = NASC_ROUND_UP(channels);
  const float *coefficients = tensors[2];
  for (int64_t row = first * group; row < nasc_min(last * group, rows); row++) {
    const float *d = tensors[0] + row * channels, *z = tensors[1] + row * channels;
    float *dx = tensors[3] + row * channels;
    for (int64_t c = 0; c < channels; c += NASC_LANES) {
      nasc_vector value = nasc_gradient_behind(nasc_load(d + c), nasc_load(z + c), coefficients + c, padded);
      if (dims[4]) value += nasc_load(tensors[4] + row * channels + c);
      nasc_store_up_to(dx + c, value, channels - c);
    }
  }
}
