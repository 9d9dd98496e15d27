export { expandSpace } from './expand-space.ts';
export type { ExpandRegistry, SpaceTask } from './expand-space.ts';
export { expandStage } from './expand-stage.ts';
export { readSpaceSource, resolveSpace } from './space-source.ts';
export type { ResolvedSpace, SpaceSource } from './space-source.ts';
