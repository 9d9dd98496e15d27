// What several stages do with a target: fit a network to it, build what it emitted, run and measure that.
import type { NetworkGraph } from '@nasc/ir';
import type { DeployableNetwork, EmittedFiles, Executable, MeasureContext } from './kinds/index.ts';
import type { PassContext } from './pass.ts';

/** The graph after the target's own graph-to-graph passes, in order. */
export const legalize = async (graph: NetworkGraph, context: PassContext): Promise<NetworkGraph> => {
  let fitted = graph;
  for (const pass of context.target.legalize) fitted = await pass.run(fitted, context);
  return fitted;
};

/** The context of a target's builds and measurements, from that of a pass. `unit` is what progress counts. */
export const measureContext = (
  { signal, config, cacheFolder, registry, checkpoint, progress }: PassContext,
  unit: string,
): MeasureContext => ({
  signal,
  seed: config.seed,
  cacheFolder,
  registry,
  checkpoint,
  progress: (done, total, message) => progress(done, total, unit, message),
});

/**
 * Builds what was emitted, and disposes of it when `use` has ended, however it did. Builds are cached by their content, so passes need not
 * share an executable. Undefined, and `use` is not called, where this machine cannot run the target.
 */
export const withExecutable = async <T>(
  { network, emitted }: { readonly network: DeployableNetwork; readonly emitted: EmittedFiles },
  context: PassContext,
  use: (executable: Executable, measuring: MeasureContext) => Promise<T>,
): Promise<T | undefined> => {
  const { target } = context;
  if (!target.build) return undefined;
  const measuring = measureContext(context, 'samples');
  const executable = await target.build(emitted, network, measuring);
  try {
    return await use(executable, measuring);
  } finally {
    await executable.dispose();
  }
};
