// The pipeline's hooks. Verbs: `modifyX` (waterfall, returns the new X), `resolveX` (bail, first answer wins),
// `before/after/onX` (series, observes).
import { AsyncSeriesHook, AsyncSeriesWaterfallHook, HookMap } from 'tapable';
import type { ArtifactKind, Artifacts } from './artifacts.ts';
import type { PassContext } from './pass.ts';
import type { StageName } from './part.ts';

/** A waterfall for each kind of artifact. */
export interface ArtifactHooks {
  for<K extends ArtifactKind>(kind: K): AsyncSeriesWaterfallHook<[Artifacts[K], PassContext]>;
  get<K extends ArtifactKind>(kind: K): AsyncSeriesWaterfallHook<[Artifacts[K], PassContext]> | undefined;
}

export interface Hooks {
  /** Per pass name: sees the pass's input. */
  readonly beforePass: HookMap<AsyncSeriesHook<[unknown, PassContext]>>;
  /** Per pass name: sees the pass's output. */
  readonly afterPass: HookMap<AsyncSeriesHook<[unknown, PassContext]>>;
  /** Per artifact kind: returns the artifact that the later stages see and that is stored. */
  readonly modifyArtifact: ArtifactHooks;
  readonly beforeStage: AsyncSeriesHook<[StageName]>;
  readonly afterStage: AsyncSeriesHook<[StageName]>;
}

export const createHooks = (): Hooks =>
  Object.freeze({
    beforePass: new HookMap(() => new AsyncSeriesHook<[unknown, PassContext]>(['input', 'context'])),
    afterPass: new HookMap(() => new AsyncSeriesHook<[unknown, PassContext]>(['output', 'context'])),
    modifyArtifact: new HookMap(
      () => new AsyncSeriesWaterfallHook<[Artifacts[ArtifactKind], PassContext]>(['artifact', 'context']),
    ) as unknown as ArtifactHooks,
    beforeStage: new AsyncSeriesHook<[StageName]>(['stage']),
    afterStage: new AsyncSeriesHook<[StageName]>(['stage']),
  });
