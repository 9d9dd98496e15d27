// Help texts, from the commands' own data.
import { formatTable } from '../text/format-table.ts';
import { usageOf } from './command.ts';
import type { Command } from './command.ts';
import { commands } from './commands.ts';

const indent = (lines: readonly string[]): string => lines.map((line) => `  ${line}`).join('\n');

export const generalHelp = (): string => `nasc: the neural architecture search compiler

Usage: nasc COMMAND [options]

${indent(formatTable(commands.map(({ name, doc }) => [name, doc])))}

nasc COMMAND --help shows a command's options; nasc --version, the version.
A first run: nasc init && nasc run`;

export const commandHelp = (command: Command): string => {
  const rows = Object.entries(command.options).map(([name, { value, short, doc }]) => [
    `${short ? `-${short}, ` : ''}--${name}${value ? ` ${value}` : ''}`,
    doc,
  ]);
  return `${command.doc}\n\nUsage: ${usageOf(command)}\n\n${indent(formatTable(rows))}`;
};
