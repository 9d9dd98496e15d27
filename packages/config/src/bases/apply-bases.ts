// `extends`: a config goes over others, presets by name or JSON files.
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DiagnosticError, readFailure } from '@nasc/diagnostics';
import { parseJson } from '../load/parse-json.ts';
import { messages } from '../messages.ts';
import { copyData } from '../validate/check-value.ts';
import type { Locate } from '../validate/explain-errors.ts';
import { isObject } from '../validate/json-schema.ts';
import { presets } from './presets.ts';

/** Two values that name different things (data sets, strategies) have nothing in common. */
const areAlike = (a: Record<string, unknown>, b: Record<string, unknown>): boolean =>
  a['name'] === undefined || b['name'] === undefined || a['name'] === b['name'];

/** Objects are merged key by key; of everything else, lists too, the later one counts. */
const merge = (base: unknown, over: unknown): unknown => {
  if (!isObject(base) || !isObject(over) || !areAlike(base, over)) return over;
  const merged = Object.entries(over).map(([key, value]) => [key, Object.hasOwn(base, key) ? merge(base[key], value) : value]);
  return { ...base, ...Object.fromEntries(merged) };
};

const isFile = (name: string): boolean => name.endsWith('.json') || name.includes('/');

interface Reading {
  readonly folder: string;
  readonly locate: Locate;
  /** Files that are being read, to find circles. */
  readonly within: readonly string[];
}

const readBase = (name: string, { folder, locate, within }: Reading): unknown => {
  if (!isFile(name)) {
    const preset = presets[name];
    if (!preset) throw new DiagnosticError([messages.unknownPreset(name, Object.keys(presets), locate('/extends'))]);
    return copyData(preset);
  }
  const path = resolve(folder, name);
  if (within.includes(path)) throw new DiagnosticError([messages.extendsItself(name, locate('/extends'))]);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const reason = readFailure(cause);
    throw reason === undefined ? cause : new DiagnosticError([messages.baseNotRead(name, reason, locate('/extends'))], { cause });
  }
  return applyBases(parseJson(text, name), { folder: dirname(path), locate, within: [...within, path] });
};

/**
 * The config without `extends`, over what that names, the first name at the bottom. Paths start from `folder`, in a file from its own.
 * Throws CONFIG_UNKNOWN_PRESET, CONFIG_BASE_NOT_READ, CONFIG_EXTENDS_ITSELF.
 */
export const applyBases = (value: unknown, reading: Reading): unknown => {
  if (!isObject(value) || value['extends'] === undefined) return value;
  const { extends: named, ...own } = value;
  const names = (Array.isArray(named) ? named : [named]) as readonly unknown[];
  // A name that is no text is told by the schema.
  if (!names.every((name) => typeof name === 'string')) return value;
  return merge(
    names.map((name) => readBase(name, reading)).reduce((base, next) => merge(base, next), {}),
    own,
  );
};
