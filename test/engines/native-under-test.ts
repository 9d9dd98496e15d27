// The native engine that the suites test: the product's, or, where `scripts/check-kernels.js` asks for another build of its
// kernels, one whose kernels run in a process of their own.
import { detectVectorWidth, hostVectorWidths } from '@nasc/c-emit';
import type { VectorWidth } from '@nasc/c-emit';
import { createNativeEngine, nativeEngine } from '@nasc/engine-native';
import { inject } from 'vitest';
import { loadKernelHost } from '../../plugins/engine-native/src/kernel-host/kernel-host.test-helper.ts';
import type { KernelBuild } from '../../plugins/engine-native/src/kernel-host/kernel-host.test-helper.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly kernelBuild?: KernelBuild;
  }
}

const build = inject('kernelBuild');

/** Of vectors that it is tested with (by $NASC_VECTOR_WIDTH), the widest first: of another build one, which takes long enough. */
export const nativeWidths: readonly VectorWidth[] = build ? [build.width ?? detectVectorWidth()] : hostVectorWidths();

/** Absent: the product's own way. */
export const loadUnderTest = build && loadKernelHost(build);

export const nativeUnderTest = loadUnderTest ? createNativeEngine(loadUnderTest) : nativeEngine;
