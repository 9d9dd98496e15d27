// Runs the suites of the native engine with other builds of its kernels: `node scripts/check-kernels.js BUILD...` (see
// `kernel-builds.js`). A test fails where a result is wrong, and where the program with the kernels ends early: at a
// sanitizer's first report.
import { startVitest } from 'vitest/node';
import { kernelBuilds, missingTools } from './kernel-builds.js';

/** Suites, and which of their tests. */
const runs = [
  {
    files: [
      'test/engines/native.test.ts',
      'plugins/engine-native/src/fused',
      'plugins/engine-native/src/gradients.test.ts',
      'plugins/engine-native/src/threads.test.ts',
    ],
  },
  { files: ['test/conformance/lowerings.test.ts'], tests: '^native' },
];

const names = process.argv.slice(2);
for (const name of names) {
  const missing = missingTools(kernelBuilds[name]);
  if (missing.length === 0) continue;
  console.error(`${name}: ${missing.join(' and ')} cannot be run; on Debian and Ubuntu: ${kernelBuilds[name].install}`);
  process.exit(1);
}

const failed = [];
for (const name of names) {
  const { compiler, width, flags, runner } = kernelBuilds[name];
  for (const { files, tests } of runs) {
    console.log(`${name}: ${files.join(', ')}`);
    const vitest = await startVitest('test', files, {
      watch: false,
      reporters: ['dot'],
      ...(tests && { testNamePattern: tests }),
      testTimeout: 600_000,
      hookTimeout: 600_000,
      provide: { kernelBuild: { compiler, width, flags, runner } },
    });
    await vitest.close();
    const modules = vitest.state.getTestModules();
    const passed = modules.length >= files.length && modules.every((module) => module.ok());
    if (!passed || vitest.state.getUnhandledErrors().length > 0) failed.push(name);
  }
}
for (const name of new Set(failed)) console.error(`FAILED ${name}`);
process.exit(failed.length > 0 ? 1 : 0);
