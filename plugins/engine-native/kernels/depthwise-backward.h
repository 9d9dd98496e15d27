/* Backward pass of depthwise.h. */

/* Output rows whose gradients are made at a time, so that what both read stays in the first cache. */
NASC_INLINE int64_t nasc_depthwise_step(int64_t floats_of_a_row) { return nasc_max(1, 4096 / floats_of_a_row); }

/* Items: groups of images x blocks of 16 channels. Both gradients at once.
   Tensors: gradient, x, weight, [z, coefficients: behind a batch normalisation], [affine, mean of x, sums], [dx], [added to
   dx], [partials of the weight gradient: [group][K][K][padded C]]. */
NASC_KERNEL(nasc_depthwise_backward) {
  struct nasc_depthwise s;
  memcpy(&s, dims, sizeof s);
  const int64_t blocks = (s.channels + NASC_BLOCK - 1) / NASC_BLOCK, padded = NASC_ROUND_UP(s.channels), half = s.kernel / 2;
  const int64_t pixels_in = s.heightIn * s.widthIn, pixels_out = s.heightOut * s.widthOut, taps = s.kernel * s.kernel;
  const nasc_layout in = nasc_layout_of(s.inputBlocked, s.batch * pixels_in, s.channels);
  const nasc_layout out = nasc_layout_of(1, s.batch * pixels_out, s.channels), arriving = nasc_layout_of(s.gradientBlocked, s.batch * pixels_out, s.channels);
  real *const *optional = tensors + 3;
  const float *z = 0, *coefficients = 0, *affine = 0, *mean = 0, *added = 0;
  float *sums = 0, *dx = 0, *partials = 0;
  if (s.behindNorm) z = optional[0], coefficients = optional[1], optional += 2;
  if (s.normalised) affine = optional[0], mean = optional[1], sums = optional[2], optional += 3;
  if (s.inputGradient) dx = *optional++;
  if (s.add) added = *optional++;
  if (s.weightGradient) partials = *optional;

  float *const weight = nasc_scratch, *const weight_gradient = weight + taps * NASC_BLOCK;
  float *memory = weight_gradient + (taps + (NASC_TAP_ROWS(s.kernel) - 1) * s.kernel) * NASC_BLOCK;
  const int64_t is_even = s.widthIn == s.stride * s.widthOut;
  const int64_t tile_in = is_even ? nasc_row_tile(s.widthOut, 1) : 0, tile_out = is_even ? nasc_row_tile(s.widthIn, s.stride == 1) : 0;
  nasc_rows rows_in, rows_out;
  memory = nasc_rows_at(&rows_in, memory, s.together, s.heightIn, s.widthIn, tile_in, half, (s.band - 1) * s.stride + s.kernel);
  nasc_rows_at(&rows_out, memory, s.together, s.heightOut, s.widthOut, tile_out, half, s.stride == 1 ? s.band + s.kernel - 1 : s.band + half);
  nasc_source input = {.affine = affine, .stride = in.row, .low = (float)scalars[0], .high = (float)scalars[1]};
  nasc_source gradient = {.coefficients = coefficients, .stride = arriving.row, .z_stride = out.row};
  nasc_depthwise_gradients g = {
      .in = &rows_in,
      .out = &rows_out,
      .stride = in.row,
      .image = pixels_in * in.row,
      .low = nasc_broadcast((float)scalars[0]),
      .high = nasc_broadcast((float)scalars[1]),
  };
  const int64_t step = s.together > 1 ? s.heightOut : nasc_depthwise_step(rows_in.across * s.stride + rows_out.across);
  for (int64_t item = first; item < last; item++) {
    const int64_t group = item / blocks, channel = item % blocks * NASC_BLOCK, end = nasc_min((group + 1) * s.images, s.batch);
    nasc_copy_taps(weight, tensors[2], taps, s.channels, channel);
    memset(weight_gradient, 0, (size_t)taps * NASC_BLOCK * sizeof(float));
    nasc_vector total[NASC_BLOCK_VECTORS], product[NASC_BLOCK_VECTORS];
    for (int v = 0; v < NASC_BLOCK_VECTORS; v++) total[v] = product[v] = (nasc_vector){0};
    for (int64_t n = group * s.images; n < end; n += s.together) {
      g.images = nasc_min(s.together, end - n);
      nasc_start_rows(&rows_in), nasc_start_rows(&rows_out);
      for (int64_t y = 0; y < s.heightOut; y += s.band) {
        const int64_t band_end = nasc_min(y + s.band, s.heightOut);
        const int64_t last_in = band_end == s.heightOut ? s.heightIn : band_end * s.stride;
        const int64_t needed_in = nasc_min((band_end - 1) * s.stride + s.kernel - half, s.heightIn);
        const int64_t needed_out = nasc_min((last_in - 1 + half) / s.stride + 1, s.heightOut);
        nasc_slide_rows(&rows_in, y * s.stride - half);
        nasc_slide_rows(&rows_out, nasc_min(y, nasc_max(0, y * s.stride + half - s.kernel + s.stride) / s.stride));
        for (int64_t image = 0; image < g.images; image++) {
          const int64_t at_out = (n + image) * pixels_out;
          gradient.x = tensors[0] + nasc_at(arriving, at_out, channel);
          gradient.z = z ? z + nasc_at(out, at_out, channel) : 0;
          nasc_load_rows(&rows_out, image, &gradient, s.channels, channel, needed_out);
          if (!partials) continue;
          input.x = tensors[1] + nasc_at(in, (n + image) * pixels_in, channel);
          nasc_load_rows(&rows_in, image, &input, s.channels, channel, needed_in);
        }
        rows_in.end = needed_in, rows_out.end = needed_out;
        for (int v = 0; v < NASC_BLOCK_VECTORS; v++) {
          const int64_t c = channel + v * NASC_LANES, at = nasc_at(in, n * pixels_in, c);
          if (c >= padded) break;
          g.lane = v * NASC_LANES;
          g.weight = weight + v * NASC_LANES, g.taps = weight_gradient + v * NASC_LANES;
          g.left = s.inputBlocked ? NASC_LANES : s.channels - c;
          if (dx) {
            g.dx = dx + at;
            g.added = added ? added + at : 0;
          }
          if (s.normalised) {
            g.z = tensors[1] + at;
            g.scale = nasc_load(affine + c), g.shift = nasc_load(affine + padded + c), g.mean = nasc_load(mean + c);
            g.total = total[v], g.product = product[v];
          }
          for (g.first_out = y; g.first_out < band_end; g.first_out = g.end_out) {
            g.end_out = nasc_min(g.first_out + step, band_end);
            g.first_in = g.first_out * s.stride, g.end_in = g.end_out == s.heightOut ? s.heightIn : g.end_out * s.stride;
            if (dx) NASC_BY_KERNEL(nasc_depthwise_input, s, &g);
            if (partials) NASC_BY_KERNEL(nasc_depthwise_weight, s, &g);
          }
          total[v] = g.total, product[v] = g.product;
        }
      }
    }
    for (int v = 0; v < NASC_BLOCK_VECTORS && channel + v * NASC_LANES < padded; v++) {
      const int64_t c = channel + v * NASC_LANES;
      if (dx && s.normalised) {
        nasc_store(sums + group * 2 * padded + c, total[v]);
        nasc_store(sums + (group * 2 + 1) * padded + c, product[v]);
      }
      if (!partials) continue;
      float *to = partials + group * taps * padded + c;
      for (int64_t tap = 0; tap < taps; tap++) nasc_store(to + tap * padded, nasc_load(weight_gradient + tap * NASC_BLOCK + v * NASC_LANES));
    }
  }
}

/* Items: taps. dw += sum of the partials, in order. Dims: N, taps, C, groups. */
NASC_KERNEL(nasc_depthwise_reduce) {
  NASC_UNUSED(scalars);
  const int64_t taps = dims[1], channels = dims[2], groups = dims[3], padded = NASC_ROUND_UP(channels);
  for (int64_t tap = first; tap < last; tap++) {
    float *dw = tensors[1] + tap * channels;
    for (int64_t c = 0; c < channels; c += NASC_LANES) {
      nasc_vector sum = {0};
      for (int64_t g = 0; g < groups; g++) sum += nasc_load(tensors[0] + (g * taps + tap) * padded + c);
      nasc_store_up_to(dw + c, nasc_load_up_to(dw + c, channels - c) + sum, channels - c);
    }
  }
}
