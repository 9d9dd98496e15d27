// The command as it is called, and as it is shown.
const place = '{model}';

/** A text is split at blanks: an argument that holds some needs the list. */
export const argumentsOf = (command: string | readonly string[]): readonly string[] =>
  typeof command === 'string' ? command.trim().split(/\s+/) : command;

/** With the path of the model in its place, or at the end where it has none. */
export const commandFor = (command: readonly string[], model: string): readonly string[] =>
  command.some((part) => part.includes(place)) ? command.map((part) => part.replaceAll(place, model)) : [...command, model];

const quoted = (part: string): string => (/^[\w@%+=:,./{}-]+$/.test(part) ? part : `'${part.replaceAll("'", `'\\''`)}'`);

/** As one may type it into a shell. */
export const shown = (command: readonly string[]): string => command.map(quoted).join(' ');
