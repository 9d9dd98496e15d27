/* Runs a step: a list of instructions, worked through by a pool of threads that lives as long as its program.

   An instruction is a kernel, its operands and a number of items. Every thread has a share of the items, those in the same place
   in all instructions: items stand for images or rows in order, so what a thread reads is mostly what it wrote before, and in its
   own cache. It takes chunks of them; one that is done with its share takes chunks of the others', so that a thread whose core is
   taken away holds up nobody for long. They meet before the next instruction. Items write disjoint memory, so results do not depend
   on the number of threads or on who takes what.

   Instructions arrive as 32-bit words:
     kernel, tensors, dims, scalars, items, flags, tensor offsets (in lines of 64 bytes from the base), dims, scalars
     (two words each, double).
   nasc_kernel_of(number) is written by `native-library.ts` in front of this file. */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

_Thread_local float *nasc_scratch;

enum { NASC_HEADER = 6, NASC_CHUNKS = 256 };
/* How long a thread spins before it sleeps, in nanoseconds. */
enum { NASC_SPIN = 150000 };
/* Instruction flag: does not wait for the instruction before it. */
enum { NASC_JOINS = 1 };

typedef struct {
  nasc_kernel *kernel;
  real *const *tensors;
  const int64_t *dims;
  const double *scalars;
  int64_t items, chunk;
  int joined; /* the next instruction does not wait for this one */
  struct nasc_share *shares; /* of every thread */
  _Alignas(NASC_LINE) atomic_int_fast64_t done;
} nasc_instruction;

/* The items [next, end) of a share are still to be taken; `next` may be beyond the end. */
typedef struct nasc_share {
  _Alignas(NASC_LINE) atomic_int_fast64_t next;
  int64_t end;
} nasc_share;

struct nasc_pool;
typedef struct {
  struct nasc_pool *pool;
  pthread_t thread;
  int number;
  float *scratch;
} nasc_thread;

typedef struct nasc_pool {
  int threads;
  nasc_thread *members; /* the first is the caller of nasc_run */
  pthread_mutex_t mutex;
  pthread_cond_t wake;     /* a step begins, or the pool ends */
  pthread_cond_t finished; /* an instruction is done */
  atomic_int sleepers;     /* threads that wait for one */
  int64_t generation; /* of steps; guarded by the mutex */
  int open, stop;     /* a step can be entered; the pool ends: guarded by the mutex */
  atomic_int running; /* workers inside a step; they enter with the mutex */
  /* The step at hand. */
  nasc_instruction *instructions;
  int64_t count;
  /* Memory for decoding, kept from step to step. */
  void *decoded;
  size_t decoded_bytes;
} nasc_pool;

