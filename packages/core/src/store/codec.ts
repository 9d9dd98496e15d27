// Artifacts as files: plain data as JSON, tensors as safetensors, bytes and texts as files of their own. What is not
// JSON is replaced by a marked object: { "$tensors": name }, { "$files": folder }, { "$bytes": file }, { "$number": "NaN" }.
import type { Tensor, TensorTable } from '@nasc/ir';
import { readSafetensors, writeSafetensors } from './safetensors.ts';

/** Relative path -> content. */
export type FileSet = ReadonlyMap<string, Uint8Array>;

const isTensor = (value: unknown): value is Tensor =>
  typeof value === 'object' && value !== null && (value as Tensor).data instanceof Float32Array;

export const encodeArtifact = (value: unknown): FileSet => {
  const files = new Map<string, Uint8Array>();
  const encode = (item: unknown, path: readonly string[]): unknown => {
    if (typeof item === 'number' && !Number.isFinite(item)) return { $number: String(item) };
    if (typeof item === 'function' || typeof item === 'bigint')
      throw new TypeError(`A ${typeof item} at ${path.join('.')} cannot be stored`);
    if (typeof item !== 'object' || item === null) return item;
    const name = path.join('.') || 'value';
    if (item instanceof Uint8Array) {
      files.set(`${name}.bin`, item);
      return { $bytes: `${name}.bin` };
    }
    if (ArrayBuffer.isView(item))
      throw new TypeError(`${item.constructor.name} at ${name}: only float32 tensors, bytes and plain data can be stored`);
    if (item instanceof Map) {
      const entries = [...(item as Map<string, unknown>)];
      if (entries.length > 0 && entries.every(([, content]) => isTensor(content))) {
        files.set(`${name}.safetensors`, writeSafetensors(item as TensorTable));
        return { $tensors: `${name}.safetensors` };
      }
      for (const [file, content] of entries) {
        if (typeof content !== 'string' && !(content instanceof Uint8Array))
          throw new TypeError(`Map at ${name}: neither tensors nor files`);
        files.set(`${name}/${file}`, typeof content === 'string' ? Buffer.from(content) : content);
      }
      return { $files: name, names: entries.map(([file, content]) => ({ name: file, text: typeof content === 'string' })) };
    }
    if (Array.isArray(item)) return item.map((element, index) => encode(element, [...path, String(index)]));
    return Object.fromEntries(
      Object.entries(item)
        .filter(([, element]) => element !== undefined)
        .map(([key, element]) => [key, encode(element, [...path, key])]),
    );
  };
  const json = encode(value, []);
  files.set('artifact.json', Buffer.from(`${JSON.stringify(json, undefined, 1)}\n`));
  return files;
};

/** The inverse. Throws where a file is missing or malformed. */
export const decodeArtifact = (files: FileSet): unknown => {
  const file = (name: string) => {
    const bytes = files.get(name);
    if (!bytes) throw new RangeError(`${name} is missing`);
    return bytes;
  };
  const decode = (item: unknown): unknown => {
    if (typeof item !== 'object' || item === null) return item;
    if (Array.isArray(item)) return item.map(decode);
    const marked = item as Record<string, unknown>;
    if (typeof marked['$number'] === 'string') return Number(marked['$number']);
    if (typeof marked['$bytes'] === 'string') return file(marked['$bytes']);
    if (typeof marked['$tensors'] === 'string') return readSafetensors(file(marked['$tensors']));
    if (typeof marked['$files'] === 'string') {
      const names = marked['names'] as readonly { readonly name: string; readonly text: boolean }[];
      return new Map(
        names.map(({ name, text }) => {
          const bytes = file(`${String(marked['$files'])}/${name}`);
          return [name, text ? Buffer.from(bytes).toString('utf8') : bytes];
        }),
      );
    }
    return Object.fromEntries(Object.entries(marked).map(([key, element]) => [key, decode(element)]));
  };
  return decode(JSON.parse(Buffer.from(file('artifact.json')).toString('utf8')));
};
