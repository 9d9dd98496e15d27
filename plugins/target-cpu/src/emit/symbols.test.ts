// What a linker sees: nothing needed but memory and mathematical functions, every name with the network's prefix, nothing that can
// be written; so networks link into one program, C or C++, and run in any number of threads.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { chainNetwork, testRegistry } from '../kernels/random-network.test-helper.ts';
import { readCpuOptions } from '../options.ts';
import { has, strict, writeFiles } from './builds.test-helper.ts';
import { emitNetwork } from './emit-network.ts';

const folder = mkdtempSync(join(tmpdir(), 'nasc-symbols-'));
afterAll(() => rmSync(folder, { recursive: true }));

const networkOf = (seed: number) =>
  chainNetwork(
    [12, 12, 1],
    [
      { op: 'conv2d', kernel: 3, stride: 2, channels: 16, activation: 'relu6' },
      { op: 'depthwiseConv2d', kernel: 5, stride: 1, activation: 'hSwish' },
      { op: 'conv2d', kernel: 1, stride: 1, channels: 16, residual: true },
      { op: 'conv2d', kernel: 11, stride: 1, channels: 16, groups: 4, activation: 'sigmoid' },
    ],
    10,
    seed,
  );

/** Emits a network as `name`, compiles its files but main.c, and returns the objects' paths. */
const objectsOf = (name: string, seed: number, weights: 'source' | 'file', flags: readonly string[] = []): readonly string[] => {
  const { files } = emitNetwork(networkOf(seed), testRegistry, readCpuOptions({ vectorWidth: 'portable', weights, name }));
  writeFiles(folder, files);
  const sources = [...files.keys()].filter((file) => file.endsWith('.c') && file !== 'main.c');
  return sources.map((source) => {
    const object = source.replace(/c$/, 'o');
    execFileSync('gcc', [...strict, '-O2', ...flags, '-c', source, '-o', object], { cwd: folder });
    return object;
  });
};

/** `name type` of every symbol of the objects. */
const symbolsOf = (objects: readonly string[], ...flags: readonly string[]): readonly string[] =>
  objects.flatMap((object) =>
    execFileSync('nm', ['-P', ...flags, object], { cwd: folder, encoding: 'utf8' })
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split(' ').slice(0, 2).join(' ')),
  );

/** `expf` is of the sigmoid; the last one is the place of a table, not a symbol that a library has. */
const allowed = ['memcpy', 'memset', 'expf', '_GLOBAL_OFFSET_TABLE_'];

describe.each(['source', 'file'] as const)('weights: %s (needs gcc, nm)', (weights) => {
  // Position-independent code too: there, a pointer in constant data would make it writable.
  it.runIf(has('gcc', 'nm')).each([['-fno-pic'], ['-fPIC']])('with %s', (flag) => {
    const objects = objectsOf('first', 1, weights, [flag]);
    const needed = symbolsOf(objects, '-u').map((symbol) => symbol.split(' ')[0]!);
    const outside = needed.filter((symbol) => !symbol.startsWith('first_') && !allowed.includes(symbol));
    expect(outside).toEqual([]);
    expect(symbolsOf(objects, '-g', '--defined-only').toSorted()).toEqual(
      [
        'first_class_names R',
        'first_mean R',
        'first_normalise T',
        'first_run T',
        'first_std R',
        weights === 'source' ? 'first_weights R' : 'first_weights_match T',
      ].toSorted(),
    );
    // Data, uninitialised data, common: whatever is not code or constant.
    expect(symbolsOf(objects, '--defined-only').filter((symbol) => / [BbCcDdGgSs]$/.test(symbol))).toEqual([]);
  });
});

/** Runs two networks at once, several times each, in threads with arenas of their own; both have to give the bits of a first run. */
const twoNetworks = `#include <pthread.h>
#include <string.h>
#include "first.h"
#include "second.h"
static float input[FIRST_INPUT_SIZE];
static float first[FIRST_CLASSES], second[SECOND_CLASSES];
static void *work(void *failed) {
  _Alignas(FIRST_ALIGNMENT) float arena[FIRST_ARENA_BYTES / sizeof(float)];
  for (int i = 0; i < 200; i++) {
    float output[FIRST_CLASSES];
    memset(arena, 0xff, sizeof arena);
    first_run(input, output, arena);
    if (memcmp(output, first, sizeof output) != 0) *(int *)failed = 1;
    second_run(input, output, arena);
    if (memcmp(output, second, sizeof output) != 0) *(int *)failed = 1;
  }
  return 0;
}
int main(void) {
  static _Alignas(FIRST_ALIGNMENT) float arena[FIRST_ARENA_BYTES / sizeof(float)];
  _Static_assert(SECOND_ARENA_BYTES == FIRST_ARENA_BYTES, "equal shapes need equal arenas");
  unsigned char pixels[FIRST_INPUT_SIZE];
  for (int i = 0; i < FIRST_INPUT_SIZE; i++) pixels[i] = (unsigned char)(i * 7);
  first_normalise(pixels, input);
  if (input[3] != (21.0f / 255.0f - 0.5f) / 0.25f) return 1;
  first_run(input, first, arena);
  second_run(input, second, arena);
  if (memcmp(first, second, sizeof first) == 0) return 2;
  pthread_t threads[4];
  int failed[4] = {0};
  for (int i = 0; i < 4; i++) pthread_create(&threads[i], 0, work, &failed[i]);
  for (int i = 0; i < 4; i++) pthread_join(threads[i], 0);
  return failed[0] || failed[1] || failed[2] || failed[3] ? 3 : 0;
}
`;

const fromCpp = `#include <cstring>
#include <vector>
#include "first.h"
int main() {
  std::vector<float> input(FIRST_INPUT_SIZE, 0.5f), output(FIRST_CLASSES);
  alignas(FIRST_ALIGNMENT) static float arena[FIRST_ARENA_BYTES / sizeof(float)];
  first_run(input.data(), output.data(), arena);
  return output[0] == 0.0f || std::strcmp(first_class_names[9], "class 9") != 0 || std::strcmp(FIRST_NASC_VERSION, "0.1.0") != 0;
}
`;

describe('programs (needs gcc, g++)', () => {
  const build = (command: string, flags: readonly string[], source: string, content: string, objects: readonly string[]): string => {
    writeFileSync(join(folder, source), content);
    execFileSync(command, [...flags, source, ...objects, '-lm', '-lpthread', '-o', `${source}.out`], { cwd: folder });
    return join(folder, `${source}.out`);
  };

  it.runIf(has('gcc'))('link two networks, and run them in several threads with the same bits', () => {
    const objects = [...objectsOf('first', 1, 'source'), ...objectsOf('second', 2, 'source')];
    const program = build('gcc', strict, 'threads.c', twoNetworks, objects);
    expect(() => execFileSync(program)).not.toThrow();
  });

  it.runIf(has('gcc', 'g++')).each(['c++11', 'c++20'])('in %s include the header and link the network', (standard) => {
    const flags = [`-std=${standard}`, '-Wall', '-Wextra', '-pedantic', '-Werror'];
    const program = build('g++', flags, 'user.cpp', fromCpp, objectsOf('first', 1, 'source'));
    expect(() => execFileSync(program)).not.toThrow();
  });
});
