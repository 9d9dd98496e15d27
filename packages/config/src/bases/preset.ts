// What a preset is.
import type { UserConfig } from '../generated/user-config.ts';

/** Any part of a config; the data set is the user's. */
export type Preset = Partial<Omit<UserConfig, 'task'>> & { readonly task?: Partial<UserConfig['task']> };
