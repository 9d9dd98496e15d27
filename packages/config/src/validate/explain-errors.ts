// From what ajv reports to what the user reads: one diagnostic for each thing that is wrong.
import { didYouMean } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';
import type { ErrorObject } from 'ajv/dist/2020.js';
import { messages } from '../messages.ts';
import { acceptsType, branchesOf, describeExpectation, describeValue, isObject, resolveReference, typeOf } from './json-schema.ts';
import type { JsonSchema } from './json-schema.ts';

/** JSON pointer -> what stands in a diagnostic's `at`. */
export type Locate = (pointer: string) => string;

const tokensOf = (pointer: string): readonly string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));

const escapeToken = (token: string): string => token.replaceAll('~', '~0').replaceAll('/', '~1');

/** `/targets/0/name` -> `targets[0].name`, as it would be written in code. */
export const pathOf = (pointer: string): string =>
  tokensOf(pointer).reduce((path, token) => (/^\d+$/.test(token) ? `${path}[${token}]` : path ? `${path}.${token}` : token), '');

const schemaOf = (error: ErrorObject): JsonSchema => (isObject(error.parentSchema) ? error.parentSchema : {});

const propertiesOf = (schema: JsonSchema): Readonly<Record<string, JsonSchema>> =>
  isObject(schema['properties']) ? (schema['properties'] as Record<string, JsonSchema>) : {};

/** Every schema object within a schema, references followed: errors name the one that they come from by identity. */
const partsOf = (schema: JsonSchema, root: JsonSchema, found = new Set<unknown>()): Set<unknown> => {
  if (found.has(schema)) return found;
  found.add(schema);
  const target = resolveReference(schema, root);
  if (target !== schema) partsOf(target, root, found);
  for (const value of Object.values(schema)) {
    for (const inner of Array.isArray(value) ? value : [value]) if (isObject(inner)) partsOf(inner, root, found);
  }
  return found;
};

/** The alternative that was meant: the only one whose type fits, or whose constants do; another value than a constant means none. */
const meantBranch = (branches: readonly JsonSchema[], value: unknown): JsonSchema | undefined => {
  const fitting = branches.filter((branch) => acceptsType(branch, typeOf(value)) && (branch['const'] ?? value) === value);
  if (fitting.length <= 1) return fitting[0];
  return fitting.find((branch) => {
    const constants = Object.entries(propertiesOf(branch)).filter(([, property]) => property['const'] !== undefined);
    return constants.length > 0 && isObject(value) && constants.every(([key, property]) => value[key] === property['const']);
  });
};

/** Of each union that failed, only the errors of the alternative that was meant; its own error where none was. */
const dropOtherBranches = (errors: readonly ErrorObject[], root: JsonSchema): readonly ErrorObject[] => {
  let kept = errors;
  for (const union of errors.filter(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf')) {
    const branches = branchesOf(schemaOf(union), root) ?? [];
    const meant = meantBranch(branches, union.data);
    const ofMeant = meant ? partsOf(meant, root) : new Set();
    const ofOthers = new Set(branches.flatMap((branch) => [...partsOf(branch, root)]));
    const within = ({ instancePath }: ErrorObject) =>
      instancePath === union.instancePath || instancePath.startsWith(`${union.instancePath}/`);
    const explains = kept.some((error) => error !== union && within(error) && ofMeant.has(error.parentSchema));
    kept = kept.filter((error) => {
      if (error === union) return !explains;
      return !within(error) || !ofOthers.has(error.parentSchema) || (explains && ofMeant.has(error.parentSchema));
    });
  }
  return kept;
};

/** One diagnostic for each problem, in the order of the schema. */
export const explainErrors = (reported: readonly ErrorObject[], root: JsonSchema, locate: Locate): readonly Diagnostic[] => {
  const errors = dropOtherBranches(reported, root);
  const wrongValues = new Set<string>();
  return errors.flatMap((error): readonly Diagnostic[] => {
    const schema = schemaOf(error);
    const path = pathOf(error.instancePath);
    if (error.keyword === 'additionalProperties' || error.keyword === 'unevaluatedProperties') {
      const key = String(error.params['additionalProperty'] ?? error.params['unevaluatedProperty']);
      const known = Object.keys(propertiesOf(schema)).filter((name) => name !== '$schema');
      const help = typeof schema['hint'] === 'string' ? schema['hint'] : undefined;
      return [messages.unknownKey(key, path, known, locate(`${error.instancePath}/${escapeToken(key)}`), help)];
    }
    if (error.keyword === 'required') {
      const key = String(error.params['missingProperty']);
      const property = propertiesOf(schema)[key] ?? {};
      const description = property['description'] ?? resolveReference(property, root)['description'];
      const unknown = Object.keys(error.data as object).filter((name) => !(name in propertiesOf(schema)));
      const text = typeof description === 'string' ? description : undefined;
      return [messages.missingKey(path ? `${path}.${key}` : key, text, didYouMean(key, unknown), locate(error.instancePath))];
    }
    // A value that is wrong in two ways (its type and its range) is one problem.
    if (wrongValues.has(error.instancePath)) return [];
    wrongValues.add(error.instancePath);
    const choices = Array.isArray(schema['enum']) ? schema['enum'].filter((choice) => typeof choice === 'string') : [];
    const suggestion = typeof error.data === 'string' ? didYouMean(error.data, choices) : undefined;
    // The keyword `hint` of a schema is what helps where its value, or a key in it, is wrong.
    const hint = suggestion === undefined ? schema['hint'] : `Did you mean "${suggestion}"?`;
    const expected = describeExpectation(schema, root);
    const at = locate(error.instancePath);
    return [messages.wrongValue(path, expected, describeValue(error.data), at, typeof hint === 'string' ? hint : undefined)];
  });
};
