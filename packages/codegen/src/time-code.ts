// Latency of the emitted code by the measuring protocol, and the stage's artifact.
import { definePass, withExecutable } from '@nasc/core';
import type { GeneratedFiles } from '@nasc/core';
import type { EvaluatedNetwork } from './generated.ts';

export const timeCode = definePass({
  name: 'timeCode',
  async run(input: EvaluatedNetwork, context): Promise<GeneratedFiles> {
    const latency = await withExecutable(input, context, (executable, measuring) => executable.measure(measuring));
    const { emitted, verification, test } = input;
    return {
      target: context.target.name,
      files: emitted.files,
      memory: emitted.memory,
      coverage: emitted.coverage,
      verification,
      latency,
      test,
    };
  },
});
