// The plugins that every pipeline has, one line each. They are imported when a pipeline runs, so that `nasc --help` and
// `import { defineConfig } from 'nasc'` do not wait for them.
import type { Plugin } from '@nasc/core';

const builtin: readonly (() => Promise<Plugin>)[] = [
  async () => (await import('@nasc/expand')).expandStage,
  async () => (await import('@nasc/train')).trainStage,
  async () => (await import('@nasc/annotate')).annotateStage,
  async () => (await import('@nasc/derive')).deriveStage,
  async () => (await import('@nasc/export')).exportStage,
  async () => (await import('@nasc/codegen')).codegenStage,
  async () => (await import('@nasc/ops')).opsPlugin,
  async () => (await import('@nasc/spaces')).spacesPlugin,
  async () => (await import('@nasc/datasets')).datasetsPlugin,
  async () => (await import('@nasc/engine-native')).engineNativePlugin,
  async () => (await import('@nasc/engine-tfjs')).engineTfjsPlugin,
  async () => (await import('@nasc/latency-predictors')).latencyPredictors,
  async () => (await import('@nasc/strategy-proxyless')).strategyProxyless,
  async () => (await import('@nasc/strategy-darts')).strategyDarts,
  async () => (await import('@nasc/strategy-ranking')).strategyRanking,
  async () => (await import('@nasc/strategy-cell-proxy')).strategyCellProxy,
  async () => (await import('@nasc/target-cpu')).targetCpu,
  async () => (await import('@nasc/target-onnxruntime')).targetOnnxRuntime,
  async () => (await import('@nasc/target-exec')).targetExec,
  async () => (await import('@nasc/target-profile')).targetProfile,
];

export const loadBuiltinPlugins = (): Promise<readonly Plugin[]> => Promise.all(builtin.map((load) => load()));
