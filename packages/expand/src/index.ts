export { expandSpace } from './expand-space.ts';
export type { ExpandRegistry, SpaceTask } from './expand-space.ts';
export { expandStage } from './expand-stage.ts';
export { pointerOf, readSpace, readSpaceSource } from './space-source.ts';
export type { SpaceSource } from './space-source.ts';
