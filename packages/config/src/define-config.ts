// Types for a config in TypeScript or JavaScript.
import type { UserConfig } from './generated/user-config.ts';

/** Returns its argument: `export default defineConfig({ ... })` gives completion and types in any editor. */
export const defineConfig = (config: UserConfig): UserConfig => config;
