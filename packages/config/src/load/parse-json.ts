// JSON with errors that say where: JSON.parse of Node 20 names a position only sometimes, and never line and column.
import { DiagnosticError } from '@nasc/diagnostics';
import { messages } from '../messages.ts';

interface SyntaxProblem {
  readonly position: number;
  readonly problem: string;
  readonly hint?: string;
}

const whitespace = /[ \t\r\n]*/y;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// oxlint-disable-next-line no-control-regex -- a text may hold none
const text = /"(?:[^"\\\u0000-\u001F]|\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4}))*"/y;
const word = /[A-Za-z_$][\w$]*/y;

/** Walks a text that JSON.parse refused and throws the first SyntaxProblem; returns where the text is JSON after all. */
const walk = (source: string): void => {
  let position = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = position;
    const found = pattern.exec(source)?.[0];
    if (found !== undefined) position += found.length;
    return found;
  };
  const fail = (problem: string, hint?: string): never => {
    const what: SyntaxProblem = { position, problem, ...(hint && { hint }) };
    throw what;
  };
  const foundHere = (): string => {
    if (position >= source.length) return 'the file ends';
    for (const pattern of [word, number]) {
      pattern.lastIndex = position;
      const token = pattern.exec(source)?.[0];
      if (token) return `there is ${token}`;
    }
    return `there is ${source[position]!}`;
  };
  const expected = (what: string): never => {
    if (source.startsWith('//', position) || source.startsWith('/*', position)) {
      return fail('JSON has no comments', 'Remove the comment, or write the config as nasc.config.ts.');
    }
    if (source[position] === "'") return fail('Texts in JSON stand in double quotes, and there is a single one');
    return fail(`${what} is expected here, and ${foundHere()}`);
  };
  const skip = () => void match(whitespace);

  const readText = (): void => {
    if (match(text) !== undefined) return;
    fail('This text does not end on its line, or holds a backslash that means nothing');
  };
  const readList = (closing: string, readItem: () => void, item: string): void => {
    position++;
    skip();
    if (source[position] === closing) {
      position++;
      return;
    }
    for (;;) {
      readItem();
      skip();
      if (source[position] === closing) {
        position++;
        return;
      }
      if (source[position] !== ',') expected(`A comma or ${closing}`);
      const comma = position;
      position++;
      skip();
      if (source[position] === closing) {
        position = comma;
        fail(`There is a comma after the last ${item}`, 'Remove the comma.');
      }
    }
  };
  const readValue = (): void => {
    skip();
    const first = source[position];
    if (first === '{') return readList('}', readEntry, 'entry');
    if (first === '[') return readList(']', readValue, 'item');
    if (first === '"') return readText();
    const start = position;
    if (['true', 'false', 'null'].includes(match(word) ?? '')) return;
    position = start;
    if (match(number) === undefined) expected('A value');
  };
  const readEntry = (): void => {
    skip();
    if (source[position] !== '"') expected('A key in double quotes');
    readText();
    skip();
    if (source[position] !== ':') expected('A colon');
    position++;
    readValue();
  };
  readValue();
  skip();
  if (position < source.length) expected('The end of the file');
};

const locate = (source: string): SyntaxProblem => {
  try {
    walk(source);
  } catch (problem) {
    if (problem instanceof Error) throw problem;
    return problem as SyntaxProblem;
  }
  return { position: 0, problem: 'This is not JSON' };
};

/** Parses; a syntax error becomes CONFIG_SYNTAX at `file:line:column`. A byte order mark, as some editors write, is passed over. */
export const parseJson = (text: string, file: string): unknown => {
  const source = text.startsWith('\uFEFF') ? text.slice(1) : text;
  try {
    return JSON.parse(source) as unknown;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    const { position, problem, hint } = locate(source);
    const before = source.slice(0, position).split('\n');
    throw new DiagnosticError([messages.syntax(file, before.length, before.at(-1)!.length + 1, problem, hint)], { cause });
  }
};
