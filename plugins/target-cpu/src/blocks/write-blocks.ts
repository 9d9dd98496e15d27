// The C files of the measuring binary.
import { kernelHeader, vectorFlags } from '@nasc/c-emit';
import { writeTeamFunctions, writeTeamType } from '../emit/team-source.ts';
import { timingSource } from '../emit/timing-source.ts';
import { writeKernels } from '../emit/write-kernels.ts';
import type { CpuOptions } from '../options.ts';
import type { BlockFunction } from './block-library.ts';

const signature = (name: string): string =>
  `void ${name}(float *output, const float *const *inputs, const float *weights, float *arena, const nasc_team *team)`;

const writeFunction = ({ name, text }: BlockFunction): string => {
  const unused = ['inputs', 'weights', 'arena', 'team'].filter((parameter) => !new RegExp(`\\b${parameter}\\b`).test(text));
  return `${signature(name)} {\n${unused.map((parameter) => `  (void)${parameter};\n`).join('')}${text}\n}`;
};

/** Functions spread over units so that several compilers can work; those that share kernels stay together. */
const spread = (functions: readonly BlockFunction[], units: number): BlockFunction[][] => {
  const size = Math.ceil(functions.length / units);
  return Array.from({ length: units }, (_, unit) => functions.slice(unit * size, (unit + 1) * size)).filter((part) => part.length > 0);
};

/** How many calls a network has at most, and how many inputs a call. */
export interface CallLimits {
  readonly calls: number;
  readonly inputs: number;
}

const main = (
  functions: readonly BlockFunction[],
  threads: number,
  limits: CallLimits,
): string => `/* Times blocks inside whole networks. A network comes as a line of calls:
 *
 *   blocks    RUNS ARENA COUNT {FUNCTION OUTPUT WEIGHTS INPUTS INPUT...}   median nanoseconds of each call, timer subtracted
 *   whole     RUNS ARENA COUNT {...}                                 median nanoseconds of the whole network, timed as one
 *   eval      LENGTH ARENA COUNT {...}                               LENGTH floats of the network's output
 *   reference 0 ARENA COUNT {...}                                    nothing: the network is the reference from now on
 *
 * blocks-paired and whole-paired run the reference after each run of the network. A run's time counts as its share of the reference's right
 * behind it; the median share is told as so much of the reference's median time, which is the last number of the line.
 *
 * Addresses are offsets in floats, in the memory or in the weights. The network's input is at 0, its output at INPUT_FLOATS.
 * Arguments: MEMORY_FLOATS WEIGHT_FLOATS INPUT_FLOATS [INPUT_FILE WEIGHT_FILE]
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

${writeTeamType('nasc_team')}
${
  threads > 1
    ? `
${kernelHeader('team-pool.h')}`
    : ''
}
typedef void (*block_function)(float *, const float *const *, const float *, float *, const nasc_team *);
${functions.map(({ name }) => `${signature(name)};`).join('\n')}

static const block_function functions[] = {${functions.map(({ name }) => name).join(', ')}};

enum { MAX_CALLS = ${limits.calls}, MAX_INPUTS = ${limits.inputs} };

struct call {
  block_function function;
  float *output;
  const float *weights;
  const float *inputs[MAX_INPUTS];
};

struct network {
  struct call calls[MAX_CALLS];
  long count;
  float *arena;
};

static struct network asked, reference;
static float *memory, *weights;

${timingSource}
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

static void read_network(struct network *network, long arena) {
  network->arena = memory + arena;
  if (scanf("%ld", &network->count) != 1 || network->count < 0 || network->count > MAX_CALLS) exit(5);
  for (struct call *call = network->calls; call < network->calls + network->count; call++) {
    long function, output, offset, inputs, input;
    if (scanf("%ld %ld %ld %ld", &function, &output, &offset, &inputs) != 4 || inputs > MAX_INPUTS) exit(5);
    call->function = functions[function];
    call->output = memory + output;
    call->weights = weights + offset;
    for (long k = 0; k < inputs; k++) {
      if (scanf("%ld", &input) != 1) exit(5);
      call->inputs[k] = memory + input;
    }
  }
}

static void call_block(const struct network *network, long i, const nasc_team *team) {
  const struct call *const call = &network->calls[i];
  call->function(call->output, call->inputs, call->weights, network->arena, team);
}

typedef void (*job_function)(void *argument, const nasc_team *team);
${
  threads > 1
    ? `
