// C names of a network's parts.
import { cIdentifier } from '@nasc/c-emit';

const reserved = [
  'arena',
  'input',
  'output',
  'weights',
  'auto',
  'break',
  'case',
  'char',
  'const',
  'continue',
  'default',
  'do',
  'double',
  'else',
]
  .concat(['enum', 'extern', 'float', 'for', 'goto', 'if', 'inline', 'int', 'long', 'register', 'restrict', 'return', 'short'])
  .concat(['signed', 'sizeof', 'static', 'struct', 'switch', 'typedef', 'union', 'unsigned', 'void', 'volatile', 'while', 'main']);

/** Gives every id its own identifier, the same one each time. */
export const createNames = (): ((id: string) => string) => {
  const names = new Map<string, string>();
  const taken = new Set<string>(reserved);
  return (id) => {
    const known = names.get(id);
    if (known) return known;
    let name = cIdentifier(id);
    while (taken.has(name)) name += '_';
    taken.add(name);
    names.set(id, name);
    return name;
  };
};
