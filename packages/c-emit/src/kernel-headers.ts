// The C headers in `kernels/`: read as text, so that they can go into generated files and into hashes.
import { readFileSync } from 'node:fs';

const folder = new URL('../kernels/', import.meta.url);
const texts = new Map<string, string>();

/** Text of `kernels/NAME`. */
export const kernelHeader = (name: string): string => {
  let text = texts.get(name);
  if (text === undefined) {
    text = readFileSync(new URL(name, folder), 'utf8');
    texts.set(name, text);
  }
  return text;
};
