// Emitted networks as programs made with any compiler, and how far their logits are from the reference. For tests.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { askCompiler, compile, runProgram } from '@nasc/c-emit';
import type { DeployableNetwork, EmittedFiles } from '@nasc/core';
import { randomImage } from '../kernels/chains.test-helper.ts';
import { evaluateReference } from '../kernels/reference.test-helper.ts';

/** Whether all of these commands can be run here. */
export const has = (...commands: readonly string[]): boolean => commands.every((command) => spawnSync(command, ['--version']).status === 0);

/** What no compiler may have anything to say about. */
export const strict = ['-std=c11', '-Wall', '-Wextra', '-pedantic', '-Werror'];

/** Largest difference to logits in float64, relative to the largest of them. */
export const allowedError = 3e-6;

export const writeFiles = (folder: string, files: EmittedFiles['files']): void => {
  for (const [name, content] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
};

/**
 * A main function in place of the emitted one, for weights in a file: logits of the images on its standard input, computed in
 * memory that is exactly as large as the header says and begins as NaN; by a pool of `threads`.
 */
const exactMain = (name: string, threads: number): string => {
  const upper = name.toUpperCase();
  const run = threads > 1 ? `${name}_pool_run(pool, ` : `${name}_run(`;
  return `#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "${name}${threads > 1 ? '_threads' : ''}.h"
static void *filled(size_t bytes) {
  void *memory = aligned_alloc(${upper}_ALIGNMENT, bytes);
  return memory ? memset(memory, 0xff, bytes) : (exit(2), memory);
}
int main(int count, char **arguments) {
  FILE *file = count == 2 ? fopen(arguments[1], "rb") : 0;
  float *weights = filled(${upper}_WEIGHT_BYTES);
  if (!file || fread(weights, ${upper}_WEIGHT_BYTES, 1, file) != 1 || fgetc(file) != EOF || !${name}_weights_match(weights)) return 3;
  fclose(file);
${threads > 1 ? `  ${name}_pool *pool = ${name}_pool_create(${threads});\n  if (!pool) return 4;\n` : ''}  float *input = malloc(${upper}_INPUT_SIZE * sizeof(float)), *output = malloc(${upper}_CLASSES * sizeof(float));
  while (fread(input, sizeof(float), ${upper}_INPUT_SIZE, stdin) == ${upper}_INPUT_SIZE) {
    void *arena = filled(${upper}_ARENA_BYTES);
    ${run}weights, input, output, arena);
    fwrite(output, sizeof(float), ${upper}_CLASSES, stdout);
    free(arena);
  }
${threads > 1 ? `  ${name}_pool_destroy(pool);\n` : ''}  free(weights);
  free(input);
  free(output);
  return 0;
}
`;
};

export interface Build {
  readonly compiler: string;
  readonly flags: readonly string[];
  /** Default 1. */
  readonly threads?: number;
  /** What the program is run with, where this machine cannot run it alone. */
  readonly runner?: readonly string[];
  readonly cacheFolder: string;
}

const imagesOf = (network: DeployableNetwork): readonly Float32Array[] => {
  const length = network.graph.inputs[0]!.type.shape.reduce((a, b) => a * b, 1);
  return [randomImage(length, 1), randomImage(length, 2)];
};

/** Logits of two images; `emitted` has its weights in a file and is named `chain`. */
export const logitsOf = async (network: DeployableNetwork, emitted: EmittedFiles, build: Build): Promise<Float32Array> => {
  const compiler = await askCompiler(build.compiler);
  if (!compiler) throw new Error(`${build.compiler} does not run`);
  const sources = new Map([...emitted.files, ['main.c', exactMain('chain', build.threads ?? 1)]]);
  const program = await compile({ kind: 'executable', sources, flags: build.flags, compiler, cacheFolder: build.cacheFolder });
  const [command, ...parameters] = [...(build.runner ?? []), program, join(dirname(program), 'chain_weights.bin')];
  const images = imagesOf(network);
  const bytes = await runProgram(command!, parameters, Buffer.concat(images.map((image) => Buffer.from(image.buffer))));
  const logits = new Float32Array(bytes.slice().buffer);
  if (logits.length !== images.length * network.classes.length) throw new Error(`${logits.length} logits for ${images.length} images`);
  return logits;
};

/** Largest error of the logits of two images, relative. */
export const errorOf = async (network: DeployableNetwork, emitted: EmittedFiles, build: Build): Promise<number> => {
  const logits = await logitsOf(network, emitted, build);
  const classes = network.classes.length;
  return Math.max(
    ...imagesOf(network).map((image, index) => {
      const expected = evaluateReference(network.graph, network.weights, image);
      const scale = Math.max(...expected.map(Math.abs));
      const errors = [...expected].map((value, at) => Math.abs(logits[index * classes + at]! - value) / scale);
      // Math.max of NaN is NaN, which is not below any limit.
      return Math.max(...errors);
    }),
  );
};
