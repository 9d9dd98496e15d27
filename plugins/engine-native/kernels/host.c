/* Runs steps for another process, so that the kernels can be of another architecture or watched by a sanitizer: a program
   around the library that `native-library.ts` builds. A step is data (see `runtime.h`), and memory is shared.
   Usage: host LIBRARY THREADS. Lines on standard input:

     map NUMBER BYTES FILE                a block of memory, which the other process maps, too
     unmap NUMBER
     run MEMORY WORDS LENGTH TIMES        numbers of blocks; TIMES is -1 where they are not wanted

   `run` answers with a line: what nasc_run returned. The end of the input ends the program. */
#include <dlfcn.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

typedef struct nasc_pool nasc_pool;
typedef nasc_pool *create_pool(int threads);
typedef void destroy_pool(nasc_pool *pool);
typedef int run_step(nasc_pool *pool, void *base, const int32_t *words, int64_t length, int64_t *times);

/* A block lies between two pages that nobody may touch. */
typedef struct {
  char *memory; /* null: not mapped */
  size_t bytes, whole; /* `whole`: with the pages beside it */
} block;

static block *blocks;
static int block_count;

static void fail(const char *what) {
  perror(what);
  exit(2);
}

static size_t page_bytes(void) { return (size_t)sysconf(_SC_PAGESIZE); }

/* The rest of the last page belongs to nobody either; only the address sanitizer can guard less than a page. */
static void guard_rest(const block *at, int guarded) {
#if defined(__SANITIZE_ADDRESS__)
  const size_t rest = at->whole - 2 * page_bytes() - at->bytes;
  if (guarded) __asan_poison_memory_region(at->memory + at->bytes, rest);
  else __asan_unpoison_memory_region(at->memory + at->bytes, rest);
#else
  (void)at, (void)guarded;
#endif
}

static void map(int number, size_t bytes, const char *path) {
  if (number >= block_count) {
    blocks = realloc(blocks, ((size_t)number + 1) * sizeof *blocks);
    if (!blocks) fail("blocks");
    memset(blocks + block_count, 0, (size_t)(number + 1 - block_count) * sizeof *blocks);
    block_count = number + 1;
  }
  const size_t page = page_bytes(), whole = (bytes + page - 1) / page * page + 2 * page;
  const int file = open(path, O_RDWR);
  if (file < 0) fail(path);
  char *const around = mmap(0, whole, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (around == MAP_FAILED) fail("mmap");
  if (mmap(around + page, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file, 0) == MAP_FAILED) fail("mmap");
  close(file);
  blocks[number] = (block){around + page, bytes, whole};
  guard_rest(&blocks[number], 1);
}

static void unmap(int number) {
  guard_rest(&blocks[number], 0);
  munmap(blocks[number].memory - page_bytes(), blocks[number].whole);
  blocks[number].memory = 0;
}

static void *memory_of(int number) {
  if (number >= 0 && number < block_count && blocks[number].memory) return blocks[number].memory;
  fprintf(stderr, "There is no block %d.\n", number);
  exit(2);
}

static void *find(void *library, const char *name) {
  void *const found = library ? dlsym(library, name) : 0;
  if (found) return found;
  fprintf(stderr, "%s\n", dlerror());
  exit(2);
}

int main(int count, char **arguments) {
  if (count != 3) return 2;
  void *const library = dlopen(arguments[1], RTLD_NOW);
  create_pool *const create = (create_pool *)find(library, "nasc_pool_create");
  destroy_pool *const destroy = (destroy_pool *)find(library, "nasc_pool_destroy");
  run_step *const run = (run_step *)find(library, "nasc_run");
  nasc_pool *const pool = create(atoi(arguments[2]));
  if (!pool) fail("threads");
  char line[4096], path[4096];
  int number, words, times;
  size_t bytes;
  int64_t length;
  while (fgets(line, sizeof line, stdin)) {
    if (sscanf(line, "map %d %zu %4095[^\n]", &number, &bytes, path) == 3) map(number, bytes, path);
    else if (sscanf(line, "unmap %d", &number) == 1) unmap(number);
    else if (sscanf(line, "run %d %d %" SCNd64 " %d", &number, &words, &length, &times) == 4) {
      printf("%d\n", run(pool, memory_of(number), memory_of(words), length, times < 0 ? 0 : memory_of(times)));
      fflush(stdout);
    } else {
      fprintf(stderr, "Not understood: %s", line);
      return 2;
    }
  }
  destroy(pool);
  for (int i = 0; i < block_count; i++)
    if (blocks[i].memory) unmap(i);
  free(blocks);
  return 0;
}
