// A part of a stage: the passes between stored artifacts. Most stages have one; `derive` has three and `export` two.
import type { Config } from '@nasc/config';
import type { ArtifactKind, Artifacts } from './artifacts.ts';
import type { Pass } from './pass.ts';

export const stageNames = ['expand', 'train', 'annotate', 'derive', 'export', 'codegen'] as const;
export type StageName = (typeof stageNames)[number];

export type ConsumedArtifacts<C extends ArtifactKind> = { readonly [K in C]: Artifacts[K] };

/**
 * The first pass receives the consumed artifacts, each pass the output of the one before, and the last gives the
 * produced artifact.
 */
export interface StagePart<C extends ArtifactKind = ArtifactKind, P extends ArtifactKind = ArtifactKind> {
  readonly stage: StageName;
  readonly name: string;
  readonly consumes: readonly C[];
  readonly produces: P;
  /** Whether it runs once, once per target, or once for every network: for each target under each set of limits. */
  readonly per: 'run' | 'target' | 'network';
  /** Whether it is left out unless its artifact is asked for (`RunOptions.make`), or a part that runs consumes it. */
  readonly onDemand?: boolean;
  /** Whether results depend on the training engine, the data, the device, or the network's limits: each then enters the key. */
  readonly dependsOn: readonly ('engine' | 'data' | 'device' | 'limits')[];
  /**
   * The part of the config that is read, with the content of files that it names: nothing else of it may influence the
   * result. `folder` is what relative paths start from.
   */
  readonly reads: (config: Config, folder: string) => unknown;
  readonly passes: readonly Pass<never, unknown>[];
}

export const definePart = <C extends ArtifactKind, P extends ArtifactKind>(
  part: Omit<StagePart<C, P>, 'passes'> & {
    readonly passes:
      | readonly [Pass<ConsumedArtifacts<C>, unknown>, ...Pass<never, unknown>[]]
      | readonly [Pass<ConsumedArtifacts<C>, Artifacts[P]>];
  },
): StagePart => part as unknown as StagePart;
