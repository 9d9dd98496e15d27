// The one way by which data that a user wrote is checked: ajv, all problems at once, defaults filled in.
import { DiagnosticError } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import { messages } from '../messages.ts';
import { explainErrors } from './explain-errors.ts';
import type { Locate } from './explain-errors.ts';
import type { JsonSchema } from './json-schema.ts';

const compiled = new WeakMap<JsonSchema, ValidateFunction>();

const compile = (schema: JsonSchema): ValidateFunction => {
  let validate = compiled.get(schema);
  if (!validate) {
    // A fresh instance each: two plugins may give their schemas the same $id. `verbose` keeps the schema with each error.
    validate = new Ajv2020({ allErrors: true, useDefaults: true, verbose: true, strict: false }).compile(schema);
    compiled.set(schema, validate);
  }
  return validate;
};

let metaSchema: Ajv2020 | undefined;

/** Why a schema is no JSON Schema, in a clause; undefined where it is one. */
export const schemaProblem = (schema: JsonSchema): string | undefined => {
  metaSchema ??= new Ajv2020({ strict: false });
  if (metaSchema.validateSchema(schema) === true) return undefined;
  const [error] = metaSchema.errors ?? [];
  return `${error?.instancePath || '/'} ${error?.message ?? 'is wrong'}`;
};

/** A copy of plain objects and lists; functions and instances of classes are taken over as they are. */
export const copyData = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(copyData);
  if (typeof value !== 'object' || value === null) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copyData(item)]));
};

export interface Checked {
  /** The value with defaults filled in; of use only where there are no diagnostics. */
  readonly value: unknown;
  readonly diagnostics: readonly Diagnostic[];
}

/** `value` itself receives the defaults: pass a copy. */
export const checkValue = (schema: JsonSchema, value: unknown, locate: Locate): Checked => {
  const validate = compile(schema);
  const diagnostics = validate(value) ? [] : explainErrors(validate.errors ?? [], schema, locate);
  return { value, diagnostics };
};

/** `nasc.config.json` -> pointers after `#`; `file#/space` -> pointers appended. */
export const locateIn =
  (place: string): Locate =>
  (pointer) => {
    if (pointer === '') return place;
    return place.includes('#') ? `${place}${pointer}` : `${place}#${pointer}`;
  };

/**
 * Checks a plugin's options against the plugin's JSON Schema and fills in defaults; the options given stay as they are.
 * `place` is where they stand: `nasc.config.json#/targets/0`, or the pointer alone. Throws a DiagnosticError with every
 * problem, and OPTIONS_SCHEMA_INVALID where the schema is none.
 */
export const validateOptions = (schema: JsonSchema, value: unknown, place: string): Readonly<Record<string, unknown>> => {
  try {
    compile(schema);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DiagnosticError([messages.schemaInvalid(place, reason)], { cause });
  }
  const locate = place.startsWith('/') ? (pointer: string) => `${place}${pointer}` : locateIn(place);
  const checked = checkValue(schema, copyData(value ?? {}), locate);
  if (checked.diagnostics.length > 0) throw new DiagnosticError(checked.diagnostics);
  return checked.value as Readonly<Record<string, unknown>>;
};
