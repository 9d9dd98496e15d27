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
 * memory that is exactly as large as the header says and begins as NaN.
 */
const exactMain = (name: string): string => {
  const upper = name.toUpperCase();
  return `#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "${name}.h"
static void *filled(size_t bytes) {
  void *memory = aligned_alloc(${upper}_ALIGNMENT, bytes);
  return memory ? memset(memory, 0xff, bytes) : (exit(2), memory);
}
int main(int count, char **arguments) {
  FILE *file = count == 2 ? fopen(arguments[1], "rb") : 0;
  float *weights = filled(${upper}_WEIGHT_BYTES);
  if (!file || fread(weights, ${upper}_WEIGHT_BYTES, 1, file) != 1 || fgetc(file) != EOF || !${name}_weights_match(weights)) return 3;
  fclose(file);
  float *input = malloc(${upper}_INPUT_SIZE * sizeof(float)), *output = malloc(${upper}_CLASSES * sizeof(float));
  while (fread(input, sizeof(float), ${upper}_INPUT_SIZE, stdin) == ${upper}_INPUT_SIZE) {
    void *arena = filled(${upper}_ARENA_BYTES);
    ${name}_run(weights, input, output, arena);
    fwrite(output, sizeof(float), ${upper}_CLASSES, stdout);
    free(arena);
  }
  free(weights);
  free(input);
  free(output);
  return 0;
}
`;
};

export interface Build {
  readonly compiler: string;
  readonly flags: readonly string[];
  /** What the program is run with, where this machine cannot run it alone. */
  readonly runner?: readonly string[];
  readonly cacheFolder: string;
}

/** Largest error of the logits of two images, relative; `emitted` has its weights in a file and is named `chain`. */
export const errorOf = async (network: DeployableNetwork, emitted: EmittedFiles, build: Build): Promise<number> => {
  const compiler = await askCompiler(build.compiler);
  if (!compiler) throw new Error(`${build.compiler} does not run`);
  const sources = new Map([...emitted.files, ['main.c', exactMain('chain')]]);
  const program = await compile({ kind: 'executable', sources, flags: build.flags, compiler, cacheFolder: build.cacheFolder });
  const [command, ...parameters] = [...(build.runner ?? []), program, join(dirname(program), 'chain_weights.bin')];
  const length = network.graph.inputs[0]!.type.shape.reduce((a, b) => a * b, 1);
  const images = [randomImage(length, 1), randomImage(length, 2)];
  const bytes = await runProgram(command!, parameters, Buffer.concat(images.map((image) => Buffer.from(image.buffer))));
  const logits = new Float32Array(bytes.slice().buffer);
  const classes = network.classes.length;
  if (logits.length !== images.length * classes) throw new Error(`${logits.length} logits for ${images.length} images`);
  return Math.max(
    ...images.map((image, index) => {
      const expected = evaluateReference(network.graph, network.weights, image);
      const scale = Math.max(...expected.map(Math.abs));
      const errors = [...expected].map((value, at) => Math.abs(logits[index * classes + at]! - value) / scale);
      // Math.max of NaN is NaN, which is not below any limit.
      return Math.max(...errors);
    }),
  );
};
