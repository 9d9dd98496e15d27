// The config and the space file, checked: what comes out has every default and is what the pipeline reads.
import { DiagnosticError } from '@nasc/diagnostics';
import { applyBases } from '../bases/apply-bases.ts';
import { configSchema } from '../generated/config-schema.ts';
import type { Config } from '../generated/config.ts';
import { spaceSchema } from '../generated/space-schema.ts';
import type { Space } from '../generated/space.ts';
import { checkValue, copyData, locateIn } from './check-value.ts';
import type { Locate } from './explain-errors.ts';
import { findContradictions } from './find-contradictions.ts';
import { isObject } from './json-schema.ts';
import type { JsonSchema } from './json-schema.ts';

/** Copies all but plugin values, which are objects with an identity. */
const copyConfig = (value: unknown): unknown => {
  if (!isObject(value)) return value;
  const { plugins, ...data } = value;
  return { ...(copyData(data) as object), ...(plugins !== undefined && { plugins: Array.isArray(plugins) ? [...plugins] : plugins }) };
};

/** `folder` is what the paths of `extends` start from. */
export const validateLocatedConfig = (value: unknown, locate: Locate, folder: string): Config => {
  const checked = checkValue(configSchema, applyBases(copyConfig(value), { folder, locate, within: [] }), locate);
  if (checked.diagnostics.length > 0) throw new DiagnosticError(checked.diagnostics);
  const config = checked.value as Config;
  const contradictions = findContradictions(config, locate);
  if (contradictions.length > 0) throw new DiagnosticError(contradictions);
  return config;
};

/**
 * The config with defaults and what it extends filled in; `value` stays as it is. `file` is what diagnostics name: `nasc.config.json`;
 * relative paths start from `folder`, the current one when absent. Throws a DiagnosticError with every problem at once.
 */
export const validateConfig = (value: unknown, file: string, folder = '.'): Config => validateLocatedConfig(value, locateIn(file), folder);

const { if: _, else: whole, ...keys } = spaceSchema;
const wholeSpaceSchema: JsonSchema = { ...keys, ...(whole as object) };

/**
 * A space with defaults filled in; what it `extends` has to be in it already (`resolveSpace` of `@nasc/expand`). `place`: its
 * file, or `nasc.config.json#/space`, or where each pointer stands. Throws a DiagnosticError with every problem.
 */
export const validateSpace = (value: unknown, place: string | Locate): Space => {
  const checked = checkValue(wholeSpaceSchema, copyData(value), typeof place === 'string' ? locateIn(place) : place);
  if (checked.diagnostics.length > 0) throw new DiagnosticError(checked.diagnostics);
  return checked.value as Space;
};
