// A machine and a package small enough for a test: programs that are shell scripts on a $PATH of their own, a package whose
// "library" and "binding" are empty files, and a wheel with a few bytes in it. Nothing here reaches a network.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DiagnosticError } from '@nasc/diagnostics';
import type { Host } from './host.ts';
import { setUpOn } from './set-up-tfjs.ts';

/** An address of this machine where nothing listens. */
const closedAddress = async (): Promise<string> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${port}/`;
};

export const realPython = ((): string | undefined => {
  try {
    return execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();
  } catch {
    return undefined; // the suites that need it say so
  }
})();

/** Computes like TensorFlow.js, as far as the check of the set-up goes, once library and binding are where they belong. */
const packageSource = `
const { accessSync } = require('node:fs');
const { join } = require('node:path');
accessSync(join(__dirname, '../deps/lib/libtensorflow.so'));
accessSync(join(__dirname, '../lib/napi-v8/tfjs_binding.node'));
const numbers = (values) => ({ dataSync: () => values });
module.exports = {
  getBackend: () => 'tensorflow',
  backend: () => ({ isUsingGpuDevice: false, binding: { TF_Version: '2.99.0' } }),
  tensor2d: numbers,
  matMul: () => numbers([19, 22, 43, 50]),
  sum: (x) => x,
  grad: () => () => numbers([11, 15, 11, 15]),
};
`;

/** Builds, fails or waits for ever, as its environment says. */
const buildToolSource = `
const { mkdirSync, writeFileSync } = require('node:fs');
console.log('building with', process.env.CXX, 'and the headers in', process.env.npm_config_nodedir);
if (process.env.FAKE_BUILD === 'fails' || process.argv[3] === '--update-binary') {
  console.error('binding/tfjs_binding.cc:1:10: fatal error: tensorflow/c/c_api.h: No such file or directory');
  process.exit(1);
}
if (process.env.FAKE_BUILD === 'waits') setInterval(() => {}, 1000);
else {
  mkdirSync('lib/napi-v8', { recursive: true });
  writeFileSync('lib/napi-v8/tfjs_binding.node', '');
}
`;

/** Makes a wheel: path -> content; RECORD lists them with their SHA-256, except where it is told another content. */
const wheelSource = `
import base64, hashlib, json, sys, zipfile
path, files, recorded = sys.argv[1], json.loads(sys.argv[2]), json.loads(sys.argv[3])
digest = lambda text: base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip('=')
rows = ['%s,sha256=%s,%d' % (name, digest(recorded.get(name, text)), len(text)) for name, text in files.items()]
with zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED) as wheel:
    for name, text in files.items():
        wheel.writestr(name, text)
    wheel.writestr('tensorflow_cpu-2.99.0.dist-info/RECORD', '\\n'.join(rows + ['tensorflow_cpu-2.99.0.dist-info/RECORD,,']))
