// `--set key.path=value` on the command line: the same keys as in the config, checked by the same schema.
import { DiagnosticError } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';
import { configSchema } from '../generated/config-schema.ts';
import { messages } from '../messages.ts';
import type { Locate } from '../validate/explain-errors.ts';
import { branchesOf, describeValue, isObject, resolveReference } from '../validate/json-schema.ts';
import type { JsonSchema } from '../validate/json-schema.ts';

interface Override {
  readonly text: string;
  readonly keys: readonly string[];
  readonly value: unknown;
}

/** Plain text where it is no JSON: `--set space=mobile-small` needs no quotes. */
const parseValue = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
};

const parseOverride = (text: string): Override | undefined => {
  const [, path, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  const keys = path?.split('.') ?? [];
  return value === undefined || keys.includes('') ? undefined : { text, keys, value: parseValue(value) };
};

const propertySchema = (schema: JsonSchema, key: string): JsonSchema => {
  const items = schema['items'];
  if (/^\d+$/.test(key) && isObject(items)) return items;
  const properties = schema['properties'];
  const property = isObject(properties) ? properties[key] : undefined;
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

const apply = (config: Record<string, unknown>, { text, keys, value }: Override): Diagnostic | undefined => {
  let schema: JsonSchema = configSchema;
  let place: Record<string, unknown> | unknown[] = config;
  for (const [depth, key] of keys.slice(0, -1).entries()) {
    const own = propertySchema(schema, key);
    schema = resolveReference(own, configSchema);
    const entries = place as Record<string, unknown>;
    let next = entries[key] ?? startingPoint(own, schema);
    if (typeof next === 'string') next = spelledOut(next, schema) ?? next;
    if (typeof next !== 'object' || next === null)
      return messages.overrideBlocked(text, keys.slice(0, depth + 1).join('.'), describeValue(next));
    entries[key] = next;
    place = next as Record<string, unknown> | unknown[];
  }
  (place as Record<string, unknown>)[keys.at(-1)!] = value;
  return undefined;
};

/** Sets each `key.path=value` in `config`, in order. Throws a DiagnosticError with every override that sets nothing. */
export const applyOverrides = (config: Record<string, unknown>, texts: readonly string[]): void => {
  const diagnostics = texts.flatMap((text): readonly Diagnostic[] => {
    const override = parseOverride(text);
    if (!override) return [messages.overrideMalformed(text)];
    const problem = apply(config, override);
    return problem ? [problem] : [];
  });
  if (diagnostics.length > 0) throw new DiagnosticError(diagnostics);
};

/** Places that an override set are named by it: the file does not hold them. */
export const locateOverrides = (texts: readonly string[], elsewhere: Locate): Locate => {
  const pointers = texts.map((text) => ({ text, pointer: `/${(parseOverride(text)?.keys ?? []).join('/')}` }));
  return (pointer) => {
    const set = pointers.findLast((override) => pointer === override.pointer || pointer.startsWith(`${override.pointer}/`));
    return set ? `--set ${set.text}` : elsewhere(pointer);
  };
};
