// The built-in plugins and a config's own, set up: for what looks at them without running a pipeline.
import { resolvePlugins, setUpPlugins } from '@nasc/core';
import type { PluginHost } from '@nasc/core';
import type { LoadedConfig } from '@nasc/config';
import { loadBuiltinPlugins } from './builtin-plugins.ts';
import { ownModules } from './own-modules.ts';

/** The built-in ones alone where there is no config. */
export const setUpHost = async (loaded: LoadedConfig | undefined): Promise<PluginHost> => {
  const own = loaded ? await resolvePlugins(loaded.config.plugins, loaded.folder, { alias: ownModules }) : [];
  return setUpPlugins([...(await loadBuiltinPlugins()), ...own]);
};
