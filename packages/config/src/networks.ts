// The networks of a config: one for each target under each set of limits, with the names that results carry.
import type { Config, Limits, TargetConfig } from './generated/config.ts';

export const limitSets = ({ constraints }: Pick<Config, 'constraints'>): readonly Limits[] => [constraints].flat();

/** What a target is called in results. */
export const targetLabel = (target: TargetConfig): string => (typeof target === 'string' ? target : (target.as ?? target.name));

/** `0.5ms`, `share0.7`, `macs3000000-parameters200000`; `unlimited` where nothing is limited. */
export const limitsLabel = ({ name, latencyMs, latencyShare, macs, parameters, memoryBytes, storageBytes }: Limits): string => {
  if (name !== undefined) return name;
  const parts = [
    latencyMs !== undefined && `${latencyMs}ms`,
    latencyShare !== undefined && `share${latencyShare}`,
    macs !== undefined && `macs${macs}`,
    parameters !== undefined && `parameters${parameters}`,
    memoryBytes !== undefined && `memory${memoryBytes}`,
    storageBytes !== undefined && `storage${storageBytes}`,
  ].filter((part) => part !== false);
  return parts.length > 0 ? parts.join('-') : 'unlimited';
};

export interface ConfiguredNetwork {
  /** Unique in a config: the target's label, with the limits' where there are several sets of these. */
  readonly name: string;
  readonly target: string;
  readonly limits: Limits;
}

export const networksOf = (config: Pick<Config, 'targets' | 'constraints'>): readonly ConfiguredNetwork[] => {
  const sets = limitSets(config);
  return config.targets
    .map(targetLabel)
    .flatMap((target) => sets.map((limits) => ({ name: sets.length === 1 ? target : `${target}-${limitsLabel(limits)}`, target, limits })));
};