static nasc_pool *pool;

static void do_together(job_function job, void *argument) { nasc_pool_run(pool, job, argument); }
`
    : `
static void meet_alone(void *context) { (void)context; }

static void do_together(job_function job, void *argument) {
  const nasc_team alone = {0, 1, meet_alone, 0};
  job(argument, &alone);
}
`
}
static void call_all(void *argument, const nasc_team *team) {
  const struct network *const network = argument;
  for (long i = 0; i < network->count; i++) call_block(network, i, team);
}

static void run(struct network *network) { do_together(call_all, network); }

static double time_run(struct network *network) {
  const double start = now_ns();
  run(network);
  return now_ns() - start;
}

/* Nanoseconds of each call of the network that is asked about. Each ends when all threads have met. */
static void time_calls(void *argument, const nasc_team *team) {
  double *const ns = argument;
  double last = now_ns();
  for (long i = 0; i < asked.count; i++) {
    call_block(&asked, i, team);
    if (team->part > 0) continue;
    const double next = now_ns();
    ns[i] = next - last;
    last = next;
  }
}

/* Times \`count\` things in every run: ns[run * count + thing]. */
static void time_things(long count, long runs, double timer, int blocks, int paired) {
  double *const ns = malloc((size_t)(runs * count + 3 * runs + 1) * sizeof(double));
  if (!ns) exit(3);
  double *const references = ns + runs * count, *const column = references + runs, *const sorted = column + runs;
  for (int warm = 0; warm < 3; warm++) {
    if (paired) run(&reference);
    run(&asked);
  }
  for (long r = 0; r < runs; r++) {
    if (blocks) do_together(time_calls, ns + r * count);
    else ns[r] = time_run(&asked);
    references[r] = paired ? time_run(&reference) - timer : 1;
  }
  memcpy(sorted, references, (size_t)runs * sizeof(double));
  const double usual = median(sorted, runs);
  for (long i = 0; i < count; i++) {
    for (long r = 0; r < runs; r++) column[r] = (ns[r * count + i] - timer) / references[r];
    const double share = median(column, runs);
    printf("%.1f ", share > 0 ? share * usual : 0);
  }
  if (paired) printf("%.1f", usual);
  free(ns);
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
${threads > 1 ? `  pool = nasc_pool_create(${threads});\n  if (!pool) return 6;\n` : ''}  const double timer = timer_cost();
  char command[16];
  long amount, arena;
  while (scanf("%15s %ld %ld", command, &amount, &arena) == 3) {
    read_network(strcmp(command, "reference") == 0 ? &reference : &asked, arena);
    const int paired = strstr(command, "-paired") != NULL;
    if (strncmp(command, "blocks", 6) == 0) time_things(asked.count, amount, timer, 1, paired);
    if (strncmp(command, "whole", 5) == 0) time_things(1, amount, timer, 0, paired);
    if (strcmp(command, "eval") == 0) {
      run(&asked);
      for (long i = 0; i < amount; i++) printf("%.9g ", (double)memory[input_floats + i]);
    }
    printf("\\n");
    fflush(stdout);
  }
  return 0;
}
`;

/** File name -> text of the whole measuring program. */
export const writeBlocks = (
  functions: readonly BlockFunction[],
  { vectorWidth, threads }: CpuOptions,
  units: number,
  limits: CallLimits,
): ReadonlyMap<string, string> => {
  const files = new Map<string, string>([['main.c', main(functions, threads, limits)]]);
  for (const [index, part] of spread(functions, units).entries()) {
    const kernels = writeKernels(
      part.flatMap(({ calls }) => calls),
      vectorWidth,
    );
    const declarations = part.map(({ name }) => `${signature(name)};`).join('\n');
    files.set(
      `unit${index}.c`,
      `/* Vectors of ${vectorFlags[vectorWidth].lanes} floats. */\n${kernels}\n${writeTeamType('nasc_team')}\n\n${threads > 1 ? `${writeTeamFunctions('nasc_team')}\n\n` : ''}${declarations}\n\n${part.map(writeFunction).join('\n\n')}\n`,
    );
  }
  return files;
};
