// `--network NAME`: a config that has this network alone, so that nothing is searched for the others.
import { networksOf, targetLabel } from '@nasc/config';
import type { LoadedConfig } from '@nasc/config';
import { DiagnosticError } from '@nasc/diagnostics';
import { messages } from '../../messages.ts';

/** All networks where none is named. What is stored of it serves the whole config too: names are in no key. Throws CLI_UNKNOWN_CHOICE. */
export const onlyNetwork = (loaded: LoadedConfig, name: string | undefined): LoadedConfig => {
  if (name === undefined) return loaded;
  const { config, locate } = loaded;
  const networks = networksOf(config);
  const network = networks.find((candidate) => candidate.name === name);
  const known = networks.map((candidate) => candidate.name);
  if (!network) throw new DiagnosticError([messages.unknownChoice('--network', 'network', name, known)]);
  const index = config.targets.findIndex((target) => targetLabel(target) === network.target);
  const target = config.targets[index]!;
  return {
    ...loaded,
    // Of one set of limits a network is called as its target is.
    config: {
      ...config,
      targets: [{ ...(typeof target === 'string' ? { name: target } : target), as: name }],
      constraints: network.limits,
    },
    locate: (pointer) => locate(pointer.replace(/^\/targets\/0(?=\/|$)/, `/targets/${index}`)),
  };
};
