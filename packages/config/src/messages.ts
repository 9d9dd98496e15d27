// Everything that this package tells the user. Codes are permanent.
import { didYouMean, errorDiagnostic } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';

export const messages = {
  unknownKey: (key: string, parent: string, known: readonly string[], at: string, help?: string): Diagnostic => {
    const close = didYouMean(key, known);
    const where = parent ? ` in "${parent}"` : '';
    const hint = help ?? (close ? `Did you mean "${close}"?` : known.length > 0 ? `Known keys: ${known.join(', ')}.` : 'It takes no keys.');
    return errorDiagnostic('CONFIG_UNKNOWN_KEY', `Unknown key "${key}"${where}.`, { at, hint });
  },

  missingKey: (path: string, description: string | undefined, misspelt: string | undefined, at: string): Diagnostic => {
    const hint = misspelt ? `Is "${misspelt}" meant?` : description;
    return errorDiagnostic('CONFIG_MISSING_KEY', `"${path}" is missing.`, { at, ...(hint && { hint }) });
  },

  wrongValue: (path: string, expected: string, found: string, at: string, hint?: string): Diagnostic =>
    errorDiagnostic('CONFIG_WRONG_VALUE', `${path ? `"${path}"` : 'The value'} has to be ${expected}, and is ${found}.`, {
      at,
      ...(hint !== undefined && { hint }),
    }),

  syntax: (file: string, line: number, column: number, problem: string, hint: string | undefined): Diagnostic =>
    errorDiagnostic('CONFIG_SYNTAX', `${problem}.`, { at: `${file}:${line}:${column}`, ...(hint && { hint }) }),

  notFound: (file: string): Diagnostic =>
    errorDiagnostic('CONFIG_NOT_FOUND', `There is no file "${file}".`, { hint: 'Correct the path, or write a config with `nasc init`.' }),

  unreadable: (file: string, reason: string): Diagnostic =>
    errorDiagnostic('CONFIG_UNREADABLE', `The config "${file}" cannot be read: ${reason}.`, {
      hint: 'Correct the path, or the rights of the file.',
    }),

  noneInFolder: (folder: string, names: readonly string[]): Diagnostic =>
    errorDiagnostic('CONFIG_NOT_FOUND', `There is no config in "${folder}".`, {
      hint: `Write one with \`nasc init\`, or give its path. It is looked for as ${names.join(', ')}.`,
    }),

  severalInFolder: (folder: string, names: readonly string[]): Diagnostic =>
    errorDiagnostic('CONFIG_AMBIGUOUS', `There are several configs in "${folder}": ${names.join(', ')}.`, {
      hint: 'Give the path of the one that you mean, or remove the others.',
    }),

  unknownFormat: (file: string, extensions: readonly string[]): Diagnostic =>
    errorDiagnostic('CONFIG_UNKNOWN_FORMAT', `"${file}" is not a config: its name ends otherwise.`, {
      hint: `A config ends in ${extensions.join(', ')}.`,
    }),

  loadFailed: (file: string, reason: string, hint: string | undefined): Diagnostic =>
    errorDiagnostic('CONFIG_LOAD_FAILED', `The config cannot be loaded: ${reason}`, { at: file, ...(hint && { hint }) }),

  noDefaultExport: (file: string): Diagnostic =>
    errorDiagnostic('CONFIG_NO_EXPORT', 'The config has no default export.', {
      at: file,
      hint: 'Write `export default defineConfig({ ... })`.',
    }),

  overrideMalformed: (text: string, at: string): Diagnostic =>
    errorDiagnostic('CONFIG_OVERRIDE_MALFORMED', `"${text}" sets nothing.`, {
      at,
      hint: 'Write --set key.path=value, for example --set train.epochs=3.',
    }),

  overrideBlocked: (at: string, path: string, found: string): Diagnostic =>
    errorDiagnostic('CONFIG_OVERRIDE_BLOCKED', `"${path}" is ${found}: it has no keys to set.`, {
      at,
      hint: `Set "${path}" itself.`,
    }),

  overrideIndex: (at: string, path: string, key: string, length: number): Diagnostic =>
    errorDiagnostic('CONFIG_OVERRIDE_BLOCKED', `"${path}" is a list of ${length}: "${key}" is no place in it.`, {
      at,
      hint: `Places are counted from 0; ${path}.${length} appends.`,
    }),

  bothLatencies: (at: string): Diagnostic =>
    errorDiagnostic('CONFIG_CONTRADICTION', '"constraints.latencyMs" and "constraints.latencyShare" are both given.', {
      at,
      hint: 'Keep one: milliseconds for one device, a share for a limit that means the same on every machine.',
    }),

  nothingToTrainOn: (searchImages: number, archValidationImages: number, scoringImages: number, at: string): Diagnostic =>
    errorDiagnostic(
      'CONFIG_CONTRADICTION',
      `Nothing is left to train on: of ${searchImages} search images, ${archValidationImages} are held out for the gates and ${scoringImages} for ranking.`,
      { at, hint: 'Raise "task.searchImages", or lower "task.archValidationImages" or "task.scoringImages".' },
    ),

  batchTooLarge: (batchSize: number, images: number, at: string): Diagnostic =>
    errorDiagnostic('CONFIG_CONTRADICTION', `A batch of ${batchSize} images does not fit into the ${images} that are left to train on.`, {
      at,
      hint: 'Lower "train.batchSize", or raise "task.searchImages".',
    }),

  bothCrops: (at: string): Diagnostic =>
    errorDiagnostic('CONFIG_CONTRADICTION', '"task.augmentation.crop" and "task.augmentation.randomResizedCrop" are both given.', {
      at,
      hint: 'Keep one: both choose the part of the image that is seen. A random resized crop suits images that are larger than the input.',
    }),

  rangeReversed: (path: string, least: number, greatest: number, at: string): Diagnostic =>
    errorDiagnostic('CONFIG_CONTRADICTION', `"${path}" goes from ${least} down to ${greatest}.`, {
      at,
      hint: `The least comes first: [${greatest}, ${least}].`,
    }),

  targetTwice: (name: string, at: string): Diagnostic =>
    errorDiagnostic('CONFIG_CONTRADICTION', `The target "${name}" is given twice.`, {
      at,
      hint: 'Give one of them another name for the results: { "name": ..., "as": ... }.',
    }),

  unknownPreset: (name: string, known: readonly string[], at: string): Diagnostic => {
    const close = didYouMean(name, known);
    return errorDiagnostic('CONFIG_UNKNOWN_PRESET', `There is no preset "${name}".`, {
      at,
      hint: close ? `Did you mean "${close}"?` : `Known: ${known.join(', ')}. The path of a file contains "/" or ends in ".json".`,
    });
  },

  baseNotRead: (path: string, reason: string, at: string): Diagnostic =>
    errorDiagnostic('CONFIG_BASE_NOT_READ', `The config "${path}" cannot be read: ${reason}.`, {
      at,
      hint: 'A path starts from the folder of the config that names it.',
    }),

  extendsItself: (path: string, at: string): Diagnostic =>
    errorDiagnostic('CONFIG_EXTENDS_ITSELF', `The config "${path}" extends itself.`, {
      at,
      hint: 'Leave one "extends" of the circle out.',
    }),

  limitsTwice: (name: string, at: string): Diagnostic =>
    errorDiagnostic('CONFIG_CONTRADICTION', `The limits "${name}" are given twice.`, {
      at,
      hint: 'Keep one of them, or give one another "name".',
    }),

  schemaInvalid: (place: string, reason: string): Diagnostic =>
    errorDiagnostic('OPTIONS_SCHEMA_INVALID', `The schema for these options is not a JSON Schema: ${reason}.`, {
      at: place,
      hint: 'This is an error of the plugin that defines them.',
    }),
} as const;