static inline void nasc_pause(void) {
#if defined(__x86_64__)
  _mm_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/* Denormals are flushed to zero: they cost a hundred cycles each and say nothing about a weight. */
static unsigned nasc_flush_denormals(void) {
#if defined(__x86_64__)
  const unsigned before = _mm_getcsr();
  _mm_setcsr(before | 0x8040);
  return before;
#else
  return 0;
#endif
}

static void nasc_restore_denormals(unsigned before) {
#if defined(__x86_64__)
  _mm_setcsr(before);
#else
  NASC_UNUSED(before);
#endif
}

static int64_t nasc_nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static inline int nasc_is_done(nasc_instruction *at) { return atomic_load_explicit(&at->done, memory_order_acquire) >= at->items; }

/* Until all items are done. Spins as long as the last items of an instruction usually take: where other programs want the
   cores, a thread that sleeps gets its core back late. Then sleeps: a thread that lost its core can have this one. */
static void nasc_wait(nasc_pool *pool, nasc_instruction *at) {
  if (nasc_is_done(at)) return;
  const int64_t end = nasc_nanoseconds() + NASC_SPIN;
  do {
    for (int spins = 0; spins < 16; spins++) {
      if (nasc_is_done(at)) return;
      nasc_pause();
    }
  } while (nasc_nanoseconds() < end);
  atomic_fetch_add(&pool->sleepers, 1);
  pthread_mutex_lock(&pool->mutex);
  while (atomic_load(&at->done) < at->items) pthread_cond_wait(&pool->finished, &pool->mutex);
  pthread_mutex_unlock(&pool->mutex);
  atomic_fetch_sub(&pool->sleepers, 1);
}

/* All that is left of a share, chunk by chunk. */
static void nasc_work_on(nasc_pool *pool, nasc_instruction *at, nasc_share *share) {
  while (atomic_load_explicit(&share->next, memory_order_relaxed) < share->end) {
    const int64_t first = atomic_fetch_add_explicit(&share->next, at->chunk, memory_order_relaxed);
    if (first >= share->end) return;
    const int64_t last = nasc_min(first + at->chunk, share->end);
    at->kernel(at->tensors, at->dims, at->scalars, first, last);
    if (atomic_fetch_add(&at->done, last - first) + last - first == at->items && atomic_load(&pool->sleepers) > 0) {
      pthread_mutex_lock(&pool->mutex);
      pthread_cond_broadcast(&pool->finished);
      pthread_mutex_unlock(&pool->mutex);
    }
  }
}

static void nasc_work(nasc_pool *pool, int number, int64_t *times) {
  int64_t waited = 0; /* instructions that are known to be done */
  for (int64_t i = 0; i < pool->count; i++) {
    nasc_instruction *const at = &pool->instructions[i];
    for (int n = 0; n < pool->threads; n++) nasc_work_on(pool, at, &at->shares[(number + n) % pool->threads]);
    if (!at->joined)
      for (; waited <= i; waited++) nasc_wait(pool, &pool->instructions[waited]);
    if (times) times[i + 1] = nasc_nanoseconds();
  }
}

static void *nasc_worker(void *argument) {
  nasc_thread *const thread = argument;
  nasc_pool *const pool = thread->pool;
  nasc_scratch = thread->scratch;
  nasc_flush_denormals();
  int64_t seen = 0;
  for (;;) {
    pthread_mutex_lock(&pool->mutex);
    while (pool->generation == seen && !pool->stop) pthread_cond_wait(&pool->wake, &pool->mutex);
    seen = pool->generation;
    const int enters = pool->open, stop = pool->stop;
    if (enters) atomic_fetch_add(&pool->running, 1);
    pthread_mutex_unlock(&pool->mutex);
    if (stop) return 0;
    if (!enters) continue; /* it woke when the others were done */
    nasc_work(pool, thread->number, 0);
    atomic_fetch_sub_explicit(&pool->running, 1, memory_order_release);
  }
}

#if defined(__SANITIZE_ADDRESS__)
/* The sanitizer sees what is touched beside its own heap's memory, and NaN shows what is read before it is written. */
void *nasc_reserve(int64_t bytes) {
  void *const memory = aligned_alloc(NASC_LINE, (size_t)bytes);
  return memory ? memset(memory, 0xff, (size_t)bytes) : 0;
}

void nasc_release(void *memory, int64_t bytes) {
  NASC_UNUSED(bytes);
  free(memory);
}
#else
/* Untouched pages cost nothing. Null if the address space is not there. */
void *nasc_reserve(int64_t bytes) {
  void *const memory = mmap(0, (size_t)bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return 0;
#ifdef MADV_HUGEPAGE
  madvise(memory, (size_t)bytes, MADV_HUGEPAGE); /* fewer page faults; if it is not granted, nothing is lost */
#endif
  return memory;
}

void nasc_release(void *memory, int64_t bytes) { munmap(memory, (size_t)bytes); }
#endif

void nasc_pool_destroy(nasc_pool *pool) {
  pthread_mutex_lock(&pool->mutex);
  pool->stop = 1;
  pthread_cond_broadcast(&pool->wake);
  pthread_mutex_unlock(&pool->mutex);
  for (int i = 0; i < pool->threads; i++) {
    if (i > 0) pthread_join(pool->members[i].thread, 0);
    nasc_release(pool->members[i].scratch, NASC_SCRATCH);
  }
  pthread_cond_destroy(&pool->wake);
  pthread_cond_destroy(&pool->finished);
  pthread_mutex_destroy(&pool->mutex);
  free(pool->decoded);
  free(pool->members);
  free(pool);
}

/* Null if the threads or their memory cannot be had. */
nasc_pool *nasc_pool_create(int threads) {
  nasc_pool *const pool = calloc(1, sizeof *pool);
  nasc_thread *const members = calloc((size_t)threads, sizeof *members);
  if (!pool || !members) {
    free(pool);
    free(members);
    return 0;
  }
  pool->members = members;
  pthread_mutex_init(&pool->mutex, 0);
  pthread_cond_init(&pool->wake, 0);
  pthread_cond_init(&pool->finished, 0);
  for (; pool->threads < threads; pool->threads++) {
    nasc_thread *const member = &members[pool->threads];
    member->pool = pool;
    member->number = pool->threads;
    member->scratch = nasc_reserve(NASC_SCRATCH);
    if (!member->scratch) break;
    if (pool->threads > 0 && pthread_create(&member->thread, 0, nasc_worker, member)) {
      nasc_release(member->scratch, NASC_SCRATCH);
      break;
    }
  }
  if (pool->threads == threads) return pool;
  nasc_pool_destroy(pool);
  return 0;
}

/* Fills pool->instructions from words; 0 if there is no memory for them. */
static int nasc_decode(nasc_pool *pool, char *base, const int32_t *words, int64_t length) {
  int64_t count = 0, tensors = 0, dims = 0, scalars = 0;
  for (int64_t at = 0; at < length; count++) {
    tensors += words[at + 1], dims += words[at + 2], scalars += words[at + 3];
    at += NASC_HEADER + words[at + 1] + words[at + 2] + 2 * words[at + 3];
  }
  const size_t shares = (size_t)count * (size_t)pool->threads * sizeof(nasc_share);
  const size_t bytes = NASC_LINE + (size_t)count * sizeof(nasc_instruction) + shares + (size_t)(tensors + dims + scalars) * 8;
  if (bytes > pool->decoded_bytes) {
    free(pool->decoded);
    pool->decoded_bytes = bytes + bytes / 2;
    pool->decoded = malloc(pool->decoded_bytes);
    if (!pool->decoded) return pool->decoded_bytes = 0, 0;
  }
  nasc_instruction *instruction = (nasc_instruction *)(((uintptr_t)pool->decoded + NASC_LINE - 1) / NASC_LINE * NASC_LINE);
  pool->instructions = instruction;
  pool->count = count;
  nasc_share *share = (nasc_share *)(instruction + count);
  real **tensor = (real **)(share + count * pool->threads);
  int64_t *dim = (int64_t *)(tensor + tensors);
  double *scalar = (double *)(dim + dims);
  for (int64_t at = 0; at < length; instruction++) {
    const int32_t *const header = words + at, *word = header + NASC_HEADER;
    instruction->kernel = nasc_kernel_of(header[0]);
    instruction->tensors = tensor;
    instruction->dims = dim;
    instruction->scalars = scalar;
    instruction->items = header[4];
    instruction->chunk = (header[4] + NASC_CHUNKS - 1) / NASC_CHUNKS;
    instruction->joined = 0;
    if (header[5] & NASC_JOINS) instruction[-1].joined = 1;
    instruction->shares = share;
    for (int64_t n = 0; n < pool->threads; n++, share++) {
      atomic_init(&share->next, (header[4] * n + pool->threads - 1) / pool->threads);
      share->end = (header[4] * (n + 1) + pool->threads - 1) / pool->threads;
    }
    atomic_init(&instruction->done, 0);
    for (int i = 0; i < header[1]; i++) *tensor++ = (real *)(base + (int64_t)(uint32_t)*word++ * NASC_LINE);
    for (int i = 0; i < header[2]; i++) *dim++ = *word++;
    memcpy(scalar, word, (size_t)header[3] * 8);
    scalar += header[3];
    at = word + 2 * header[3] - words;
  }
  return 1;
}

/* 0: done. 1: out of memory, nothing was done. `times`: null, or room for the start and the end of every instruction, in
   nanoseconds; one that the next does not wait for ends when the calling thread leaves it. */
int nasc_run(nasc_pool *pool, void *base, const int32_t *words, int64_t length, int64_t *times) {
  /* Workers of the step before leave it: they may still look at its instructions. */
  while (atomic_load_explicit(&pool->running, memory_order_acquire) > 0) sched_yield();
  if (!nasc_decode(pool, base, words, length)) return 1;
  if (times) times[0] = nasc_nanoseconds();
  pthread_mutex_lock(&pool->mutex);
  pool->generation++;
  pool->open = 1;
  pthread_cond_broadcast(&pool->wake);
  pthread_mutex_unlock(&pool->mutex);
  const unsigned before = nasc_flush_denormals();
  nasc_scratch = pool->members[0].scratch;
  nasc_work(pool, 0, times);
  nasc_restore_denormals(before);
  pthread_mutex_lock(&pool->mutex);
  pool->open = 0;
  pthread_mutex_unlock(&pool->mutex);
  return 0;
}
