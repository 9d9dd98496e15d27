// The emitted folder as other CMake projects use it: installed and found, or added as a folder.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomImage } from '../kernels/chains.test-helper.ts';
import { chainNetwork, testRegistry } from '../kernels/random-network.test-helper.ts';
import { evaluateReference } from '../kernels/reference.test-helper.ts';
import { readCpuOptions } from '../options.ts';
import { allowedError, has, writeFiles } from './builds.test-helper.ts';
import { emitNetwork } from './emit-network.ts';

const network = chainNetwork([12, 12, 1], [{ op: 'conv2d', kernel: 3, stride: 2, channels: 16, activation: 'sigmoid' }], 10, 3);
const image = randomImage(144, 1);
const expected = evaluateReference(network.graph, network.weights, image);

/** Logits of the image on the standard input; with weights in a file, that file is mapped. */
const consumer = `#include <stdio.h>
#include "net.h"
static _Alignas(NET_ALIGNMENT) float arena[NET_ARENA_BYTES / sizeof(float)];
static float input[NET_INPUT_SIZE], logits[NET_CLASSES];
#ifdef WEIGHTS_FILE
#include <fcntl.h>
#include <sys/mman.h>
#endif
int main(void) {
  if (fread(input, sizeof input, 1, stdin) != 1) return 1;
#ifdef WEIGHTS_FILE
  const int file = open(WEIGHTS_FILE, O_RDONLY);
  const float *weights = mmap(0, NET_WEIGHT_BYTES, PROT_READ, MAP_PRIVATE, file, 0);
  if (weights == MAP_FAILED || !net_weights_match(weights)) return 2;
  net_run(weights, input, logits, arena);
#else
  net_run(input, logits, arena);
#endif
  return fwrite(logits, sizeof logits, 1, stdout) != 1;
}
`;

const project = (use: string) => `cmake_minimum_required(VERSION 3.14)
project(app C)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
${use}
add_executable(app app.c)
target_link_libraries(app net::net)
if(net_WEIGHTS_FILE)
  target_compile_definitions(app PRIVATE WEIGHTS_FILE="\${net_WEIGHTS_FILE}")
endif()
`;

const cmake = (folder: string, ...parameters: readonly string[]) => execFileSync('cmake', parameters, { cwd: folder, stdio: 'pipe' });

/** Largest error of the image's logits, relative to the largest logit. */
const errorOf = (bytes: Uint8Array): number => {
  const logits = new Float32Array(bytes.slice().buffer);
  const scale = Math.max(...expected.map(Math.abs));
  return Math.max(...[...expected].map((value, index) => Math.abs(logits[index]! - value) / scale));
};

describe.runIf(has('cmake'))('with cmake (needs cmake)', () => {
  describe.each(['source', 'file'] as const)('weights: %s', (weights) => {
    let folder = '';
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'nasc-cmake-'));
      writeFiles(
        join(folder, 'net'),
        emitNetwork(network, testRegistry, readCpuOptions({ vectorWidth: 'portable', weights, name: 'net' })).files,
      );
      cmake(folder, '-S', 'net', '-B', 'build');
      cmake(folder, '--build', 'build');
      cmake(folder, '--install', 'build', '--prefix', 'first place');
      renameSync(join(folder, 'first place'), join(folder, 'last place'));
    });
    afterAll(() => rmSync(folder, { recursive: true }));

    /** Configures, builds and runs a project that uses the network; returns the folder of the build. */
    const useFrom = (name: string, use: string, ...options: readonly string[]): string => {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'app.c'), consumer);
      writeFileSync(join(folder, name, 'CMakeLists.txt'), project(use));
      const build = join(folder, name, 'build');
      cmake(folder, '-S', name, '-B', build, ...options);
      cmake(folder, '--build', build);
      expect(errorOf(execFileSync(join(build, 'app'), { input: new Uint8Array(image.buffer) }))).toBeLessThan(allowedError);
      return build;
    };

    it('builds the benchmark', () => {
      const bytes = execFileSync(join(folder, 'build/net_benchmark'), ['--run', '-'], { input: new Uint8Array(image.buffer) });
      expect(errorOf(bytes)).toBeLessThan(allowedError);
    });

    it('is found where it was installed and moved to', () => {
      const build = useFrom('finder', 'find_package(net 0.1 CONFIG REQUIRED)', `-DCMAKE_PREFIX_PATH=${join(folder, 'last place')}`);
      // Flags are the library's own.
      expect(readFileSync(join(build, 'compile_commands.json'), 'utf8')).not.toMatch(/-ffp-contract|-O3/);
    });

    it('is refused in another version', () => {
      mkdirSync(join(folder, 'later'));
      writeFileSync(join(folder, 'later/CMakeLists.txt'), project('find_package(net 7.0 CONFIG REQUIRED)'));
      const search = `-DCMAKE_PREFIX_PATH=${join(folder, 'last place')}`;
      expect(() => cmake(folder, '-S', 'later', '-B', 'later/build', search)).toThrow(/requested version "7.0"/);
    });

    it('is added as a folder, without its benchmark', () => {
      const build = useFrom('adder', 'add_subdirectory(../net net)');
      expect(existsSync(join(build, 'net/net_benchmark'))).toBe(false);
    });
  });
});
