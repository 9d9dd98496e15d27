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

const findCommand = (name: string): Command => {
  const command = commands.find((candidate) => candidate.name === name);
  if (command) return command;
  const known = commands.map((candidate) => candidate.name);
  throw new DiagnosticError([messages.unknownCommand(name, known)]);
};

const dispatch = async (argv: readonly string[], io: Io): Promise<number> => {
  const [name = '--help', ...rest] = argv;
  if (['--help', '-h', 'help'].includes(name)) {
    printLine(io.stdout, rest[0] === undefined ? generalHelp() : commandHelp(findCommand(rest[0])));
    return 0;
  }
  if (['--version', '-v'].includes(name)) {
    printLine(io.stdout, await version());
    return 0;
  }
  const command = findCommand(name);
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
