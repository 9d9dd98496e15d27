// Runs one pass, of whichever plugin.
import { describeFailure } from '@nasc/config';
import { DiagnosticError } from '@nasc/diagnostics';
import { messages } from '../messages.ts';
import type { PassContext } from '../pass.ts';
import type { OwnedPass } from './order-passes.ts';

/**
 * What the pass makes of `value`. What a `foreign` pass throws is an error of its plugin, and is told so (PASS_FAILED); from a
 * stage's own it is a bug. Throws PASS_RETURNED_NOTHING.
 */
export const callPass = async (
  { pass, provenance }: OwnedPass,
  foreign: boolean,
  value: unknown,
  context: PassContext,
): Promise<unknown> => {
  let output: unknown;
  try {
    output = await pass.run(value as never, context);
  } catch (cause) {
    if (!foreign || cause instanceof DiagnosticError || context.signal.aborted) throw cause;
    throw new DiagnosticError([messages.passThrew(pass.name, provenance.plugin, describeFailure(cause, context.folder))], { cause });
  }
  if (output === undefined) throw new DiagnosticError([messages.passReturnedNothing(pass.name, provenance.plugin)]);
  return output;
};
