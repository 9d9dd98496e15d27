// Attributes against the JSON schema of their op or macro: every problem at once, defaults filled in.
import { DiagnosticError, didYouMean } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import type { Attributes } from '../graph.ts';
import { messages } from '../messages.ts';

/** What has attributes: an op or a macro. */
export interface AttributeOwner {
  readonly name: string;
  readonly attributesSchema: Readonly<Record<string, unknown>>;
}

const ajv = new Ajv2020({ allErrors: true, useDefaults: true, verbose: true, strictTypes: false });
const validators = new WeakMap<object, ValidateFunction>();

/** Each schema is compiled once. */
const validatorOf = (owner: AttributeOwner): ValidateFunction => {
  let validate = validators.get(owner.attributesSchema);
  if (!validate) {
    validate = ajv.compile(owner.attributesSchema);
    validators.set(owner.attributesSchema, validate);
  }
  return validate;
};

type SchemaNode = { readonly properties?: Readonly<Record<string, { readonly description?: string }>> };

const typeNames: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
  object: 'an object',
  string: 'a text',
};

const problemOf = (error: ErrorObject, allowed: readonly unknown[] | undefined): string => {
  if (allowed) return `must be one of ${allowed.map((value) => JSON.stringify(value)).join(', ')}`;
  const type = error.keyword === 'type' ? typeNames[String(error.params['type'])] : undefined;
  return type === undefined ? error.message! : `must be ${type}`;
};

const diagnosticOf = (owner: AttributeOwner, error: ErrorObject, at: string): Diagnostic => {
  const path = error.instancePath.slice(1).replaceAll('/', '.');
  const name = (last: string) => (path ? `${path}.${last}` : last);
  // A place in a file can be made exact; a node's id stays as it is.
  const place = at.includes('#') ? `${at}${error.instancePath}` : at;
  const properties = (error.parentSchema as SchemaNode | undefined)?.properties ?? {};
  if (error.keyword === 'additionalProperties') {
    const unknown = error.params['additionalProperty'] as string;
    return messages.attributeUnknown(owner.name, name(unknown), Object.keys(properties), at.includes('#') ? `${place}/${unknown}` : place);
  }
  if (error.keyword === 'required') {
    const missing = error.params['missingProperty'] as string;
    return messages.attributeMissing(owner.name, name(missing), properties[missing]?.description, place);
  }
  const allowed = error.params['allowedValues'] as readonly unknown[] | undefined;
  const close =
    allowed && typeof error.data === 'string'
      ? didYouMean(
          error.data,
          allowed.filter((value) => typeof value === 'string'),
        )
      : undefined;
  const problem = problemOf(error, allowed);
  const diagnostic = messages.attributeInvalid(owner.name, path || 'attributes', problem, error.data, place);
  return close ? { ...diagnostic, hint: `Did you mean "${close}"?` } : diagnostic;
};

/** What is wrong with the attributes, and the attributes with defaults filled in (meaningful only where nothing is wrong). */
export const checkAttributes = (
  owner: AttributeOwner,
  attributes: Attributes,
  at: string,
): { readonly attributes: Attributes; readonly problems: readonly Diagnostic[] } => {
  const completed = structuredClone(attributes) as Attributes;
  const validate = validatorOf(owner);
  if (validate(completed)) return { attributes: completed, problems: [] };
  return { attributes: completed, problems: validate.errors!.map((error) => diagnosticOf(owner, error, at)) };
};

/** The attributes with defaults filled in. Throws every IR_ATTRIBUTE_... problem at once. */
export const completeAttributes = (owner: AttributeOwner, attributes: Attributes, at: string): Attributes => {
  const checked = checkAttributes(owner, attributes, at);
  if (checked.problems.length > 0) throw new DiagnosticError(checked.problems);
  return checked.attributes;
};

/** Whether the schema declares an attribute of this name. */
export const takesAttribute = (owner: AttributeOwner, name: string): boolean => {
  const { properties } = owner.attributesSchema as { properties?: Readonly<Record<string, unknown>> };
  return properties !== undefined && Object.hasOwn(properties, name);
};
