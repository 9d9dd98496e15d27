// Everything that this package tells the user. Codes are permanent.
import { didYouMean, errorDiagnostic } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';
import type { NodeId } from './graph.ts';

const suggestion = (name: string, known: readonly string[]): string => {
  const close = didYouMean(name, known);
  if (close) return `Did you mean "${close}"?`;
  return known.length > 0 ? `Known: ${known.join(', ')}.` : 'None is registered.';
};

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

export const messages = {
  unknownOp: (op: string, known: readonly string[], at: string): Diagnostic =>
    errorDiagnostic('IR_UNKNOWN_OP', `There is no op "${op}".`, { at, hint: suggestion(op, known) }),

  unknownMacro: (macro: string, known: readonly string[], at: string): Diagnostic =>
    errorDiagnostic('IR_UNKNOWN_MACRO', `There is no macro "${macro}".`, { at, hint: suggestion(macro, known) }),

  attributeUnknown: (owner: string, attribute: string, known: readonly string[], at: string): Diagnostic =>
    errorDiagnostic('IR_ATTRIBUTE_UNKNOWN', `${owner} has no attribute "${attribute}".`, {
      at,
      hint: known.length > 0 ? suggestion(attribute, known) : 'It takes none.',
    }),

  attributeMissing: (owner: string, attribute: string, meaning: string | undefined, at: string): Diagnostic =>
    errorDiagnostic('IR_ATTRIBUTE_MISSING', `${owner} needs the attribute "${attribute}".`, { at, ...(meaning && { hint: meaning }) }),

  attributeInvalid: (owner: string, attribute: string, problem: string, value: unknown, at: string): Diagnostic =>
    errorDiagnostic('IR_ATTRIBUTE_INVALID', `${owner}: "${attribute}" ${problem}, not ${JSON.stringify(value)}.`, { at }),

  duplicateId: (id: NodeId): Diagnostic =>
    errorDiagnostic('IR_DUPLICATE_ID', `There are two values with the id "${id}".`, { at: id, hint: 'Give one of them another name.' }),

  inputUndefined: (node: NodeId, input: NodeId, later: boolean): Diagnostic =>
    errorDiagnostic(
      'IR_INPUT_UNDEFINED',
      `"${node}" reads "${input}", ${later ? 'which is only defined after it' : 'which does not exist'}.`,
      { at: node },
    ),

  wrongArity: (node: NodeId, op: string, expected: number | { readonly atLeast: number }, found: number): Diagnostic =>
    errorDiagnostic(
      'IR_WRONG_ARITY',
      `${op} takes ${typeof expected === 'number' ? count(expected, 'input') : `at least ${count(expected.atLeast, 'input')}`}, not ${found}.`,
      { at: node },
    ),

  inferenceFailed: (problem: string, at: string): Diagnostic =>
    errorDiagnostic('IR_SHAPES_DO_NOT_FIT', `${problem.charAt(0).toUpperCase()}${problem.slice(1)}.`, { at }),

  wrongType: (node: NodeId, stored: string, inferred: string): Diagnostic =>
    errorDiagnostic('IR_WRONG_TYPE', `"${node}" is stored as ${stored}, but gives ${inferred}.`, { at: node }),

  dtype: (id: NodeId, dtype: string): Diagnostic =>
    errorDiagnostic('IR_DTYPE', `"${id}" has the type ${dtype}; only float32 is supported.`, { at: id }),

  groupMissing: (node: NodeId, group: string): Diagnostic =>
    errorDiagnostic('IR_GROUP_MISSING', `"${node}" belongs to the group "${group}", which the graph does not have.`, { at: node }),

  outputMissing: (output: NodeId): Diagnostic =>
    errorDiagnostic('IR_OUTPUT_MISSING', `The output "${output}" is no value of the graph.`, { at: output }),

  noOutput: (): Diagnostic => errorDiagnostic('IR_NO_OUTPUT', 'The graph has no output.'),

  noCandidates: (choice: NodeId): Diagnostic =>
    errorDiagnostic('IR_NO_CANDIDATES', 'A choice needs at least one candidate.', { at: choice }),

  duplicateCandidate: (name: string, at: string): Diagnostic =>
    errorDiagnostic('IR_DUPLICATE_CANDIDATE', `Two candidates of one choice are called "${name}".`, {
      at,
      hint: 'Give one of them a "name" of its own.',
    }),

  candidateType: (candidate: string, found: string, expected: string, at: string): Diagnostic =>
    errorDiagnostic('IR_CANDIDATE_TYPE', `Candidate "${candidate}" gives ${found}; the choice gives ${expected}.`, {
      at,
      hint: 'All candidates of a choice have the same output.',
    }),

  regionInputs: (candidate: string, found: readonly string[], expected: readonly string[], at: string): Diagnostic =>
    errorDiagnostic(
      'IR_REGION_INPUTS',
      `Candidate "${candidate}" takes (${found.join(', ')}); the choice is given (${expected.join(', ')}).`,
      { at },
    ),

  regionOutputs: (candidate: string, found: number, at: string): Diagnostic =>
    errorDiagnostic('IR_REGION_OUTPUTS', `Candidate "${candidate}" has ${found} outputs; a candidate has one.`, { at }),

  nestedChoice: (choice: NodeId): Diagnostic =>
    errorDiagnostic('IR_NESTED_CHOICE', 'A candidate cannot contain a choice.', {
      at: choice,
      hint: 'Use the macro as a block of its own, not as a candidate.',
    }),

  jsonInvalid: (problem: string, at: string): Diagnostic => errorDiagnostic('IR_JSON_INVALID', `Not a graph: ${problem}.`, { at }),
};
