// The registry as a pass sees it: every lookup is written down, and becomes part of the artifact's key.
import type { Lookup, Registry } from '../registry.ts';
import type { Kind, Kinds, Registrations } from './registrations.ts';
import { registrationDigest } from './registrations.ts';
import { sha256 } from '../sha256.ts';

/** `kind:name` -> digest of what was found there (`-` for nothing, and `kind:*` for a look at all of a kind). */
export type Consulted = Record<string, string>;

/** The digest that a consultation would find now. */
export const consult = (registrations: Registrations, key: string): string => {
  const [kind, name] = key.split(/:(.*)/s) as [Kind, string];
  if (name === '*') return sha256(registrations.all(kind).map(registrationDigest).join('\n'));
  const found = registrations.get(kind, name);
  return found ? registrationDigest(found) : '-';
};

export const trackedRegistry = (registrations: Registrations, consulted: Consulted): Registry => {
  const note = (kind: Kind, name: string) => {
    const key = `${kind}:${name}`;
    consulted[key] ??= consult(registrations, key);
  };
  const lookup = <K extends Kind>(kind: K): Lookup<Kinds[K]> => ({
    get(name) {
      note(kind, name);
      return registrations.get(kind, name)?.value;
    },
    require(name, at) {
      note(kind, name);
      return registrations.require(kind, name, at).value;
    },
    names: () => registrations.names(kind),
  });
  return {
    ops: lookup('op'),
    macros: lookup('macro'),
    patterns: {
      get: lookup('pattern').get,
      all() {
        note('pattern', '*');
        return registrations.all('pattern').map(({ value }) => value);
      },
    },
    spaces: lookup('space'),
    datasets: lookup('dataset'),
    engines: lookup('engine'),
    targets: lookup('target'),
    strategies: lookup('strategy'),
    latencyPredictors: lookup('latencyPredictor'),
  };
};
