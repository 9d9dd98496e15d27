// Configs that others begin with, by name. A new one is its file and a line here.
import type { UserConfig } from '../generated/user-config.ts';
import { proxylessImagenet } from './proxyless-imagenet.ts';

/** Any part of a config; the data set is the user's. */
export type Preset = Partial<Omit<UserConfig, 'task'>> & { readonly task?: Partial<UserConfig['task']> };

export const presets: Readonly<Record<string, Preset>> = { 'proxyless-imagenet': proxylessImagenet };
