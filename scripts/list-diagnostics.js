// Finds every diagnostic in the sources: code, severity, text, package. generate.js writes docs/diagnostics.md from it.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const sources = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'generated' ? [] : sources(path);
    return entry.name.endsWith('.ts') && !/\.(test|test-helper)\.ts$/.test(entry.name) ? [path] : [];
  });

/** What stands in `${...}`: a name as NAME, anything longer as …. */
const placeholder = (expression) =>
  /^[\w.]+$/.test(expression)
    ? expression
        .split('.')
        .at(-1)
        .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
        .toUpperCase()
    : '…';

/** The string literal at `start`: its text with placeholders, and where it ends. */
const readLiteral = (source, start) => {
  const quote = source[start];
  let text = '';
  let i = start + 1;
  while (source[i] !== quote) {
    if (source[i] === '\\') {
      text += source[i + 1];
      i += 2;
    } else if (quote === '`' && source.startsWith('${', i)) {
      const end = skipExpression(source, i + 2, '}');
      text += placeholder(source.slice(i + 2, end));
      i = end + 1;
    } else {
      text += source[i++];
    }
  }
  return { text, end: i + 1 };
};

/** Position of the first of `closing` (or of a closing bracket) outside brackets and literals. */
function skipExpression(source, start, closing, onLiteral = () => {}) {
  let depth = 0;
  let i = start;
  for (;;) {
    const character = source[i];
    if (character === undefined) throw new Error('The source ends within an expression');
    if (depth === 0 && (closing.includes(character) || ')]}'.includes(character))) return i;
    if ('([{'.includes(character)) depth++;
    if (')]}'.includes(character)) depth--;
    if ('\'"`'.includes(character)) {
      const { text, end } = readLiteral(source, i);
      if (depth === 0) onLiteral(text, i);
      i = end;
    } else i++;
  }
}

/** The texts that an expression can give: literals joined by `+` are one, those of a condition are several. */
const readTexts = (source, start) => {
  const texts = [];
  let end = start;
  skipExpression(source, start, ',', (text, at) => {
    const between = source.slice(end, at).trim();
    if (texts.length > 0 && between.endsWith('+')) texts[texts.length - 1] += text;
    else texts.push(text);
    end = readLiteral(source, at).end;
  });
  return texts;
};

const starts = [
  /\b(?<severity>error|warning)Diagnostic\(\s*'(?<code>[A-Z0-9_]+)',\s*/g,
  /\bcode: '(?<code>[A-Z0-9_]+)',\s*severity: '(?<severity>error|warning|info)',\s*message:\s*/g,
];

/** Sorted by code; one entry for each code and package. */
export const listDiagnostics = () => {
  const found = new Map();
  for (const group of ['packages', 'plugins']) {
    for (const name of readdirSync(group)) {
      const owner = `${group}/${name}`;
      for (const file of sources(join(owner, 'src'))) {
        const content = readFileSync(file, 'utf8');
        for (const match of starts.flatMap((start) => [...content.matchAll(start)])) {
          const { code, severity } = match.groups;
          const entry = found.get(`${code} ${owner}`) ?? { code, severity, owner, texts: [] };
          found.set(`${code} ${owner}`, entry);
          for (const text of readTexts(content, match.index + match[0].length)) if (!entry.texts.includes(text)) entry.texts.push(text);
        }
      }
    }
  }
  return [...found.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
};

const cell = (text) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');

export const diagnosticsPage = () => `# Diagnostics

Everything that nasc tells its user has a permanent code. This list is made from the sources by \`npm run generate\` and
checked by \`npm run check\`. Words in capitals stand for values. A message is followed by where it is about (a place in the
config as \`file#/json/pointer\`, a file, a node) and by a hint.

Errors end the run with exit code 1. Anything that is not in this list is a bug of nasc: exit code 2, with a stack.

| code | severity | text | from |
| --- | --- | --- | --- |
${listDiagnostics()
  .map(
    ({ code, severity, texts, owner }) =>
      `| \`${code}\` | ${severity} | ${texts.map(cell).join('<br>') || '(made from the problem)'} | \`${owner}\` |`,
  )
  .join('\n')}
`;
