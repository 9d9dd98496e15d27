// Everything that `nasc setup tfjs` tells the user. Codes are permanent.
import { DiagnosticError, errorDiagnostic } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';

const mebibytes = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)} MiB`;

/** The last lines of a log, indented under the hint. */
const tail = (log: string, lines = 6): string =>
  log
    .trimEnd()
    .split('\n')
    .slice(-lines)
    .map((line) => `\n    ${line}`)
    .join('');

export const messages = {
  packageMissing: (): Diagnostic =>
    errorDiagnostic('TFJS_NOT_INSTALLED', 'The optional package @tensorflow/tfjs-node-gpu is not installed.', {
      hint: 'Install it: `npm install @tensorflow/tfjs-node-gpu@4.22.0`, then run `nasc setup tfjs` again.',
    }),

  nodeVersion: (version: string): Diagnostic =>
    errorDiagnostic('TFJS_NODE_VERSION', `@tensorflow/tfjs-node-gpu 4.22.0 runs on Node 20 to 22; this is Node ${version}.`, {
      hint: 'Use Node 22 for engine "tfjs", or engine "native", which needs no set-up.',
    }),

  platform: (platform: string, arch: string): Diagnostic =>
    errorDiagnostic('TFJS_PLATFORM', `There is no TensorFlow library for ${platform} on ${arch}.`, { hint: 'Use engine "native".' }),

  noPython: (): Diagnostic =>
    errorDiagnostic('TFJS_NO_PYTHON', 'No python3 was found; pip and node-gyp need one.', {
      hint: 'Install it: `apt-get install python3 python3-pip` (Debian, Ubuntu), `dnf install python3-pip` (Fedora).',
    }),

  noPip: (python: string): Diagnostic =>
    errorDiagnostic('TFJS_NO_PIP', `${python} has no pip, which fetches the TensorFlow wheel.`, {
      hint: 'Install it: `apt-get install python3-pip` (Debian, Ubuntu), `dnf install python3-pip` (Fedora), or `python3 -m ensurepip`.',
    }),

  noDownload: (archiveHost: string, reason: string, log: string): Diagnostic =>
    errorDiagnostic('TFJS_NO_DOWNLOAD', `TensorFlow could be had neither from ${archiveHost} (${reason}) nor through pip.`, {
      hint: `Connect to a network, set $TFJS_NODE_CDN_STORAGE to a mirror, or give pip a place that has the wheel ($PIP_INDEX_URL, $PIP_FIND_LINKS). pip said:${tail(log)}`,
    }),

  unreachable: (archiveHost: string, reason: string): Diagnostic =>
    errorDiagnostic('TFJS_NO_DOWNLOAD', `TensorFlow's library cannot be had from ${archiveHost}: ${reason}.`, {
      hint: 'Connect to a network, or set $TFJS_NODE_CDN_STORAGE to a mirror.',
    }),

  downloadBroken: (url: string, detail: string): Diagnostic =>
    errorDiagnostic('TFJS_DOWNLOAD_BROKEN', `The download of ${url} broke off: ${detail}.`, {
      hint: 'Run `nasc setup tfjs` again: it goes on where it stopped.',
    }),

  unpackFailed: (name: string, log: string, logFile: string): Diagnostic =>
    errorDiagnostic('TFJS_UNPACK_FAILED', `tar could not unpack ${name}.`, { at: logFile, hint: `It said:${tail(log)}` }),

  noWheel: (name: string, python: string, platform: string, arch: string): Diagnostic =>
    errorDiagnostic('TFJS_NO_WHEEL', `There is no wheel of ${name} for ${python} on ${platform} ${arch}.`, {
      hint: 'Put a Python that TensorFlow supports (3.10 to 3.13, glibc) first on $PATH as python3.',
    }),

  pipFailed: (name: string, log: string, logFile: string): Diagnostic =>
    errorDiagnostic('TFJS_PIP_FAILED', `pip could not fetch ${name}.`, { at: logFile, hint: `It said:${tail(log)}` }),

  wheelWithoutLibrary: (version: string, library: string): Diagnostic =>
    errorDiagnostic('TFJS_WHEEL_UNFIT', `The wheel of TensorFlow ${version} has no ${library}.`, {
      hint: 'Put a newer Python first on $PATH as python3, so that pip finds a newer TensorFlow.',
    }),

  wheelDamaged: (file: string, detail: string): Diagnostic =>
    errorDiagnostic('TFJS_WHEEL_DAMAGED', `The downloaded wheel is damaged: ${detail}.`, {
      at: file,
      hint: 'It was removed. Run `nasc setup tfjs` again.',
    }),

  wrongChecksum: (file: string, expected: string, actual: string): Diagnostic =>
    errorDiagnostic('TFJS_CHECKSUM', `${file} has SHA-256 ${actual}; ${expected} was published.`, {
      hint: 'The download was removed. Run `nasc setup tfjs` again; if that repeats, something between here and there changes files.',
    }),

  noCompiler: (): Diagnostic =>
    errorDiagnostic('TFJS_NO_COMPILER', 'No C++ compiler was found: neither $CXX, c++, g++ nor clang++ runs.', {
      hint: 'Install one: `apt-get install g++` (Debian, Ubuntu), `dnf install gcc-c++` (Fedora), `xcode-select --install` (macOS).',
    }),

  noMake: (): Diagnostic =>
    errorDiagnostic('TFJS_NO_MAKE', 'No make was found; node-gyp builds with it.', {
      hint: 'Install it: `apt-get install make` (Debian, Ubuntu), `dnf install make` (Fedora), `xcode-select --install` (macOS).',
    }),

  noNodeGyp: (): Diagnostic =>
    errorDiagnostic('TFJS_NO_NODE_GYP', 'No node-gyp was found: neither with npm beside this Node nor on $PATH.', {
      hint: 'Install npm (it brings node-gyp), or set $npm_config_node_gyp to the path of bin/node-gyp.js.',
    }),

  noHeaders: (version: string, looked: readonly string[]): Diagnostic =>
    errorDiagnostic(
      'TFJS_NO_NODE_HEADERS',
      `The headers of Node ${version} are not on this machine, and nodejs.org, which has them, cannot be reached.`,
      {
        hint: `Install them (\`apt-get install libnode-dev\`, or the archive of Node, which has include/node), or set $npm_config_nodedir to the folder that holds include/node. Looked in: ${looked.join(', ')}.`,
      },
    ),

  notWritable: (folder: string): Diagnostic =>
    errorDiagnostic('TFJS_NOT_WRITABLE', 'The folder of @tensorflow/tfjs-node-gpu cannot be written to.', {
      at: folder,
      hint: 'Run the command as the user who installed it, or install nasc where you may write.',
    }),

  diskFull: (folder: string, needed: number, free: number): Diagnostic =>
    errorDiagnostic('TFJS_DISK_FULL', `TensorFlow needs ${mebibytes(needed)} of disk; ${mebibytes(free)} are free.`, {
      at: folder,
      hint: 'Make room, then run `nasc setup tfjs` again: it goes on with what was downloaded.',
    }),

  buildFailed: (log: string, logFile: string): Diagnostic =>
    errorDiagnostic('TFJS_BUILD_FAILED', 'Building the binding of @tensorflow/tfjs-node-gpu failed.', {
      at: logFile,
      hint: `The last lines of the log:${tail(log)}`,
    }),

  notLoadable: (detail: string): Diagnostic =>
    errorDiagnostic('TFJS_NOT_LOADABLE', `What was built does not run: ${detail}`, {
      hint: 'Engine "native" works without it. If this machine is of a common kind, please report it.',
    }),
} as const;

export const fail = (diagnostic: Diagnostic, cause?: unknown): never => {
  throw new DiagnosticError([diagnostic], { cause });
};
