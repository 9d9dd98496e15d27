// main.c: times the network, or runs it on a file of images.
import { fileComment } from './emission.ts';
import type { Emission } from './emission.ts';
import { timingSource } from './timing-source.ts';

/** The weights of a network that has them in a file, and the function that reads it. */
const weightReader = ({ name, upper }: Emission): string => `
static _Alignas(${upper}_ALIGNMENT) float weights[${upper}_WEIGHT_BYTES / sizeof(float)];

/* From the file that is named, or else from ${name}_weights.bin beside the program. */
static int read_weights(const char *named, const char *program) {
  char beside[4096];
  const char *slash = strrchr(program, '/');
  snprintf(beside, sizeof beside, "%.*s${name}_weights.bin", slash ? (int)(slash + 1 - program) : 0, program);
  const char *path = named ? named : beside;
  FILE *file = fopen(path, "rb");
  if (!file) {
    perror(path);
    return 0;
  }
  const size_t read = fread(weights, sizeof weights, 1, file);
  fclose(file);
  if (read == 1 && ${name}_weights_match(weights)) return 1;
  fprintf(stderr, "%s: these are not the weights of ${name}\\n", path);
  return 0;
}
`;

export const writeMain = (emission: Emission): string => {
  const { name, upper, network, weightsIn, threads } = emission;
  const team = threads > 1;
  const inFile = weightsIn === 'file';
  return `${fileComment(`Benchmark of ${network.name}.`)}
/*
 * Arguments:
 *   none          median and spread of 30 samples of about 100 ms
 *   --run FILE    FILE ("-": standard input) holds raw normalised float images; their logits go to the standard output as
 *                 raw floats
 *   --serve       reads numbers of runs from the standard input, answers each with the median nanoseconds of a run${
   inFile
     ? `
 *
 * Before these, --weights FILE names the weights; else they are ${name}_weights.bin beside the program.`
     : ''
 }
 */
#define _POSIX_C_SOURCE 199309L
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "${name}${team ? '_threads' : ''}.h"

static _Alignas(${upper}_ALIGNMENT) float arena[${upper}_ARENA_BYTES / sizeof(float)];
static _Alignas(${upper}_ALIGNMENT) float input[${upper}_INPUT_SIZE];
static _Alignas(${upper}_ALIGNMENT) float output[${upper}_CLASSES];
${inFile ? weightReader(emission) : ''}
${team ? `static ${name}_pool *pool;\n` : ''}static void run(void) { ${name}_${team ? 'pool_run(pool, ' : 'run('}${inFile ? 'weights, ' : ''}input, output, arena); }

${timingSource}
/* Median nanoseconds of one run, without those of the clock: each run, or each small group where there are many, is timed alone, so
   that what interrupts a few of them does not count. */
static double time_runs(long runs) {
  enum { MOST_TIMES = 4096 };
  static double times[MOST_TIMES], timer = -1;
  if (timer < 0) timer = timer_cost();
  const long group = (runs + MOST_TIMES - 1) / MOST_TIMES;
  const int count = (int)(runs / group);
  for (int i = 0; i < count; i++) {
    const double start = now_ns();
    for (long done = 0; done < group; done++) run();
    times[i] = (now_ns() - start) / (double)group;
  }
  const double ns = median(times, count) - timer / (double)group;
  return ns > 1 ? ns : 1;
}

static int benchmark(void) {
  enum { SAMPLES = 30 };
  double samples[SAMPLES], distances[SAMPLES];
  double run_ns = time_runs(1);
  for (double warm = 0; warm < 3e8; warm += run_ns) run_ns = time_runs(1);
  const long runs = run_ns < 1e8 ? (long)(1e8 / run_ns) + 1 : 1;
  for (int i = 0; i < SAMPLES; i++) samples[i] = time_runs(runs);
  const double middle = median(samples, SAMPLES);
  for (int i = 0; i < SAMPLES; i++) distances[i] = fabs(samples[i] - middle);
  printf("median %.4f ms, median absolute deviation %.4f ms, %d samples of %ld runs\\n", middle * 1e-6, median(distances, SAMPLES) * 1e-6,
         SAMPLES, runs);
  return 0;
}

static int run_file(const char *path) {
  FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
  if (!file) {
    perror(path);
    return 1;
  }
  while (fread(input, sizeof input, 1, file) == 1) {
    run();
    if (fwrite(output, sizeof output, 1, stdout) != 1) return 1;
  }
  return 0;
}

static int serve(void) {
  long runs;
  while (scanf("%ld", &runs) == 1 && runs > 0) {
    printf("%.1f\\n", time_runs(runs));
    fflush(stdout);
  }
  return 0;
}

int main(int count, char **arguments) {
  for (int i = 0; i < ${upper}_INPUT_SIZE; i++) input[i] = (float)(i * 37 % 101) / 50.0f - 1.0f;
${
  inFile
    ? `  const int named = count > 2 && strcmp(arguments[1], "--weights") == 0;
  if (!read_weights(named ? arguments[2] : 0, arguments[0])) return 1;
  if (named) {
    count -= 2;
    arguments += 2;
  }
`
    : ''
}${
    team
      ? `  pool = ${name}_pool_create(${upper}_THREADS);
  if (!pool) {
    fprintf(stderr, "The threads cannot be started\\n");
    return 1;
  }
`
      : ''
  }  if (count == 3 && strcmp(arguments[1], "--run") == 0) return run_file(arguments[2]);
  if (count == 2 && strcmp(arguments[1], "--serve") == 0) return serve();
  if (count == 1) return benchmark();
  fprintf(stderr, "The arguments are: ${inFile ? '[--weights FILE] ' : ''}[--run FILE | --serve]\\n");
  return 2;
}
`;
};
