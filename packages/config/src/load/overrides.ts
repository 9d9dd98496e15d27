// `--set key.path=value` on the command line: the same keys as in the config, checked by the same schema.
import { DiagnosticError } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';
import { configSchema } from '../generated/config-schema.ts';
import { messages } from '../messages.ts';
import type { Locate } from '../validate/explain-errors.ts';
import { branchesOf, describeValue, isObject, resolveReference } from '../validate/json-schema.ts';
import type { JsonSchema } from '../validate/json-schema.ts';

/** `key.path=value`, as `--set` takes it, or the same with the option that stands for it and that messages name. */
export type Override = string | { readonly set: string; readonly option: string };

interface ParsedOverride {
  readonly keys: readonly string[];
  readonly value: unknown;
}

const textOf = (override: Override): string => (typeof override === 'string' ? override : override.set);
const placeOf = (override: Override): string => (typeof override === 'string' ? `--set ${override}` : override.option);

/** Plain text where it is no JSON: `--set space=mobile-small` needs no quotes. */
const parseValue = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
};

const parseOverride = (text: string): ParsedOverride | undefined => {
  const [, path, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  const keys = path?.split('.') ?? [];
  return value === undefined || keys.includes('') ? undefined : { keys, value: parseValue(value) };
};

const propertySchema = (schema: JsonSchema, key: string): JsonSchema => {
  const items = schema['items'];
  if (/^\d+$/.test(key) && isObject(items)) return items;
  const properties = schema['properties'];
  const property = isObject(properties) && Object.hasOwn(properties, key) ? properties[key] : undefined;
  return isObject(property) ? property : {};
};

/** The object that a text is short for: `cpu` for { name: cpu }, `native` for { train: native, derive: native }. */
const spelledOut = (text: string, schema: JsonSchema): Record<string, string> | undefined => {
  const keys = branchesOf(schema, configSchema)?.find((branch) => isObject(branch['properties']))?.['required'];
  return Array.isArray(keys) ? Object.fromEntries(keys.map((key) => [String(key), text])) : undefined;
};

/** What a key that is absent stands for: its default, so that the rest of it stays when one part is set. */
const startingPoint = (schema: JsonSchema, resolved: JsonSchema): unknown =>
  structuredClone(schema['default'] ?? resolved['default'] ?? {});

type Place = Record<string, unknown> | unknown[];

/** Own keys only, as in JSON: `__proto__` and `constructor` mean nothing special. */
const entryOf = (place: Place, key: string): unknown => (Object.hasOwn(place, key) ? (place as Record<string, unknown>)[key] : undefined);

const setEntry = (place: Place, key: string, value: unknown): void =>
  void Object.defineProperty(place, key, { value, enumerable: true, writable: true, configurable: true });

/** A list takes the numbers of its entries, and one more to append. */
const isIndexOf = (list: readonly unknown[], key: string): boolean => /^(?:0|[1-9]\d*)$/.test(key) && Number(key) <= list.length;

const apply = (config: Record<string, unknown>, { keys, value }: ParsedOverride, at: string): Diagnostic | undefined => {
  let schema: JsonSchema = configSchema;
  let place: Place = config;
  for (const [depth, key] of keys.entries()) {
    if (Array.isArray(place) && !isIndexOf(place, key))
      return messages.overrideIndex(at, keys.slice(0, depth).join('.'), key, place.length);
    if (depth === keys.length - 1) break;
    const own = propertySchema(schema, key);
    schema = resolveReference(own, configSchema);
    let next = entryOf(place, key) ?? startingPoint(own, schema);
    if (typeof next === 'string') next = spelledOut(next, schema) ?? next;
    if (typeof next !== 'object' || next === null)
      return messages.overrideBlocked(at, keys.slice(0, depth + 1).join('.'), describeValue(next));
    setEntry(place, key, next);
    place = next as Place;
  }
  setEntry(place, keys.at(-1)!, value);
  return undefined;
};

/** Sets each `key.path=value` in `config`, in order. Throws a DiagnosticError with every override that sets nothing. */
export const applyOverrides = (config: Record<string, unknown>, overrides: readonly Override[]): void => {
  const diagnostics = overrides.flatMap((override): readonly Diagnostic[] => {
    const parsed = parseOverride(textOf(override));
    if (!parsed) return [messages.overrideMalformed(textOf(override), placeOf(override))];
    const problem = apply(config, parsed, placeOf(override));
    return problem ? [problem] : [];
  });
  if (diagnostics.length > 0) throw new DiagnosticError(diagnostics);
};

/** Whether `value` has something at the pointer. */
const isThere = (value: unknown, pointer: string): boolean => {
  let current = value;
  for (const key of pointer.split('/').slice(1)) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return false;
    current = (current as Record<string, unknown>)[key];
  }
  return true;
};

/** Places that an override set, or made on its way, are named by it: the file, which holds `value`, does not have them. */
export const locateOverrides = (overrides: readonly Override[], value: unknown, elsewhere: Locate): Locate => {
  const places = overrides.map((override) => ({
    at: placeOf(override),
    pointer: `/${(parseOverride(textOf(override))?.keys ?? []).join('/')}`,
  }));
  return (pointer) => {
    const within = places.findLast((place) => pointer === place.pointer || pointer.startsWith(`${place.pointer}/`));
    const made = isThere(value, pointer) ? undefined : places.findLast((place) => place.pointer.startsWith(`${pointer}/`));
    return (within ?? made)?.at ?? elsewhere(pointer);
  };
};
