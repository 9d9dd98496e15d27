// C text that both programs which time something hold: the emitted benchmark and the measuring binary.

/** `now_ns()` and `median(values, length)`, which sorts its values. Needs stdlib.h, and time.h with POSIX clocks. */
export const timingSource = `static double now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static int compare(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double median(double *values, long length) {
  qsort(values, (size_t)length, sizeof *values, compare);
  return length % 2 ? values[length / 2] : (values[length / 2 - 1] + values[length / 2]) / 2;
}

/* Nanoseconds that reading the clock adds to what is timed. */
static double timer_cost(void) {
  enum { READS = 2001 };
  static double costs[READS];
  double last = now_ns();
  for (int i = 0; i < READS; i++) {
    const double next = now_ns();
    costs[i] = next - last;
    last = next;
  }
  return median(costs, READS);
}
`;
