// A target from what the config says of it.
import { validateOptions } from '@nasc/config';
import { DiagnosticError } from '@nasc/diagnostics';
import type { Target, TargetContext } from '../kinds/index.ts';
import { messages } from '../messages.ts';
import { targetProblem } from './check-registration.ts';
import type { Registrations } from './registrations.ts';

/** `at` is where the config names it. Throws what is wrong with name and options, and PLUGIN_REGISTRATION_INVALID for what was made. */
export const createTarget = (
  registrations: Registrations,
  { name, options }: { readonly name: string; readonly options: Readonly<Record<string, unknown>> },
  at: string,
  context: TargetContext,
): Target => {
  const { value: definition, provenance } = registrations.require('target', name, at);
  const target: Target | undefined = definition.create(validateOptions(definition.optionsSchema, options, at), context);
  const problem = targetProblem(target, name);
  if (problem) throw new DiagnosticError([messages.malformedRegistration('target', name, problem, provenance.plugin)]);
  return target;
};