`;

export const wheelFiles: Readonly<Record<string, string>> = {
  'tensorflow/libtensorflow_cc.so.2': 'library',
  'tensorflow/libtensorflow_framework.so.2': 'framework',
  'tensorflow/include/tensorflow/c/c_api.h': '#include "tensorflow/c/tf_status.h"\n#include <stdint.h>\n',
  'tensorflow/include/tensorflow/c/tf_status.h': '// nothing more\n',
  'tensorflow/include/tensorflow/core/unrelated.h': '// for others\n',
  'tensorflow/__init__.py': '',
};

export interface FakeMachine {
  readonly folder: string;
  readonly host: Host;
  readonly packageFolder: string;
  /** Where set-up keeps downloads. */
  readonly downloads: string;
  /** A program on $PATH; `script` is shell. */
  addProgram(name: string, script: string): Promise<void>;
  /** A TensorFlow wheel that an earlier set-up has downloaded. */
  addWheel(files?: Readonly<Record<string, string>>, recorded?: Readonly<Record<string, string>>): Promise<string>;
  /** What the set-up says: its result, or code and message, place and hint of each diagnostic, with FOLDER for `folder`. */
  setUp(
    changes?: Partial<Host>,
    options?: { readonly signal?: AbortSignal; readonly onProgress?: (message: string) => void },
  ): Promise<string>;
  dispose(): Promise<void>;
}

const write = async (path: string, text: string): Promise<void> => {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
};

/** With everything that the set-up needs, or with no program at all. */
export const createFakeMachine = async ({ tools }: { readonly tools: boolean }): Promise<FakeMachine> => {
  const folder = await mkdtemp(join(tmpdir(), 'nasc-tfjs-'));
  const packageFolder = join(folder, 'node_modules/@tensorflow/tfjs-node-gpu');
  const bin = join(folder, 'bin');
  const downloads = join(folder, 'cache/tfjs-setup');
  await mkdir(bin);
  await mkdir(downloads, { recursive: true });
  await write(join(packageFolder, 'package.json'), JSON.stringify({ version: '4.22.0', main: 'dist/index.js', binary: {} }));
  await write(join(packageFolder, 'binding.gyp'), '{}');
  await write(join(packageFolder, 'binding/tfjs_binding.cc'), '#include "tensorflow/c/c_api.h"\n');
  await write(join(packageFolder, 'dist/index.js'), packageSource);
  await write(join(packageFolder, 'node_modules/@mapbox/node-pre-gyp/package.json'), '{}');
  await write(join(packageFolder, 'node_modules/@mapbox/node-pre-gyp/bin/node-pre-gyp'), buildToolSource);

  // A file of its own each time: never a link, through which the machine's own programs would be written to.
  const addProgram = async (name: string, script: string) => {
    await rm(join(bin, name), { force: true });
    await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`, { flag: 'wx', mode: 0o755 });
  };
  if (tools) {
    // Extracts; asking the real one for its pip would take most of the tests' time.
    const answers = '--version | *pip*) echo "Python 3.99";;';
    await addProgram('python3', `case "$*" in ${answers} *) exec ${realPython} "$@";; esac`);
    for (const name of ['c++', 'make', 'node-gyp']) await addProgram(name, `echo "${name} 1.0"`);
    await write(join(folder, 'prefix/include/node/node_version.h'), '#define NODE_MAJOR_VERSION 22\n');
  }
  const nowhere = await closedAddress();
  const host: Host = {
    env: { PATH: bin, HOME: join(folder, 'home'), TFJS_NODE_CDN_STORAGE: nowhere, npm_config_disturl: nowhere },
    nodeVersion: '22.99.0',
    execPath: process.execPath,
    platform: 'linux',
    arch: 'x64',
    packageFolder,
    systemPrefixes: [join(folder, 'prefix')],
  };

  return {
    folder,
    host,
    packageFolder,
    downloads,
    addProgram,
    async addWheel(files = wheelFiles, recorded = {}) {
      const path = join(downloads, 'tensorflow_cpu-2.99.0-cp311-cp311-manylinux_2_27_x86_64.whl');
      await mkdir(downloads, { recursive: true });
      execFileSync(realPython!, ['-c', wheelSource, path, JSON.stringify(files), JSON.stringify(recorded)]);
      return path;
    },
    async setUp(changes = {}, { signal = new AbortController().signal, onProgress } = {}) {
      try {
        const progress = (_done: number, _total: number, _unit: string, message?: string) => onProgress?.(message ?? '');
        return await setUpOn({ ...host, ...changes }, { threads: 1, cacheFolder: join(folder, 'cache'), signal, progress });
      } catch (error) {
        if (!(error instanceof DiagnosticError)) throw error;
        return error.diagnostics
          .map(({ code, message, at, hint }) => [`${code}: ${message}`, at && `at ${at}`, hint].filter(Boolean).join('\n'))
          .join('\n')
          .replaceAll(folder, 'FOLDER')
          .replaceAll(new URL(nowhere).host, 'CLOSED');
      }
    },
    dispose: () => rm(folder, { recursive: true }),
  };
};
