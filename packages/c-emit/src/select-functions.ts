// Keeps of a kernel source only what the given functions need: generated code carries no training kernels.

interface Piece {
  readonly text: string;
  /** Name that the piece defines; undefined for what is always kept (includes, conditionals). */
  readonly name: string | undefined;
}

const definedName = (text: string): string | undefined => {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
  const macro = /^\s*#\s*define\s+(\w+)/.exec(code);
  if (macro) return macro[1];
  if (/^\s*#/.test(code)) return undefined;
  const kernel = /\bNASC_KERNEL\(\s*(\w+)\s*\)/.exec(code);
  if (kernel) return kernel[1];
  const head = code.split(/[{;=]/)[0]!;
  return /(\w+)\s*\([^()]*(?:\([^()]*\)[^()]*)*\)\s*$/.exec(head)?.[1] ?? /(\w+)\s*(?:\[[^\]]*\]\s*)*$/.exec(head)?.[1];
};

/** Cuts C text at the top level: after each closing brace or semicolon at depth 0, and after each directive. */
const cut = (source: string): Piece[] => {
  const pieces: Piece[] = [];
  let depth = 0;
  let start = 0;
  const push = (end: number) => {
    const text = source.slice(start, end);
    if (text.trim()) pieces.push({ text: text.trim(), name: definedName(text) });
    start = end;
  };
  for (let i = 0; i < source.length; i++) {
    const rest = source.slice(i, i + 2);
    if (rest === '//') i = (source.indexOf('\n', i) + source.length) % source.length;
    else if (rest === '/*') i = source.indexOf('*/', i) + 1;
    else if (source[i] === '#' && depth === 0) {
      let end = source.indexOf('\n', i);
      while (end > 0 && source[end - 1] === '\\') end = source.indexOf('\n', end + 1);
      i = end < 0 ? source.length : end;
      push(i);
    } else if (source[i] === '{') depth++;
    else if (source[i] === '}') {
      depth--;
      if (depth === 0 && !/^\s*;/.test(source.slice(i + 1))) push(i + 1);
    } else if (source[i] === ';' && depth === 0) push(i + 1);
  }
  push(source.length);
  return pieces;
};

/** The pieces of `source` that the functions `roots` use, in order. */
export const selectFunctions = (source: string, roots: ReadonlySet<string>): string => {
  const pieces = cut(source);
  const needed = new Set(roots);
  for (;;) {
    const before = needed.size;
    for (const { name, text } of pieces) {
      if (name !== undefined && !needed.has(name)) continue;
      for (const word of text.match(/\w+/g) ?? []) if (pieces.some((piece) => piece.name === word)) needed.add(word);
    }
    if (needed.size === before) break;
  }
  return pieces
    .filter(({ name }) => name === undefined || needed.has(name))
    .map(({ text }) => text)
    .join('\n\n');
};
