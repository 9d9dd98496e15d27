// NAME_threads.h and .c: threads that run the network together. Optional: whoever has threads of their own calls NAME_run_part.
import { kernelHeader } from '@nasc/c-emit';
import { fileComment } from './emission.ts';
import type { Emission } from './emission.ts';

export const writeThreadsHeader = ({ name, upper, weightsIn }: Emission): string => `${fileComment(`Threads that run ${name} together.`)}
#ifndef ${upper}_THREADS_H
#define ${upper}_THREADS_H

#include "${name}.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ${name}_pool ${name}_pool;

/* Starts threads, with whoever calls it 1 <= threads <= ${upper}_THREADS; null where that fails. The only function of the network that
   allocates memory. Threads without work spin for a moment, and then sleep. */
${name}_pool *${name}_pool_create(int threads);

/* ${name}_run on all threads: the same bits. One call at a time. */
void ${name}_pool_run(${name}_pool *pool, ${weightsIn === 'file' ? 'const float *weights, ' : ''}const float *input, float *output, void *arena);

void ${name}_pool_destroy(${name}_pool *pool);

#ifdef __cplusplus
}
#endif

#endif
`;

export const writeThreads = ({ name, upper, weightsIn }: Emission): string => {
  const inFile = weightsIn === 'file';
  return `${fileComment(`Threads that run ${name} together.`)}
#define _POSIX_C_SOURCE 200809L
#include "${name}_threads.h"

typedef ${name}_team nasc_team;

${kernelHeader('team-pool.h').trimEnd()}

typedef struct {
${inFile ? '  const float *weights;\n' : ''}  const float *input;
  float *output;
  void *arena;
} run_arguments;

static void run(void *argument, const nasc_team *team) {
  const run_arguments *const with = argument;
  ${name}_run_part(${inFile ? 'with->weights, ' : ''}with->input, with->output, with->arena, team);
}

${name}_pool *${name}_pool_create(int threads) {
  return threads < 1 || threads > ${upper}_THREADS ? 0 : (${name}_pool *)nasc_pool_create(threads);
}

void ${name}_pool_run(${name}_pool *pool, ${inFile ? 'const float *weights, ' : ''}const float *input, float *output, void *arena) {
  run_arguments with = {${inFile ? 'weights, ' : ''}input, output, arena};
  nasc_pool_run((nasc_pool *)pool, run, &with);
}

void ${name}_pool_destroy(${name}_pool *pool) { nasc_pool_free((nasc_pool *)pool, ((nasc_pool *)pool)->workers[0].team.parts); }
`;
};
