// Small helpers for writing C: identifiers, indentation, arrays of numbers.

/** A C identifier from any text: other characters become underscores, a leading digit gets one. */
export const cIdentifier = (text: string): string => text.replaceAll(/[^A-Za-z0-9_]/g, '_').replace(/^(?=\d)|^$/, '_');

/** Every non-empty line moved right by `levels` times two spaces. */
export const indent = (text: string, levels = 1): string => text.replaceAll(/^(?=.)/gm, '  '.repeat(levels));

/** Words joined by commas, broken into lines of at most `width` characters. */
export const wrapList = (items: Iterable<string>, width = 118): string => {
  const lines: string[] = [];
  let line = '';
  for (const item of items) {
    if (line && line.length + item.length + 2 > width) {
      lines.push(line);
      line = '';
    }
    line += line ? ` ${item},` : `${item},`;
  }
  if (line) lines.push(line);
  return lines.join('\n');
};

/** A C string constant with the text's UTF-8 bytes; what is not plain ASCII is escaped, and nothing becomes a trigraph. */
export const stringLiteral = (text: string): string => {
  const characters = Array.from(new TextEncoder().encode(text), (byte) => {
    const character = String.fromCharCode(byte);
    if (character === '"' || character === '\\' || character === '?') return `\\${character}`;
    // Three octal digits: a digit that follows is not taken for a part of the escape.
    return byte >= 0x20 && byte < 0x7f ? character : `\\${byte.toString(8).padStart(3, '0')}`;
  });
  return `"${characters.join('')}"`;
};

const view = new DataView(new ArrayBuffer(4));

/** A C float constant with exactly the value's bits (hexadecimal floating point). Throws on infinities and NaN. */
export const floatLiteral = (value: number): string => {
  if (!Number.isFinite(value)) throw new RangeError(`${value} cannot be a weight`);
  view.setFloat32(0, value);
  const bits = view.getUint32(0);
  const sign = bits >>> 31 ? '-' : '';
  const exponent = (bits >>> 23) & 0xff;
  const fraction = bits & 0x7fffff;
  if (exponent === 0 && fraction === 0) return `${sign}0.0f`;
  // The fraction has 23 bits: shifted left by one they are six hexadecimal digits.
  const digits = (fraction << 1).toString(16).padStart(6, '0').replace(/0+$/, '');
  const lead = exponent === 0 ? 0 : 1;
  return `${sign}0x${lead}${digits && `.${digits}`}p${exponent === 0 ? -126 : exponent - 127}f`;
};

/** The initialiser of a float array, without braces. */
export const floatList = (values: Float32Array): string => wrapList(Array.from(values, floatLiteral));
