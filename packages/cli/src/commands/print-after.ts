// `--print-after PASS`: a plugin that prints what a pass returns. A stage that is watched is done anew, since a stored
// artifact shows nothing of its passes.
import { DiagnosticError } from '@nasc/diagnostics';
import { definePlugin } from '@nasc/core';
import type { OrderedPart, Plugin } from '@nasc/core';
import { messages } from '../messages.ts';
import { describeArtifact } from '../text/describe-artifact.ts';

export const printAfterPlugin = (passes: readonly string[], print: (text: string) => void): Plugin =>
  definePlugin({
    name: 'print-after',
    apiVersion: 1,
    setup(api) {
      for (const pass of passes) {
        api.hooks.afterPass
          .for(pass)
          .tap('print-after', (output, { registry }) => print(`after ${pass}:\n${describeArtifact(output, registry.ops)}\n`));
      }
    },
  });

/** Throws CLI_UNKNOWN_CHOICE for every pass that does not exist. */
export const checkPassNames = (passes: readonly string[], parts: readonly OrderedPart[]): void => {
  const known = parts.flatMap((part) => part.passes.map(({ pass }) => pass.name));
  const unknown = passes.filter((pass) => !known.includes(pass));
  if (unknown.length > 0) throw new DiagnosticError(unknown.map((pass) => messages.unknownChoice('--print-after', 'pass', pass, known)));
};
