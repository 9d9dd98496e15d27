// What reading images by folder tells the user. Codes are permanent.
import { errorDiagnostic } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';

const layout = 'Expected train/CLASS/IMAGE and test/CLASS/IMAGE, or CLASS/IMAGE; images are .jpg, .jpeg, .png or .webp.';

export const messages = {
  noImages: (root: string): Diagnostic => errorDiagnostic('DATA_FOLDER_EMPTY', 'There is no image here.', { at: root, hint: layout }),

  layout: (at: string): Diagnostic =>
    errorDiagnostic('DATA_FOLDER_LAYOUT', 'The image does not lie in a folder that names its class.', { at, hint: layout }),

  nameNotUtf8: (folder: string, name: string): Diagnostic =>
    errorDiagnostic('DATA_NAME_NOT_UTF8', `The name "${name}" holds bytes that are not UTF-8.`, {
      at: folder,
      hint: 'Rename the file or folder.',
    }),

  classesAlike: (root: string, first: string, second: string): Diagnostic =>
    errorDiagnostic('DATA_CLASSES_ALIKE', `Classes "${first}" and "${second}" differ only in capitals or in how letters are encoded.`, {
      at: root,
      hint: 'Put their images into one folder, or give one of them another name.',
    }),

  splitMissing: (root: string, split: string): Diagnostic =>
    errorDiagnostic('DATA_SPLIT_MISSING', `There is no ${split} image.`, {
      at: root,
      hint: `${layout} With classes on the first level, a share of the images is held out for test (option \`testShare\`).`,
    }),

  tooFewClasses: (root: string, classes: readonly string[]): Diagnostic =>
    errorDiagnostic('DATA_TOO_FEW_CLASSES', `At least 2 classes are needed, there is ${classes.join(', ')}.`, { at: root, hint: layout }),

  classWithoutTraining: (root: string, name: string): Diagnostic =>
    errorDiagnostic('DATA_CLASS_WITHOUT_TRAINING', `Class "${name}" has no training image.`, {
      at: root,
      hint: 'Add images of it, or remove the class from test.',
    }),

  notDecoded: (at: string, reason: string): Diagnostic =>
    errorDiagnostic('DATA_IMAGE_DAMAGED', `The image cannot be decoded: ${reason}.`, { at, hint: 'Replace the file or remove it.' }),

  moreNotDecoded: (root: string, count: number): Diagnostic =>
    errorDiagnostic('DATA_IMAGE_DAMAGED_MORE', `${count} more image${count === 1 ? '' : 's'} cannot be decoded.`, { at: root }),

  sizesDiffer: (at: string, found: string, first: string, firstAt: string): Diagnostic =>
    errorDiagnostic('DATA_IMAGE_SIZES', `The image is ${found} (height x width), but the first one, ${firstAt}, is ${first}.`, {
      at,
      hint: 'Give the data set the option `resolution`, or the space an input resolution, and all images are resized to it.',
    }),

  tarChanged: (at: string): Diagnostic =>
    errorDiagnostic('DATA_TAR_CHANGED', 'The tar file ends inside this image: it was changed while it was read.', {
      at,
      hint: 'Run the same command again.',
    }),

  tar: (at: string, reason: string): Diagnostic =>
    errorDiagnostic('DATA_TAR_DAMAGED', `The tar file cannot be read: ${reason}.`, { at, hint: 'Fetch or pack the file again.' }),
};
