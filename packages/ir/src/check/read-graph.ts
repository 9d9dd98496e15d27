// Reads a graph from JSON. A graph is plain data, so writing one is JSON.stringify; reading one is a check of its form.
import { DiagnosticError } from '@nasc/diagnostics';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import type { Graph } from '../graph.ts';
import { messages } from '../messages.ts';
import { graphSchema } from '../generated/graph-schema.ts';

let validator: ValidateFunction<Graph> | undefined;

const problemOf = ({ keyword, message, params }: ErrorObject): string => {
  if (keyword === 'additionalProperties') return `there is no property "${params['additionalProperty']}"`;
  if (keyword === 'discriminator') return `"${params['tag']}" must be op or choice`;
  if (keyword === 'required') return `the property "${params['missingProperty']}" is missing`;
  return keyword === 'enum' ? `it must be one of ${(params['allowedValues'] as readonly string[]).join(', ')}` : `it ${message}`;
};

/**
 * The value as a graph. `place` is where it comes from (a file's path); problems name the JSON pointer in it. Only the form
 * is checked: whether the graph makes sense is `verifyGraph`'s to say. Throws IR_JSON_INVALID, all problems at once.
 */
export const readGraph = (value: unknown, place: string): Graph => {
  validator ??= new Ajv2020({ allErrors: true, allowUnionTypes: true, discriminator: true }).compile<Graph>(graphSchema);
  if (validator(value)) return value;
  throw new DiagnosticError(validator.errors!.map((error) => messages.jsonInvalid(problemOf(error), `${place}#${error.instancePath}`)));
};
