// Looking into JSON Schemas: references, types, and how an expectation reads in a sentence.

export type JsonSchema = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The schema that a local reference (`#/$defs/x`) stands for; the schema itself where it is none. */
export const resolveReference = (schema: JsonSchema, root: JsonSchema): JsonSchema => {
  const reference = schema['$ref'];
  if (typeof reference !== 'string' || !reference.startsWith('#/')) return schema;
  let current: unknown = root;
  for (const part of reference.slice(2).split('/')) current = isObject(current) ? current[part] : undefined;
  return isObject(current) ? resolveReference(current, root) : schema;
};

/** The alternatives of a union, references resolved; undefined where the schema is none. */
export const branchesOf = (schema: JsonSchema, root: JsonSchema): readonly JsonSchema[] | undefined => {
  const branches = schema['anyOf'] ?? schema['oneOf'];
  return Array.isArray(branches) ? branches.filter(isObject).map((branch) => resolveReference(branch, root)) : undefined;
};

/** What JSON Schema calls the type of a value. */
export const typeOf = (value: unknown): string => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value;
};

export const acceptsType = (schema: JsonSchema, type: string): boolean => {
  const accepted = schema['type'];
  if (accepted === undefined) return true;
  const types = Array.isArray(accepted) ? (accepted as unknown[]) : [accepted];
  return types.includes(type) || (type === 'number' && types.includes('integer'));
};

const typeNames: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  null: 'null',
};

const literal = (value: unknown): string => JSON.stringify(value);

const rangeOf = (schema: JsonSchema): string => {
  const limits = [
    schema['minimum'] !== undefined && `of at least ${String(schema['minimum'])}`,
    schema['exclusiveMinimum'] !== undefined && `above ${String(schema['exclusiveMinimum'])}`,
    schema['maximum'] !== undefined && `${schema['minimum'] === undefined ? 'of ' : ''}at most ${String(schema['maximum'])}`,
    schema['exclusiveMaximum'] !== undefined && `below ${String(schema['exclusiveMaximum'])}`,
  ].filter(Boolean);
  return limits.length > 0 ? ` ${limits.join(' and ')}` : '';
};

/** `a whole number of at least 1`, `"scratch" or "shared"`: what a schema asks for, to stand after "has to be". */
export const describeExpectation = (given: JsonSchema, root: JsonSchema): string => {
  const schema = resolveReference(given, root);
  if (schema['const'] !== undefined) return literal(schema['const']);
  const choices = schema['enum'];
  if (Array.isArray(choices)) {
    if (choices.length === 1) return literal(choices[0]);
    return `${choices.slice(0, -1).map(literal).join(', ')} or ${literal(choices.at(-1))}`;
  }
  const branches = branchesOf(schema, root);
  if (branches) return [...new Set(branches.map((branch) => describeExpectation(branch, root)))].join(' or ');
  const types = Array.isArray(schema['type']) ? (schema['type'] as string[]) : [String(schema['type'])];
  const names = types.map((type) => typeNames[type] ?? type).join(' or ');
  if (types.includes('string') && typeof schema['pattern'] === 'string') return `${names} that matches ${schema['pattern']}`;
  if (types.includes('string') && schema['minLength'] === 1) return 'a text that is not empty';
  if (types.includes('object') && Array.isArray(schema['required']) && schema['required'].length > 0) {
    return `${names} with ${schema['required'].map((key) => `"${String(key)}"`).join(', ')}`;
  }
  if (types.includes('array') && schema['minItems'] !== undefined) {
    return `${names} of ${schema['minItems'] === schema['maxItems'] ? '' : 'at least '}${String(schema['minItems'])}`;
  }
  return `${names}${rangeOf(schema)}`;
};

/** The value as a sentence shows it; long ones by their kind. */
export const describeValue = (value: unknown): string => {
  if (typeof value === 'string') return value.length <= 60 ? literal(value) : `${literal(value.slice(0, 57))}...`;
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (typeof value === 'function') return 'a function';
  if (isObject(value)) return 'an object';
  return String(value);
};
