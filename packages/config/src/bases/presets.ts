// Configs that others begin with, by name. A new one is its file and a line here.
import type { Preset } from './preset.ts';
import { proxylessImagenet } from './proxyless-imagenet.ts';

export const presets: Readonly<Record<string, Preset>> = { 'proxyless-imagenet': proxylessImagenet };
