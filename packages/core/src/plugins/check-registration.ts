// Whether what a plugin registers is whole: types say so to those who use them, this to everybody, before anything runs.
import { describeFailure, schemaProblem } from '@nasc/config';
import { DiagnosticError } from '@nasc/diagnostics';
import { checkAttributes, TypeInferenceError } from '@nasc/ir';
import type { Attributes, OpDefinition } from '@nasc/ir';
import type { Kind } from './registrations.ts';

type Form = 'text' | 'function' | 'object' | 'list' | 'number or { atLeast }';

const isForm: Readonly<Record<Form, (value: unknown) => boolean>> = {
  text: (value) => typeof value === 'string',
  function: (value) => typeof value === 'function',
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  list: Array.isArray,
  'number or { atLeast }': (value) =>
    typeof value === 'number' || typeof (value as { atLeast?: unknown } | undefined)?.atLeast === 'number',
};

/** What each kind cannot do without. */
const needs: Readonly<Record<Kind | 'pass', Readonly<Record<string, Form>>>> = {
  op: {
    doc: 'text',
    attributesSchema: 'object',
    arity: 'number or { atLeast }',
    inferType: 'function',
    lower: 'object',
    examples: 'list',
  },
  macro: { doc: 'text', attributesSchema: 'object', expand: 'function', examples: 'list' },
  pattern: { doc: 'text', chain: 'list', lower: 'object', examples: 'list' },
  space: { description: 'text', space: 'object' },
  dataset: { description: 'text', optionsSchema: 'object', load: 'function' },
  engine: { description: 'text', probe: 'function', compile: 'function' },
  target: { description: 'text', optionsSchema: 'object', create: 'function' },
  strategy: { description: 'text', optionsSchema: 'object', requirements: 'object', search: 'function' },
  latencyPredictor: { description: 'text', optionsSchema: 'object', create: 'function' },
  pass: { run: 'function' },
};

const describe = (value: unknown): string =>
  value === undefined ? 'missing' : `${Array.isArray(value) ? 'a list' : value === null ? 'null' : `a ${typeof value}`}`;

const firstMissing = (value: object, needed: Readonly<Record<string, Form>>): string | undefined => {
  for (const [key, form] of Object.entries(needed)) {
    const found = (value as Record<string, unknown>)[key];
    if (!isForm[form](found))
      return found === undefined ? `"${key}" (a ${form}) is missing` : `"${key}" has to be a ${form}, and is ${describe(found)}`;
  }
  return undefined;
};

const exampleProblem = (op: OpDefinition): string | undefined => {
  for (const { name, attributes, inputs } of op.examples) {
    const { attributes: completed, problems } = checkAttributes(op, attributes as Attributes, name);
    if (problems[0]) return `example "${name}": ${problems[0].message.replace(/\.$/, '')}`;
    const count = typeof op.arity === 'number' ? op.arity : Math.max(op.arity.atLeast, inputs.length);
    if (inputs.length !== count) return `example "${name}" has ${inputs.length} inputs, and the op takes ${count}`;
    try {
      op.inferType(completed, inputs);
    } catch (cause) {
      if (!(cause instanceof TypeInferenceError)) throw cause;
      return `example "${name}": ${cause.message}`;
    }
  }
  return undefined;
};

/** What is wrong with a definition, as a clause; undefined where nothing is. */
export const registrationProblem = (kind: Kind | 'pass', value: unknown): string | undefined => {
  if (!isForm.object(value)) return `it is ${describe(value)}, not an object`;
  const definition = value as { readonly name: string; readonly [key: string]: unknown };
  if (typeof definition.name !== 'string' || definition.name === '') return '"name" (a text) is missing';
  const missing = firstMissing(definition, needs[kind]);
  if (missing) return missing;
  for (const key of ['attributesSchema', 'optionsSchema']) {
    const problem = key in needs[kind] ? schemaProblem(definition[key] as Readonly<Record<string, unknown>>) : undefined;
    if (problem) return `"${key}" is no JSON Schema: ${problem}`;
  }
  try {
    return kind === 'op' ? exampleProblem(value as OpDefinition) : undefined;
  } catch (cause) {
    if (cause instanceof DiagnosticError) throw cause;
    return `its code fails on its own examples: ${describeFailure(cause)}`;
  }
};

const targetNeeds: Readonly<Record<string, Form>> = {
  options: 'object',
  capabilities: 'object',
  device: 'function',
  supports: 'function',
  legalize: 'list',
  kernels: 'list',
  emit: 'function',
};

/** The same for what the `create` of target `name` returned. */
export const targetProblem = (target: unknown, name: string): string | undefined => {
  if (!isForm.object(target)) return `\`create\` returned ${target === undefined ? 'nothing' : describe(target)}`;
  const missing = firstMissing(target as object, targetNeeds);
  if (missing) return `of what \`create\` returned, ${missing}`;
  const { name: own } = target as { readonly name?: unknown };
  return own === name ? undefined : `\`create\` returned a target with the name ${JSON.stringify(own)}`;
};
