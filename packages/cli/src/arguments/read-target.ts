// The target that an option of the command line means.
import { parseJson } from '@nasc/config';
import type { LoadedConfig } from '@nasc/config';

export interface NamedTarget {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** `NAME`, with the options that the config gives it, or `{ "name", ...options }`. */
export const readTarget = (text: string, loaded: LoadedConfig | undefined): NamedTarget => {
  const given = text.startsWith('{')
    ? (parseJson(text, '--target') as { readonly name?: unknown; readonly [option: string]: unknown })
    : loaded?.config.targets.find((target) => typeof target !== 'string' && target.name === text);
  if (given === undefined || typeof given === 'string') return { name: text, options: {} };
  const { name, ...options } = given;
  return { name: String(name), options };
};
