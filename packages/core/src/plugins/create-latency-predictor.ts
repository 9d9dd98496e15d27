// A latency predictor from what the config says of it.
import { validateOptions } from '@nasc/config';
import type { LatencyPredictor } from '../kinds/index.ts';
import type { Registrations } from './registrations.ts';

/** `at` is where the config names it. Throws what is wrong with name and options. */
export const createLatencyPredictor = (
  registrations: Registrations,
  { name, options }: { readonly name: string; readonly options: Readonly<Record<string, unknown>> },
  at: string,
): LatencyPredictor => {
  const { value: definition } = registrations.require('latencyPredictor', name, at);
  return definition.create(validateOptions(definition.optionsSchema, options, at));
};
