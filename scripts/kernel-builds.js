// Builds of the training engine's kernels that are checked beside this machine's own (`loadKernelHost` of the native engine).
import { spawnSync } from 'node:child_process';

const sanitizer = (name, ...options) => ({
  // Faster than -O0, and lines are still found; vectors and intrinsics are the same.
  flags: ['-O1', '-g', '-fno-omit-frame-pointer', `-fsanitize=${name}`, `-fno-sanitize-recover=${name}`, ...options],
  runner: [],
  compiler: 'gcc',
  needs: ['gcc'],
  install: 'apt-get install gcc',
});

/**
 * By name: a build, the commands that it needs, and how to come by them.
 * @typedef {import('../plugins/engine-native/src/kernel-host/kernel-host.test-helper.ts').KernelBuild} KernelBuild
 * @type {Readonly<Record<'neon' | 'address' | 'undefined' | 'thread', KernelBuild & { needs: readonly string[], install: string }>>}
 */
export const kernelBuilds = {
  neon: {
    compiler: 'aarch64-linux-gnu-gcc',
    width: 'neon',
    flags: [],
    runner: ['qemu-aarch64', '-L', '/usr/aarch64-linux-gnu'],
    needs: ['aarch64-linux-gnu-gcc', 'qemu-aarch64'],
    install: 'apt-get install gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user',
  },
  // Checks as calls: the code is a quarter as long, and compiled in half the time.
  address: sanitizer('address', '--param', 'asan-instrumentation-with-call-threshold=0'),
  undefined: sanitizer('undefined'),
  thread: sanitizer('thread'),
};

/** What of a build's needs this machine lacks. */
export const missingTools = ({ needs }) => needs.filter((command) => spawnSync(command, ['--version']).status !== 0);
