/* The parts of a training step that belong to no op: loss, sums of gradients, gates, the optimizer. All in float, sums
   in double; the exponential is our own, because the bits of libm's differ between machines. */

/* e^x for x <= 0, within 2 units in the last place of a double: 2^k e^r with |r| <= ln 2 / 2. */
static inline double nasc_exp(double x) {
  if (x < -700) return 0;
  const double k = (double)(int64_t)(x * 1.4426950408889634 - 0.5);
  const double r = (x - k * 0.693147180369123816490) - k * 1.90821492927058770002e-10;
  double sum = 1;
  for (int i = 13; i > 0; i--) sum = 1 + sum * r / i;
  union { uint64_t bits; double value; } power = {.bits = (uint64_t)(1023 + (int64_t)k) << 52};
  return sum * power.value;
}

/* ln x for normal x > 0: x = 2^k m, ln m = 2 atanh((m - 1) / (m + 1)). */
static inline double nasc_log(double x) {
  union { double value; uint64_t bits; } number = {.value = x};
  int64_t k = (int64_t)(number.bits >> 52) - 1023;
  number.bits = (number.bits & 0x000fffffffffffffu) | 0x3ff0000000000000u;
  double m = number.value;
  if (m > 1.4142135623730951) m *= 0.5, k++;
  const double s = (m - 1) / (m + 1), square = s * s;
  double sum = 0;
  for (int i = 21; i >= 1; i -= 2) sum = sum * square + 1.0 / i;
  return 2 * s * sum + (double)k * 0.6931471805599453;
}

static inline int64_t nasc_largest(const float *values, int64_t count) {
  int64_t best = 0;
  for (int64_t i = 1; i < count; i++) best = values[i] > values[best] ? i : best;
  return best;
}

/* ln sum e^(x scale), scale > 0: probabilities are nasc_exp(x scale - it). */
static inline double nasc_log_sum(const float *x, int64_t count, double scale) {
  const double largest = (double)x[nasc_largest(x, count)] * scale;
  double sum = 0;
  for (int64_t i = 0; i < count; i++) sum += nasc_exp((double)x[i] * scale - largest);
  return largest + nasc_log(sum);
}

/* Item: one image n. Cross-entropy l[n] = -sum t log softmax(x); with a teacher of weight w and temperature T (Hinton et al., 2015)
   (1 - w) l[n] - w T^2 sum softmax(teacher / T) log softmax(x / T). right[n] = 1 where the largest logit is at the largest
   target. Gradient of the mean, where asked for:
   dx = ((1 - w) (softmax(x) sum(t) - t) + w T (softmax(x / T) - softmax(teacher / T))) / N
   Tensors: logits, targets, losses (double), right (int32), [gradient], [teacher]. Dims: N, classes, gradient?, teacher?.
   Scalars with a teacher: w, T. */
NASC_KERNEL(nasc_cross_entropy) {
  const int64_t batch = dims[0], classes = dims[1];
  for (int64_t n = first; n < last; n++) {
    const float *x = tensors[0] + n * classes, *t = tensors[1] + n * classes;
    float *gradient = dims[2] ? tensors[4] + n * classes : 0;
    const float *teacher = dims[3] ? tensors[4 + dims[2]] + n * classes : 0;
    const double log_sum = nasc_log_sum(x, classes, 1), hard = teacher ? 1 - scalars[0] : 1;
    double loss = 0, total = 0;
    for (int64_t i = 0; i < classes; i++) {
      total += (double)t[i];
      loss += (double)t[i] * (log_sum - (double)x[i]);
    }
    if (gradient)
      for (int64_t i = 0; i < classes; i++)
        gradient[i] = (float)(hard * (nasc_exp((double)x[i] - log_sum) * total - (double)t[i]) / (double)batch);
    if (teacher) {
      const double weight = scalars[0], temperature = scalars[1], scale = 1 / temperature;
      const double teacher_sum = nasc_log_sum(teacher, classes, scale), soft_sum = nasc_log_sum(x, classes, scale);
      double soft = 0;
      for (int64_t i = 0; i < classes; i++) {
        const double p = nasc_exp((double)teacher[i] * scale - teacher_sum), log_ratio = soft_sum - (double)x[i] * scale;
        soft += p * log_ratio;
        if (gradient) gradient[i] += (float)(weight * temperature * (nasc_exp(-log_ratio) - p) / (double)batch);
      }
      loss = hard * loss + weight * temperature * temperature * soft;
    }
    ((double *)tensors[2])[n] = loss;
    ((int32_t *)tensors[3])[n] = nasc_largest(x, classes) == nasc_largest(t, classes);
  }
}

/* Elements of one item of the elementwise kernels below. */
enum { NASC_RUN = 4096 };

