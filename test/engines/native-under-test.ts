// The native engine that the suites test: the product's, or, where `scripts/check-kernels.js` asks for another build of its
// kernels, one whose kernels run in a process of their own.
import { hostVectorWidths } from '@nasc/c-emit';
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

/** Of vectors that it can be asked for by $NASC_VECTOR_WIDTH. */
export const nativeWidths: readonly VectorWidth[] = build?.width ? [build.width] : hostVectorWidths();

export const nativeUnderTest = build ? createNativeEngine(loadKernelHost(build)) : nativeEngine;
