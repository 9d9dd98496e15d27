// The command line: finds the command, and turns whatever is thrown into a text and an exit code.
import { readFile } from 'node:fs/promises';
import { DiagnosticError, formatDiagnostics } from '@nasc/diagnostics';
import { commandHelp, generalHelp } from './arguments/help.ts';
import type { Command } from './arguments/command.ts';
import { commands } from './arguments/commands.ts';
import { parseArguments } from './arguments/parse-arguments.ts';
import { printJson, printLine, useColour } from './io.ts';
import type { Io } from './io.ts';
import { messages } from './messages.ts';

/** The user's to mend. */
const userError = 1;
/** Ours to mend. */
const bug = 2;

const version = async (): Promise<string> => {
  const manifest = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  return manifest.version;
};

const reportBug = async (error: unknown, argv: readonly string[], { stderr }: Io): Promise<number> => {
  const stack = error instanceof Error ? (error.stack ?? String(error)) : String(error);
  printLine(
    stderr,
    `This is a bug in nasc. Please report it, with these lines:

nasc ${await version()}, Node ${process.versions.node}, ${process.platform} ${process.arch}
nasc ${argv.join(' ')}
${stack}`,
  );
  return bug;
};

/** The command that the words begin with, the longest name first, and the words behind it. */
const findCommand = (words: readonly string[]): { readonly command: Command; readonly rest: readonly string[] } => {
  for (const count of [2, 1]) {
    const command = commands.find((candidate) => candidate.name === words.slice(0, count).join(' '));
    if (command) return { command, rest: words.slice(count) };
  }
  const known = commands.map((candidate) => candidate.name);
  throw new DiagnosticError([messages.unknownCommand(words[0]!, known)]);
};

const dispatch = async (argv: readonly string[], io: Io): Promise<number> => {
  const [name = '--help', ...words] = argv;
  if (['--help', '-h', 'help'].includes(name)) {
    printLine(io.stdout, words.length === 0 ? generalHelp() : commandHelp(findCommand(words).command));
    return 0;
  }
  if (['--version', '-v'].includes(name)) {
    printLine(io.stdout, await version());
    return 0;
  }
  const { command, rest } = findCommand(argv);
  const parsed = parseArguments(command, rest);
  if (parsed.flag('help')) {
    printLine(io.stdout, commandHelp(command));
    return 0;
  }
  return (await command.load())(parsed, io);
};

/** Runs the command line; returns the exit code: 0, 1 for the user's errors, 2 for ours, 130 after Ctrl-C. */
export const main = async (argv: readonly string[], io: Io): Promise<number> => {
  try {
    return await dispatch(argv, io);
  } catch (error) {
    if (!(error instanceof DiagnosticError)) return reportBug(error, argv, io);
    if (argv.includes('--json')) printJson(io.stdout, { diagnostics: error.diagnostics });
    printLine(io.stderr, formatDiagnostics(error.diagnostics, { colour: useColour(io) }));
    return userError;
  }
};