/* Items: ceil(count / NASC_RUN). y = x. Dims: N, count. */
NASC_KERNEL(nasc_copy) {
  NASC_UNUSED(scalars);
  for (int64_t item = first; item < last; item++) {
    const int64_t start = item * NASC_RUN, count = nasc_min(NASC_RUN, dims[1] - start);
    memcpy(tensors[1] + start, tensors[0] + start, (size_t)count * sizeof(float));
  }
}

/* y = 0. */
NASC_KERNEL(nasc_clear) {
  NASC_UNUSED(scalars);
  for (int64_t item = first; item < last; item++) {
    const int64_t start = item * NASC_RUN, count = nasc_min(NASC_RUN, dims[1] - start);
    memset(tensors[0] + start, 0, (size_t)count * sizeof(float));
  }
}

/* y = a + b. */
NASC_KERNEL(nasc_sum) {
  NASC_UNUSED(scalars);
  for (int64_t i = first * NASC_RUN; i < nasc_min(last * NASC_RUN, dims[1]); i++) tensors[2][i] = tensors[0][i] + tensors[1][i];
}

/* y = a x. */
NASC_KERNEL(nasc_scale) {
  const float a = (float)scalars[0];
  for (int64_t i = first * NASC_RUN; i < nasc_min(last * NASC_RUN, dims[1]); i++) tensors[1][i] = a * tensors[0][i];
}

/* y += a x. */
NASC_KERNEL(nasc_accumulate_scaled) {
  const float a = (float)scalars[0];
  for (int64_t i = first * NASC_RUN; i < nasc_min(last * NASC_RUN, dims[1]); i++) tensors[1][i] += a * tensors[0][i];
}

/* Partial sums of <x, y>: one double an item, from sixteen running sums in fixed order. */
NASC_KERNEL(nasc_dot_partials) {
  NASC_UNUSED(scalars);
  for (int64_t item = first; item < last; item++) {
    const int64_t start = item * NASC_RUN, count = nasc_min(NASC_RUN, dims[1] - start);
    const float *x = tensors[0] + start, *y = tensors[1] + start;
    double sums[16] = {0}, sum = 0;
    int64_t i = 0;
    for (; i + 16 <= count; i += 16)
      for (int lane = 0; lane < 16; lane++) sums[lane] += (double)x[i + lane] * (double)y[i + lane];
    for (; i < count; i++) sums[i % 16] += (double)x[i] * (double)y[i];
    for (int lane = 0; lane < 16; lane++) sum += sums[lane];
    ((double *)tensors[2])[item] = sum;
  }
}

/* One item. The scalar's line in `results` gets the sum of the partials. Dims: N, partials. */
NASC_KERNEL(nasc_dot_sum) {
  NASC_UNUSED(scalars);
  for (int64_t item = first; item < last; item++) {
    double sum = 0;
    for (int64_t i = 0; i < dims[1]; i++) sum += ((const double *)tensors[0])[i];
    *(double *)tensors[1] = sum;
  }
}

/* Stochastic gradient descent as PyTorch defines it (dampening 0), and the gradient is cleared:
   g += decay w;  v = momentum v + g;  w -= rate (nesterov ? g + momentum v : v)
   and, where an average is kept, average += (1 - its decay) (w - average), of the new w.
   Tensors: w, g, v, (doubles) rate, momentum, decay, decay of the average, and [average].
   Dims: N, count (of whole lines), nesterov?, decays?, averages?. */
NASC_KERNEL(nasc_sgd) {
  NASC_UNUSED(scalars);
  const double *const settings = (const double *)tensors[3];
  const nasc_vector rate = nasc_broadcast(-(float)settings[0]), momentum = nasc_broadcast((float)settings[1]);
  const nasc_vector decay = nasc_broadcast(dims[3] ? (float)settings[2] : 0), zero = {0};
  float *const weight = tensors[0], *const gradient = tensors[1], *const velocity = tensors[2];
  const nasc_vector share = nasc_broadcast((float)(1 - settings[3]));
  float *const average = dims[4] ? tensors[4] : 0;
  const int64_t end = nasc_min(last * NASC_RUN, dims[1]), nesterov = dims[2];
  for (int64_t i = first * NASC_RUN; i < end; i += NASC_LANES) {
    const nasc_vector w = nasc_load(weight + i), g = nasc_fma(decay, w, nasc_load(gradient + i));
    const nasc_vector v = nasc_fma(momentum, nasc_load(velocity + i), g);
    nasc_store(velocity + i, v);
    const nasc_vector updated = nasc_fma(rate, nesterov ? nasc_fma(momentum, v, g) : v, w);
    nasc_store(weight + i, updated);
    nasc_store(gradient + i, zero);
    if (average) {
      const nasc_vector mean = nasc_load(average + i);
      nasc_store(average + i, nasc_fma(share, updated - mean, mean));
    }
  }
}
