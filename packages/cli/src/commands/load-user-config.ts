// The config that a command works on, with the options that stand for keys of it.
import { fileURLToPath } from 'node:url';
import { loadConfig } from '@nasc/config';
import type { LoadedConfig } from '@nasc/config';

/** A config may import `nasc` where it is not installed beside it: it gets the one that is running. */
const ownModule = (): string => {
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
  return fileURLToPath(new URL(`../index${extension}`, import.meta.url));
};

export const loadUserConfig = (path: string | undefined, folder: string, overrides: readonly string[] = []): Promise<LoadedConfig> =>
  loadConfig(path, { folder, overrides, alias: { nasc: ownModule() } });
