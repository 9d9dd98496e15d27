// node:util's parser with messages that help: every problem at once, with did-you-mean.
import { parseArgs } from 'node:util';
import { DiagnosticError } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';
import { messages } from '../messages.ts';
import { usageOf } from './command.ts';
import type { Arguments, Command } from './command.ts';

/** Throws a DiagnosticError with everything that is wrong. */
export const parseArguments = (command: Command, argv: readonly string[]): Arguments => {
  const { tokens } = parseArgs({
    args: [...argv],
    strict: false,
    tokens: true,
    allowPositionals: true,
    options: Object.fromEntries(
      Object.entries(command.options).map(([name, { value, multiple, short }]) => [
        name,
        { type: value ? ('string' as const) : ('boolean' as const), multiple: multiple ?? false, ...(short !== undefined && { short }) },
      ]),
    ),
  });
  const diagnostics: Diagnostic[] = [];
  const positionals: string[] = [];
  const given = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const option = command.options[token.name];
    if (!option) {
      const known = Object.keys(command.options).map((name) => `--${name}`);
      diagnostics.push(messages.unknownOption(token.rawName, command.name, known));
    } else if (option.value && (token.value === undefined || (token.inlineValue === false && token.value.startsWith('-')))) {
      diagnostics.push(messages.optionNeedsValue(token.rawName, option.value));
    } else if (!option.value && token.value !== undefined) {
      diagnostics.push(messages.optionTakesNoValue(token.rawName));
    } else {
      given.set(token.name, [...(given.get(token.name) ?? []), token.value ?? '']);
    }
  }
  // After an unknown option its value looks like an argument; that is not told twice.
  if (diagnostics.length === 0) {
    for (const argument of positionals.slice(command.maximumPositionals)) {
      diagnostics.push(messages.tooManyArguments(command.name, argument, usageOf(command)));
    }
  }
  if (diagnostics.length > 0) throw new DiagnosticError(diagnostics);
  return {
    positionals,
    flag: (name) => given.has(name),
    value: (name) => given.get(name)?.at(-1),
    values: (name) => given.get(name) ?? [],
  };
};
