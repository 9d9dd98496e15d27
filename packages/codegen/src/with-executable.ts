// Builds what was emitted, uses it, and disposes of it whatever happens. Builds are cached by their content, so passes
// need not share an executable.
import type { Executable, MeasureContext, PassContext } from '@nasc/core';
import type { EmittedNetwork } from './generated.ts';

/** The context of a target's build and measurements, from that of a pass. */
export const measureContext = ({ signal, config, cacheFolder, registry, checkpoint, progress }: PassContext): MeasureContext => ({
  signal,
  seed: config.seed,
  cacheFolder,
  registry,
  checkpoint,
  progress: (done, total, message) => progress(done, total, 'samples', message),
});

/** Undefined, and `use` is not called, where this machine cannot run the target. */
export const withExecutable = async <T>(
  { emitted, network }: EmittedNetwork,
  context: PassContext,
  use: (executable: Executable) => Promise<T>,
): Promise<T | undefined> => {
  const { target } = context;
  if (!target.build) return undefined;
  const executable = await target.build(emitted, network, measureContext(context));
  try {
    return await use(executable);
  } finally {
    await executable.dispose();
  }
};
