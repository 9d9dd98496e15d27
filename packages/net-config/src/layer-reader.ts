// One object of the file, key by key: what is wrong is collected, and so is every key that nobody asked for.
import type { Diagnostic } from '@nasc/diagnostics';
import { messages } from './messages.ts';

export interface LayerReader {
  readonly at: string;
  /** A whole number of at least 1; 1 where it is none. */
  count(key: string): number;
  /** The same; undefined where it is null or absent. */
  optionalCount(key: string): number | undefined;
  /** A number within [least, below); `absent` where the key is, or where it is none. */
  number(key: string, least: number, below: number, absent: number): number;
  /** Tells where the key is there with another value. */
  only(values: Readonly<Record<string, unknown>>): void;
  /** Undefined where it is null or absent. */
  layer(key: string): LayerReader | undefined;
  requiredLayer(key: string): LayerReader;
  layers(key: string): readonly LayerReader[];
  /** The layer's class, one of `names`; the first of them where it is none. */
  className<Name extends string>(names: readonly [Name, ...Name[]]): Name;
  tell(diagnostic: Diagnostic): void;
  /** Tells of all keys that were not asked for, unless they are null or false. */
  finish(): void;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `at` ends in a JSON pointer. */
export const layerReader = (value: unknown, at: string, problems: Diagnostic[]): LayerReader => {
  const object = isObject(value) ? value : {};
  const asked = new Set<string>();
  const take = (key: string): unknown => {
    asked.add(key);
    return object[key];
  };
  const place = (key: string) => `${at}/${key}`;
  const tell = (problem: Diagnostic): void => void problems.push(problem);
  const nested = (key: string): LayerReader => layerReader(object[key], place(key), problems);
  const count = (key: string): number => {
    const found = take(key);
    if (Number.isInteger(found) && (found as number) >= 1) return found as number;
    tell(messages.malformed(key, 'a whole number of at least 1', found, place(key)));
    return 1;
  };
  return {
    at,
    tell,
    count,
    optionalCount: (key) => ((take(key) ?? null) === null ? undefined : count(key)),
    number(key, least, below, absent) {
      const found = take(key);
      if (found === undefined) return absent;
      if (typeof found === 'number' && found >= least && found < below) return found;
      const limits = `${least > 0 ? ' above 0' : ` of at least ${least}`}${below < Infinity ? ` and below ${below}` : ''}`;
      tell(messages.malformed(key, `a number${limits}`, found, place(key)));
      return absent;
    },
    only(values) {
      for (const [key, supported] of Object.entries(values)) {
        const found = take(key);
        if (found !== undefined && found !== supported) tell(messages.unsupported(key, found, supported, place(key)));
      }
    },
    layer: (key) => ((take(key) ?? null) === null ? undefined : nested(key)),
    requiredLayer(key) {
      const found = take(key);
      if (!isObject(found)) tell(messages.malformed(key, 'an object', found, place(key)));
      return nested(key);
    },
    layers(key) {
      const found = take(key);
      if (Array.isArray(found) && found.length > 0)
        return found.map((item, index) => layerReader(item, `${place(key)}/${index}`, problems));
      tell(messages.malformed(key, 'a list of blocks', found, place(key)));
      return [];
    },
    className(names) {
      const found = take('name');
      const known = names.find((name) => name === found);
      if (known === undefined)
        tell(messages.malformed('name', names.map((name) => JSON.stringify(name)).join(' or '), found, place('name')));
      return known ?? names[0];
    },
    finish() {
      for (const [key, found] of Object.entries(object))
        if (!asked.has(key) && found !== null && found !== false) tell(messages.unsupported(key, found, undefined, place(key)));
    },
  };
};
