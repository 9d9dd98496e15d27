// The C files of the measuring binary.
import { vectorFlags } from '@nasc/c-emit';
import type { VectorWidth } from '@nasc/c-emit';
import { timingSource } from '../emit/timing-source.ts';
import { writeKernels } from '../emit/write-kernels.ts';
import type { BlockFunction } from './block-library.ts';

const signature = (name: string): string => `void ${name}(float *output, const float *const *inputs, const float *weights, float *arena)`;

const writeFunction = ({ name, text }: BlockFunction): string => {
  const unused = ['inputs', 'weights', 'arena'].filter((parameter) => !new RegExp(`\\b${parameter}\\b`).test(text));
  return `${signature(name)} {\n${unused.map((parameter) => `  (void)${parameter};\n`).join('')}${text}\n}`;
};

/** Functions spread over units so that several compilers can work; those that share kernels stay together. */
const spread = (functions: readonly BlockFunction[], units: number): BlockFunction[][] => {
  const size = Math.ceil(functions.length / units);
  return Array.from({ length: units }, (_, unit) => functions.slice(unit * size, (unit + 1) * size)).filter((part) => part.length > 0);
};

const main = (functions: readonly BlockFunction[]): string => `/* Times blocks inside whole networks. A network comes as a line of calls:
 *
 *   blocks RUNS ARENA COUNT {FUNCTION OUTPUT WEIGHTS INPUTS INPUT...}   median nanoseconds of each call, timer subtracted
 *   whole  RUNS ARENA COUNT {...}                                 median nanoseconds of the whole network, timed as one
 *   eval   LENGTH ARENA COUNT {...}                                 LENGTH floats of the network's output
 *
 * Addresses are offsets in floats, in the memory or in the weights. The network's input is at 0, its output at INPUT_FLOATS.
 * Arguments: MEMORY_FLOATS WEIGHT_FLOATS INPUT_FLOATS [INPUT_FILE WEIGHT_FILE]
 */
#define _POSIX_C_SOURCE 200112L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef void (*block_function)(float *, const float *const *, const float *, float *);
${functions.map(({ name }) => `${signature(name)};`).join('\n')}

static const block_function functions[] = {${functions.map(({ name }) => name).join(', ')}};

enum { MAX_CALLS = 512, MAX_INPUTS = 8 };

struct call {
  block_function function;
  float *output;
  const float *weights;
  const float *inputs[MAX_INPUTS];
};

static struct call calls[MAX_CALLS];
static long count;
static float *memory, *weights, *arena;

${timingSource}
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

static float *allocate(long floats) {
  void *p = NULL;
  if (posix_memalign(&p, 4096, (size_t)(floats + 1024) * 4) != 0) exit(3);
  memset(p, 0, (size_t)(floats + 1024) * 4);
  return p;
}

static void read_file(const char *path, float *to, long floats) {
  FILE *file = fopen(path, "rb");
  if (!file || fread(to, 4, (size_t)floats, file) != (size_t)floats) {
    perror(path);
    exit(4);
  }
  fclose(file);
}

static void read_calls(void) {
  if (scanf("%ld", &count) != 1 || count < 0 || count > MAX_CALLS) exit(5);
  for (long i = 0; i < count; i++) {
    long function, output, offset, inputs, input;
    if (scanf("%ld %ld %ld %ld", &function, &output, &offset, &inputs) != 4 || inputs > MAX_INPUTS) exit(5);
    calls[i].function = functions[function];
    calls[i].output = memory + output;
    calls[i].weights = weights + offset;
    for (long k = 0; k < inputs; k++) {
      if (scanf("%ld", &input) != 1) exit(5);
      calls[i].inputs[k] = memory + input;
    }
  }
}

static void run(void) {
  for (long i = 0; i < count; i++) calls[i].function(calls[i].output, calls[i].inputs, calls[i].weights, arena);
}

static void time_blocks(long runs, double timer) {
  double *times = malloc((size_t)(runs * count) * sizeof *times);
  if (!times) exit(3);
  for (int warm = 0; warm < 3; warm++) run();
  for (long r = 0; r < runs; r++) {
    double last = now_ns();
    for (long i = 0; i < count; i++) {
      calls[i].function(calls[i].output, calls[i].inputs, calls[i].weights, arena);
      const double next = now_ns();
      times[i * runs + r] = next - last;
      last = next;
    }
  }
  for (long i = 0; i < count; i++) {
    const double ns = median(times + i * runs, runs) - timer;
    printf("%.1f ", ns > 0 ? ns : 0);
  }
  free(times);
}

static void time_whole(long runs, double timer) {
  double *times = malloc((size_t)runs * sizeof *times);
  if (!times) exit(3);
  for (int warm = 0; warm < 3; warm++) run();
  for (long r = 0; r < runs; r++) {
    const double start = now_ns();
    run();
    times[r] = now_ns() - start;
  }
  printf("%.1f", median(times, runs) - timer);
  free(times);
}

int main(int arguments, char **argument) {
  if (arguments < 4) return 2;
  const long memory_floats = atol(argument[1]), weight_floats = atol(argument[2]), input_floats = atol(argument[3]);
  memory = allocate(memory_floats);
  weights = allocate(weight_floats);
  unsigned state = 1;
  for (long i = 0; i < weight_floats; i++) {
    state = state * 1664525u + 1013904223u;
    weights[i] = ((float)(state >> 8) / 16777216.0f - 0.5f) * 0.2f;
  }
  for (long i = 0; i < input_floats; i++) memory[i] = (float)(i * 37 % 101) / 50.0f - 1.0f;
  if (arguments == 6) {
    read_file(argument[4], memory, input_floats);
    read_file(argument[5], weights, weight_floats);
  }
  const double timer = timer_cost();
  char command[16];
  long amount, block_arena;
  while (scanf("%15s %ld %ld", command, &amount, &block_arena) == 3) {
    arena = memory + block_arena;
    read_calls();
    if (strcmp(command, "blocks") == 0) time_blocks(amount, timer);
    if (strcmp(command, "whole") == 0) time_whole(amount, timer);
    if (strcmp(command, "eval") == 0) {
      run();
      for (long i = 0; i < amount; i++) printf("%.9g ", (double)memory[input_floats + i]);
    }
    printf("\\n");
    fflush(stdout);
  }
  return 0;
}
`;

/** File name -> text of the whole measuring program. */
export const writeBlocks = (functions: readonly BlockFunction[], vectorWidth: VectorWidth, units: number): ReadonlyMap<string, string> => {
  const files = new Map<string, string>([['main.c', main(functions)]]);
  for (const [index, part] of spread(functions, units).entries()) {
    const kernels = writeKernels(
      part.flatMap(({ calls }) => calls),
      vectorWidth,
    );
    const declarations = part.map(({ name }) => `${signature(name)};`).join('\n');
    files.set(
      `unit${index}.c`,
      `/* Vectors of ${vectorFlags[vectorWidth].lanes} floats. */\n${kernels}\n${declarations}\n\n${part.map(writeFunction).join('\n\n')}\n`,
    );
  }
  return files;
};
