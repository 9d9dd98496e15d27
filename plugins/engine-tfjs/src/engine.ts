// The engine as the pipeline sees it.
import type { TrainingEngine } from '@nasc/core';
import { loadTensorFlow } from './load-library.ts';
import type { LoadLibrary } from './load-library.ts';
import { fail, messages } from './messages.ts';
import { planGraph } from './plan.ts';
import { setUpTfjs } from './setup/set-up-tfjs.ts';
import { TfjsProgram } from './tfjs-program.ts';

/** The engine on a library that `load` gives: TensorFlow's in the product, plain JavaScript in tests. */
export const createTfjsEngine = (load: LoadLibrary): TrainingEngine => ({
  name: 'tfjs',
  description: 'TensorFlow through TensorFlow.js: NVIDIA GPUs, and an independent reference.',
  automatic: 'withGpu',
  async probe(options) {
    const library = await load(options);
    if ('missing' in library) return { available: false, detail: library.missing };
    const { tf: _, ...found } = library;
    return { available: true, ...found };
  },
  setup: setUpTfjs,
  /** Throws ENGINE_NOT_AVAILABLE, ENGINE_OP_UNSUPPORTED. Parameters are zero until they are written. */
  async compile(graph, options) {
    const library = await load(options);
    if ('missing' in library) return fail(messages.notAvailable(library.missing));
    return new TfjsProgram(library.tf, planGraph(graph, options.ops), options);
  },
});

export const tfjsEngine = createTfjsEngine(loadTensorFlow);
