export { pixel1 } from './pixel1.ts';
export { targetProfile } from './plugin.ts';
export { pixel1Target, profileTarget } from './profile-target.ts';
