/* What two threads can gain at best: a matrix product and a copy, timed with as many threads as asked for. Standard input has lines
   "product THREADS" and "copy THREADS"; each is answered by the milliseconds that it takes once. `inference-vector.h` stands in front.

   Threads take items from a counter, as the engine's do, so that a core that is busy with something else holds nobody up. All is done
   `REPEATS` times, as long as a step takes: a virtual machine's second core, once idle, can be milliseconds late. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#if NASC_LANES == 16 || defined(__aarch64__)
enum { ROWS = 8, VECTORS = 3 };
#else
enum { ROWS = 6, VECTORS = 2 };
#endif
enum {
  PANEL = VECTORS * NASC_LANES,
  DEPTH = 256,            /* of a block: with its share of the panel it stays in the first two caches */
  SIZE = 1152 / PANEL * PANEL / (8 * ROWS) * (8 * ROWS), /* rows; a multiple of the tile */
  COLUMNS = 1152 / PANEL * PANEL,
  INNER = 1024,
  COPY_FLOATS = 32 << 20, /* 128 MiB: more than any cache */
  COPY_ITEMS = 128,
  REPEATS = 12,
};

typedef struct {
  float *a, *b, *c; /* [SIZE][INNER] x [INNER][COLUMNS] = [SIZE][COLUMNS] */
  float *from, *to;
} memory;

typedef struct job {
  const memory *at;
  int items;
  void (*work)(const memory *at, int item);
  atomic_int next;
} job;

/* c += a b for ROWS rows, PANEL columns and `DEPTH` of the depth; the panel of b lies packed. */
NASC_INLINE void tile(const float *a, const float *panel, float *c) {
  nasc_vector sums[ROWS][VECTORS];
  NASC_UNROLL for (int r = 0; r < ROWS; r++) NASC_UNROLL for (int v = 0; v < VECTORS; v++)
    sums[r][v] = nasc_load(c + r * COLUMNS + v * NASC_LANES);
  for (int k = 0; k < DEPTH; k++) {
    nasc_vector row[VECTORS];
    NASC_UNROLL for (int v = 0; v < VECTORS; v++) {
      row[v] = nasc_load(panel + k * PANEL + v * NASC_LANES);
      NASC_KEEP(row[v]);
    }
    NASC_UNROLL for (int r = 0; r < ROWS; r++) {
      const nasc_vector value = nasc_broadcast(a[r * INNER + k]);
      NASC_UNROLL for (int v = 0; v < VECTORS; v++) sums[r][v] = nasc_fma(value, row[v], sums[r][v]);
    }
  }
  NASC_UNROLL for (int r = 0; r < ROWS; r++) NASC_UNROLL for (int v = 0; v < VECTORS; v++)
    nasc_store(c + r * COLUMNS + v * NASC_LANES, sums[r][v]);
}

/* Items: panels of columns. */
static void multiply(const memory *at, int item) {
  static _Thread_local float panel[DEPTH * PANEL];
  for (int depth = 0; depth < INNER; depth += DEPTH) {
    for (int k = 0; k < DEPTH; k++) memcpy(panel + k * PANEL, at->b + (depth + k) * COLUMNS + item * PANEL, sizeof(float) * PANEL);
    for (int row = 0; row < SIZE; row += ROWS) tile(at->a + row * INNER + depth, panel, at->c + row * COLUMNS + item * PANEL);
  }
}

static void copy(const memory *at, int item) {
  const size_t floats = COPY_FLOATS / COPY_ITEMS;
  memcpy(at->to + (size_t)item * floats, at->from + (size_t)item * floats, floats * sizeof(float));
}

static void *take_items(void *argument) {
  job *const work = argument;
  for (int item; (item = atomic_fetch_add(&work->next, 1)) < REPEATS * work->items;) work->work(work->at, item % work->items);
  return 0;
}

static double milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return 1e3 * (double)now.tv_sec + 1e-6 * (double)now.tv_nsec;
}

static float *filled(size_t floats) {
  float *const values = aligned_alloc(64, floats * sizeof(float));
  if (!values) exit(1);
  for (size_t i = 0; i < floats; i++) values[i] = 1e-3f * (float)(i % 1000);
  return values;
}

int main(void) {
  const memory at = {.a = filled(SIZE * INNER), .b = filled(INNER * COLUMNS), .c = filled(SIZE * COLUMNS), .from = filled(COPY_FLOATS), .to = filled(COPY_FLOATS)};
  char what[16];
  int threads;
  while (scanf("%15s %d", what, &threads) == 2) {
    const int product = what[0] == 'p';
    job work = {.at = &at, .items = product ? COLUMNS / PANEL : COPY_ITEMS, .work = product ? multiply : copy};
    pthread_t *const others = calloc((size_t)threads, sizeof *others);
    const double start = milliseconds();
    for (int i = 1; i < threads; i++)
      if (!others || pthread_create(&others[i], 0, take_items, &work)) return 1;
    take_items(&work);
    for (int i = 1; i < threads; i++) pthread_join(others[i], 0);
    printf("%.6f\n", (milliseconds() - start) / REPEATS);
    fflush(stdout);
    free(others);
  }
  return 0;
}
