/* Threads that run jobs together, for programs on POSIX systems. `nasc_team` is declared in front:

     typedef struct {
       int part, parts;
       void (*meet)(void *context);
       void *context;
     } nasc_team;

   They meet by spinning, and sleep between jobs where none comes for a while. */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

#if defined(__x86_64__) || defined(__i386__)
#define NASC_RELAX() __builtin_ia32_pause()
#elif defined(__aarch64__)
#define NASC_RELAX() __asm__ volatile("yield")
#else
#define NASC_RELAX() (void)0
#endif

/* Turns of waiting (some 100 microseconds) after which a thread gives its core away, or sleeps. */
enum { NASC_PATIENCE = 1500 };

typedef struct nasc_pool nasc_pool;

typedef struct {
  pthread_t thread;
  nasc_pool *pool;
  nasc_team team;
} nasc_worker;

struct nasc_pool {
  _Alignas(64) atomic_uint jobs; /* begun */
  _Alignas(64) atomic_int arrived;
  _Alignas(64) atomic_uint meetings; /* ended */
  _Alignas(64) atomic_int sleeping;
  pthread_mutex_t lock;
  pthread_cond_t wake;
  int stopped;
  void (*job)(void *argument, const nasc_team *team);
  void *argument;
  nasc_worker *workers; /* the first one is who asks */
};

static void nasc_pool_meet(void *context) {
  nasc_worker *const worker = context;
  nasc_pool *const pool = worker->pool;
  const unsigned meeting = atomic_load(&pool->meetings);
  if (atomic_fetch_add(&pool->arrived, 1) == worker->team.parts - 1) {
    atomic_store(&pool->arrived, 0);
    atomic_store(&pool->meetings, meeting + 1);
    return;
  }
  for (int turn = 0; atomic_load_explicit(&pool->meetings, memory_order_acquire) == meeting; turn++) {
    if (turn < NASC_PATIENCE) NASC_RELAX();
    else sched_yield();
  }
}

/* Waits for a job after the one numbered `last`; returns its number. */
static unsigned nasc_pool_wait(nasc_pool *pool, unsigned last) {
  for (int turn = 0; turn < NASC_PATIENCE; turn++) {
    const unsigned job = atomic_load_explicit(&pool->jobs, memory_order_acquire);
    if (job != last) return job;
    NASC_RELAX();
  }
  pthread_mutex_lock(&pool->lock);
  atomic_fetch_add(&pool->sleeping, 1);
  while (atomic_load(&pool->jobs) == last) pthread_cond_wait(&pool->wake, &pool->lock);
  atomic_fetch_sub(&pool->sleeping, 1);
  pthread_mutex_unlock(&pool->lock);
  return atomic_load(&pool->jobs);
}

static void *nasc_pool_work(void *argument) {
  nasc_worker *const worker = argument;
  nasc_pool *const pool = worker->pool;
  for (unsigned job = 0;;) {
    job = nasc_pool_wait(pool, job);
    if (pool->stopped) return 0;
    pool->job(pool->argument, &worker->team);
  }
}

static void nasc_pool_announce(nasc_pool *pool) {
  atomic_fetch_add(&pool->jobs, 1);
  if (atomic_load(&pool->sleeping) == 0) return;
  pthread_mutex_lock(&pool->lock);
  pthread_cond_broadcast(&pool->wake);
  pthread_mutex_unlock(&pool->lock);
}

/* Runs a job on all threads, this one included. It ends with a meeting: when it returns here, all have done their part. */
static void nasc_pool_run(nasc_pool *pool, void (*job)(void *argument, const nasc_team *team), void *argument) {
  pool->job = job;
  pool->argument = argument;
  nasc_pool_announce(pool);
  job(argument, &pool->workers[0].team);
}

static void nasc_pool_free(nasc_pool *pool, int started) {
  pool->stopped = 1;
  nasc_pool_announce(pool);
  for (int i = 1; i < started; i++) pthread_join(pool->workers[i].thread, 0);
  pthread_cond_destroy(&pool->wake);
  pthread_mutex_destroy(&pool->lock);
  free(pool->workers);
  free(pool);
}

/* Null where there is no memory, or a thread cannot be started. */
static nasc_pool *nasc_pool_create(int threads) {
  nasc_pool *const pool = aligned_alloc(64, (sizeof *pool + 63) / 64 * 64);
  if (!pool) return 0;
  atomic_init(&pool->jobs, 0);
  atomic_init(&pool->arrived, 0);
  atomic_init(&pool->meetings, 0);
  atomic_init(&pool->sleeping, 0);
  pool->stopped = 0;
  pool->workers = calloc((size_t)threads, sizeof *pool->workers);
  if (!pool->workers) {
    free(pool);
    return 0;
  }
  pthread_mutex_init(&pool->lock, 0);
  pthread_cond_init(&pool->wake, 0);
  for (int i = 0; i < threads; i++) {
    nasc_worker *const worker = &pool->workers[i];
    worker->pool = pool;
    worker->team.part = i;
    worker->team.parts = threads;
    worker->team.meet = nasc_pool_meet;
    worker->team.context = worker;
  }
  for (int i = 1; i < threads; i++) {
    if (pthread_create(&pool->workers[i].thread, 0, nasc_pool_work, &pool->workers[i]) == 0) continue;
    nasc_pool_free(pool, i);
    return 0;
  }
  return pool;
}
