// Artifacts and checkpoints as files: plain data as JSON, tensors as safetensors, bytes and texts as files of their own. What
// is not JSON is replaced by a marked object (docs/formats.md). Whatever cannot come back exactly is refused.
import type { Tensor, TensorTable } from '@nasc/ir';
import { readSafetensors, writeSafetensors } from './safetensors.ts';

/** Relative path -> content. */
export type FileSet = ReadonlyMap<string, Uint8Array>;

const numberArrays = {
  Int8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  BigInt64Array,
  BigUint64Array,
  Float32Array,
  Float64Array,
} as const;

const markers = new Set(['$number', '$undefined', '$array', '$bytes', '$tensors', '$files']);

const isTensor = (value: unknown): value is Tensor =>
  typeof value === 'object' && value !== null && (value as Tensor).data instanceof Float32Array && Array.isArray((value as Tensor).shape);

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

const bytesOf = (view: ArrayBufferView): Uint8Array => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);

/** File names made of the places of what they hold; each is given once, whatever the file system takes for equal. */
const createNames = () => {
  const used = new Set(['artifact.json']);
  return (path: readonly string[], extension: string): string => {
    const stem = path.map((key) => key.replaceAll(/[^\w-]/g, '_')).join('.') || 'value';
    for (let count = 1; ; count++) {
      const name = `${stem}${count > 1 ? `~${count}` : ''}${extension}`;
      if (used.has(name.toLowerCase())) continue;
      used.add(name.toLowerCase());
      return name;
    }
  };
};

/** Throws a TypeError with the place of what cannot be stored. A key whose value is undefined is left out. */
export const encodeArtifact = (value: unknown): FileSet => {
  const files = new Map<string, Uint8Array>();
  const nameFor = createNames();
  const refuse = (what: string, path: readonly string[]): never => {
    throw new TypeError(`${what} at ${path.join('.') || 'the top'} cannot be stored`);
  };

  const encodeMap = (item: ReadonlyMap<unknown, unknown>, path: readonly string[]): unknown => {
    const entries = [...item];
    if (!entries.every((entry): entry is [string, unknown] => typeof entry[0] === 'string'))
      return refuse('A map with keys that are no text', path);
    if (entries.length > 0 && entries.every(([, content]) => isTensor(content))) {
      const name = nameFor(path, '.safetensors');
      files.set(name, writeSafetensors(item as TensorTable));
      return { $tensors: name };
    }
    const folder = nameFor(path, '');
    for (const [file, content] of entries) {
      if (typeof content !== 'string' && !(content instanceof Uint8Array)) return refuse('A map of neither tensors nor files', path);
      files.set(`${folder}/${file}`, typeof content === 'string' ? Buffer.from(content) : bytesOf(content));
    }
    return { $files: folder, names: entries.map(([file, content]) => ({ name: file, text: typeof content === 'string' })) };
  };

  const encodeView = (item: ArrayBufferView, path: readonly string[]): unknown => {
    const type = item.constructor.name;
    if (item instanceof Uint8Array) {
      const name = nameFor(path, '.bin');
      files.set(name, bytesOf(item));
      return { $bytes: name };
    }
    if (!(type in numberArrays)) return refuse(`A ${type}`, path);
    const name = nameFor(path, '.bin');
    files.set(name, bytesOf(item));
    return { $array: name, type };
  };

  const encode = (item: unknown, path: readonly string[]): unknown => {
    if (typeof item === 'number')
      return Number.isFinite(item) && !Object.is(item, -0) ? item : { $number: Object.is(item, -0) ? '-0' : String(item) };
    if (item === undefined) return { $undefined: true };
    if (typeof item === 'function' || typeof item === 'bigint' || typeof item === 'symbol') return refuse(`A ${typeof item}`, path);
    if (typeof item !== 'object' || item === null) return item;
    if (ArrayBuffer.isView(item)) return encodeView(item, path);
    if (item instanceof Map) return encodeMap(item, path);
    // Array.from visits holes too.
    if (Array.isArray(item)) return Array.from(item, (element: unknown, index) => encode(element, [...path, String(index)]));
    if (!isPlain(item)) return refuse(`A ${item.constructor.name}`, path);
    const entries = Object.entries(item).filter(([, element]) => element !== undefined);
    for (const [key] of entries) if (markers.has(key)) refuse(`The reserved key ${key}`, path);
    return Object.fromEntries(entries.map(([key, element]) => [key, encode(element, [...path, key])]));
  };

  const json = encode(value, []);
  files.set('artifact.json', Buffer.from(`${JSON.stringify(json, undefined, 1)}\n`));
  return files;
};

/** The inverse. Throws where a file is missing or malformed. */
export const decodeArtifact = (files: FileSet): unknown => {
  const file = (name: unknown): Uint8Array => {
    const bytes = files.get(String(name));
    if (!bytes) throw new RangeError(`${String(name)} is missing`);
    return bytes;
  };
  const readArray = (name: unknown, type: string): unknown => {
    const bytes = file(name);
    // A copy begins where elements may.
    return new numberArrays[type as keyof typeof numberArrays](new Uint8Array(bytes).buffer);
  };
  const readFiles = (folder: unknown, names: readonly { readonly name: string; readonly text: boolean }[]): unknown =>
    new Map(
      names.map(({ name, text }) => {
        const bytes = file(`${String(folder)}/${name}`);
        return [name, text ? Buffer.from(bytes).toString('utf8') : bytesOf(bytes)];
      }),
    );

  const decode = (item: unknown): unknown => {
    if (typeof item !== 'object' || item === null) return item;
    if (Array.isArray(item)) return item.map(decode);
    const { $number, $undefined, $array, $bytes, $tensors, $files, ...rest } = item as Record<string, unknown>;
    if ($number !== undefined) return Number($number);
    if ($undefined !== undefined) return undefined;
    if ($array !== undefined) return readArray($array, String(rest['type']));
    if ($bytes !== undefined) return bytesOf(file($bytes));
    if ($tensors !== undefined) return readSafetensors(file($tensors));
    if ($files !== undefined) return readFiles($files, rest['names'] as never);
    return Object.fromEntries(Object.entries(rest).map(([key, element]) => [key, decode(element)]));
  };
  return decode(JSON.parse(Buffer.from(file('artifact.json')).toString('utf8')));
};
