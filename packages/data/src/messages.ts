// Everything that this package tells the user. Codes are permanent.
import { errorDiagnostic } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';

const again = 'Fetch the file again, or replace it by an undamaged copy.';
const shapeText = (shape: readonly number[]): string => shape.join('x');

export const messages = {
  tooFewImages: (available: number, sizes: Readonly<Record<string, number | 'rest'>>): Diagnostic =>
    errorDiagnostic(
      'DATA_TOO_FEW_IMAGES',
      `${available} images are not enough for ${Object.entries(sizes)
        .map(([name, size]) => `${size === 'rest' ? 'at least 1' : size} ${name}`)
        .join(' + ')}.`,
      { hint: 'Hold out fewer images (`task.archValidationImages`, `task.scoringImages`, `task.searchImages`) or use a larger data set.' },
    ),

  unreadable: (file: string, reason: string): Diagnostic =>
    errorDiagnostic('DATA_FILE_UNREADABLE', `The file cannot be read: ${reason}.`, {
      at: file,
      hint: 'Check that it exists and may be read.',
    }),

  gzip: (file: string, reason: string): Diagnostic =>
    errorDiagnostic('DATA_GZIP_DAMAGED', `The gzip data cannot be unpacked: ${reason}.`, { at: file, hint: again }),

  idxHeader: (file: string, bytes: number): Diagnostic =>
    errorDiagnostic('DATA_IDX_HEADER', `The file ends inside the IDX header, after ${bytes} bytes.`, { at: file, hint: again }),

  idxMagic: (file: string, magic: number): Diagnostic =>
    errorDiagnostic('DATA_IDX_MAGIC', `This is no IDX file: it starts with 0x${magic.toString(16).padStart(8, '0')}, not with 0x000008.`, {
      at: file,
      hint: 'IDX files of unsigned bytes start with 00 00 08 and the number of dimensions.',
    }),

  idxDimensions: (file: string, what: string, expected: number, found: number): Diagnostic =>
    errorDiagnostic('DATA_IDX_DIMENSIONS', `A file of ${what} has ${expected} dimension${expected === 1 ? '' : 's'}, this one ${found}.`, {
      at: file,
      hint: 'Check that files of images and labels were not exchanged.',
    }),

  idxEmpty: (file: string, shape: readonly number[]): Diagnostic =>
    errorDiagnostic('DATA_IDX_EMPTY', `The header says ${shapeText(shape)}: there is nothing in the file.`, { at: file, hint: again }),

  idxTruncated: (file: string, shape: readonly number[], expected: number, found: number): Diagnostic =>
    errorDiagnostic('DATA_IDX_TRUNCATED', `The header says ${shapeText(shape)}, which is ${expected} bytes, but only ${found} follow.`, {
      at: file,
      hint: again,
    }),

  idxTrailing: (file: string, shape: readonly number[], expected: number, found: number): Diagnostic =>
    errorDiagnostic('DATA_IDX_TRAILING', `The header says ${shapeText(shape)}, which is ${expected} bytes, but ${found} follow.`, {
      at: file,
      hint: again,
    }),

  countMismatch: (file: string, labels: number, images: number, imagesFile: string): Diagnostic =>
    errorDiagnostic('DATA_COUNT_MISMATCH', `There are ${labels} labels for the ${images} images of ${imagesFile}.`, {
      at: file,
      hint: 'Both files have to come from the same split of the same data set.',
    }),

  labelRange: (file: string, index: number, label: number, classes: number): Diagnostic =>
    errorDiagnostic('DATA_LABEL_RANGE', `Label ${index} is ${label}, but there are ${classes} classes (0 to ${classes - 1}).`, {
      at: file,
      hint: 'Check that these are the labels of this data set.',
    }),

  splitShapes: (file: string, found: readonly number[], train: readonly number[]): Diagnostic =>
    errorDiagnostic('DATA_SPLIT_SHAPES', `Test images are ${shapeText(found)}, training images ${shapeText(train)}.`, {
      at: file,
      hint: 'Both splits have to come from the same data set.',
    }),

  malformed: (dataset: string, fault: string): Diagnostic =>
    errorDiagnostic('DATASET_MALFORMED', `Data set "${dataset}" is not whole: ${fault}.`, {
      at: '/task/dataset',
      hint: 'This is an error of the plugin that reads it, or of the files that it reads.',
    }),

  filesMissing: (folder: string, missing: readonly string[]): Diagnostic =>
    errorDiagnostic('DATA_FILES_MISSING', `Missing in the folder: ${missing.join(', ')} (plain or .gz).`, {
      at: folder,
      hint: 'Put the missing files there, or remove the folder from the search path.',
    }),
};
