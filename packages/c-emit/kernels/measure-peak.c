/* Prints the multiply-adds that some threads do at the same time, in GFLOP/s: no memory, no waiting for results. Each answer is that of
   the fastest of some rounds of a few milliseconds. `inference-vector.h` stands in front.
   Usage: measure-peak THREADS            of 40 rounds
          measure-peak THREADS --serve    reads numbers of rounds from the standard input, answers each */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Independent sums: enough to hide the latency of a multiply-add, few enough for the registers. */
#if defined(__aarch64__)
enum { NASC_SUMS = 24 };
#else
enum { NASC_SUMS = 12 };
#endif
/* A round takes a few milliseconds; the fastest is one in which nobody else had the processor. */
enum { NASC_ROUNDS = 40, NASC_ROUND = 24000000 };

typedef struct {
  pthread_t thread;
  double started, ended; /* of the last round, seconds */
  float result;
} nasc_worker;

static int nasc_threads, nasc_rounds;
static nasc_worker *nasc_workers;
static atomic_int nasc_arrived;
static double nasc_fastest;

static double nasc_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Returns when all threads have called it for the `count`-th time. */
static void nasc_meet(int count) {
  atomic_fetch_add(&nasc_arrived, 1);
  while (atomic_load(&nasc_arrived) < count * nasc_threads) sched_yield();
}

/* From the first that began the round to the last that ended it. */
static double nasc_round_seconds(void) {
  double started = nasc_workers[0].started, ended = nasc_workers[0].ended;
  for (int i = 1; i < nasc_threads; i++) {
    if (nasc_workers[i].started < started) started = nasc_workers[i].started;
    if (nasc_workers[i].ended > ended) ended = nasc_workers[i].ended;
  }
  return ended - started;
}

static void *nasc_work(void *argument) {
  nasc_worker *const worker = argument;
  nasc_vector sums[NASC_SUMS];
  for (int i = 0; i < NASC_SUMS; i++) sums[i] = nasc_broadcast(1.0f + 0.01f * (float)i);
  const nasc_vector a = nasc_broadcast(0.99f), b = nasc_broadcast(0.01f);
  for (int round = 0; round < nasc_rounds; round++) {
    nasc_meet(2 * round + 1);
    worker->started = nasc_seconds();
    /* x = a x + b stays near 1. */
    for (int step = 0; step < NASC_ROUND / NASC_SUMS; step++)
      NASC_UNROLL for (int i = 0; i < NASC_SUMS; i++) sums[i] = nasc_fma(sums[i], a, b);
    worker->ended = nasc_seconds();
    nasc_meet(2 * round + 2);
    if (worker == nasc_workers && nasc_round_seconds() < nasc_fastest) nasc_fastest = nasc_round_seconds();
  }
  /* Read by nobody, but the compiler cannot know. */
  for (int i = 0; i < NASC_SUMS; i++) worker->result += sums[i][0];
  return 0;
}

/* GFLOP/s of the fastest round; 0 where a thread cannot be had. */
static double nasc_peak(int rounds) {
  nasc_rounds = rounds;
  nasc_fastest = 1e9;
  atomic_store(&nasc_arrived, 0);
  for (int i = 1; i < nasc_threads; i++)
    if (pthread_create(&nasc_workers[i].thread, 0, nasc_work, &nasc_workers[i])) return 0;
  nasc_work(nasc_workers);
  for (int i = 1; i < nasc_threads; i++) pthread_join(nasc_workers[i].thread, 0);
  return 2e-9 * NASC_LANES * NASC_ROUND * nasc_threads / nasc_fastest;
}

int main(int count, char **arguments) {
  nasc_threads = count > 1 ? atoi(arguments[1]) : 1;
  nasc_workers = calloc((size_t)nasc_threads, sizeof *nasc_workers);
  if (!nasc_workers) return 1;
  const int serve = count > 2 && strcmp(arguments[2], "--serve") == 0;
  int rounds = NASC_ROUNDS;
  while (!serve || (scanf("%d", &rounds) == 1 && rounds > 0)) {
    const double peak = nasc_peak(rounds);
    if (peak == 0) return 1;
    printf("%.3f\n", peak);
    fflush(stdout);
    if (!serve) break;
  }
  return 0;
}
