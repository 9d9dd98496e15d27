import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, readdir, readlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFakeMachine, realPython, wheelFiles } from './fake-machine.test-helper.ts';
import type { FakeMachine } from './fake-machine.test-helper.ts';

let machine: FakeMachine;
afterEach(() => machine.dispose());

const ready = 'Engine "tfjs" is ready: TensorFlow 2.99.0 on the processor.';
const usable = 'Engine "tfjs" is usable already: TensorFlow 2.99.0 on the processor.';

describe.skipIf(realPython === undefined)('from the wheel (needs python3)', () => {
  beforeEach(async () => {
    machine = await createFakeMachine({ tools: true });
  });
  const packageFiles = async () => (await readdir(machine.packageFolder)).toSorted();
  const untouched = ['binding', 'binding.gyp', 'dist', 'node_modules', 'package.json'];

  test('library, needed headers and binding come into the package, nothing else is left, and again there is nothing to do', async () => {
    await machine.addWheel();
    const messages: string[] = [];
    expect(await machine.setUp({}, { onProgress: (message) => messages.push(message) })).toBe(ready);
    expect([...new Set(messages)]).toEqual(['extract TensorFlow', 'build the binding', 'load and compute']);

    const lib = join(machine.packageFolder, 'deps/lib');
    expect(await readFile(join(lib, 'libtensorflow_cc.so.2'), 'utf8')).toBe('library');
    expect(await readlink(join(lib, 'libtensorflow.so.2'))).toBe('libtensorflow_cc.so.2');
    expect(await readlink(join(lib, 'libtensorflow_framework.so'))).toBe('libtensorflow_framework.so.2');
    expect((await readdir(join(machine.packageFolder, 'deps/include/tensorflow'), { recursive: true })).toSorted()).toEqual([
      'c',
      'c/c_api.h',
      'c/tf_status.h',
    ]);
    expect(await packageFiles()).toEqual([...untouched, 'deps', 'lib'].toSorted());
    expect(existsSync(machine.downloads)).toBe(false);
    expect(await machine.setUp()).toBe(usable);
  });

  test('a build that fails shows its last lines, changes nothing, and keeps what was downloaded', async () => {
    const wheel = await machine.addWheel();
    expect(await machine.setUp({ env: { ...machine.host.env, FAKE_BUILD: 'fails' } })).toBe(
      `TFJS_BUILD_FAILED: Building the binding of @tensorflow/tfjs-node-gpu failed.
at FOLDER/cache/tfjs-setup/setup.log
The last lines of the log:
    building with c++ and the headers in FOLDER/prefix
    binding/tfjs_binding.cc:1:10: fatal error: tensorflow/c/c_api.h: No such file or directory`,
    );
    expect(await packageFiles()).toEqual(untouched);
    expect(existsSync(wheel)).toBe(true);
    expect(await readFile(join(machine.downloads, 'setup.log'), 'utf8')).toContain('fatal error');
    expect(await machine.setUp()).toBe(ready);
  });

  test('stopped while it builds, it leaves the package as it was; the next call goes on', async () => {
    await machine.addWheel();
    const controller = new AbortController();
    const onProgress = (message: string) => message === 'build the binding' && setTimeout(() => controller.abort(), 100);
    const work = machine.setUp({ env: { ...machine.host.env, FAKE_BUILD: 'waits' } }, { signal: controller.signal, onProgress });
    await expect(work).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    expect(await packageFiles()).toEqual(untouched);
    expect(await machine.setUp()).toBe(ready);
  });

  test('a wheel whose files are not what its RECORD says is removed', async () => {
    const wheel = await machine.addWheel(wheelFiles, { 'tensorflow/libtensorflow_cc.so.2': 'another library' });
    expect(await machine.setUp()).toBe(
      `TFJS_WHEEL_DAMAGED: The downloaded wheel is damaged: tensorflow/libtensorflow_cc.so.2 has SHA-256 txjxNU9yRzEuyghtmgJK_l-nF93qWt7d1vErz5RbLow, its RECORD says hFC0xfvaw6mdcqVRMejiDMK6hQMzxkowwkSjkvVDsFg.
at FOLDER/cache/tfjs-setup/tensorflow_cpu-2.99.0-cp311-cp311-manylinux_2_27_x86_64.whl
It was removed. Run \`nasc setup tfjs\` again.`,
    );
    expect(existsSync(wheel)).toBe(false);
    expect(await packageFiles()).toEqual(untouched);
  });

  test('a file that is no wheel, and a wheel of a TensorFlow without the library', async () => {
    await writeFile(await machine.addWheel(), 'half a wh');
    expect(await machine.setUp()).toBe(
      `TFJS_WHEEL_DAMAGED: The downloaded wheel is damaged: File is not a zip file.
at FOLDER/cache/tfjs-setup/tensorflow_cpu-2.99.0-cp311-cp311-manylinux_2_27_x86_64.whl
It was removed. Run \`nasc setup tfjs\` again.`,
    );
    const { 'tensorflow/libtensorflow_cc.so.2': _library, ...rest } = wheelFiles;
    await machine.addWheel(rest);
    expect(await machine.setUp()).toBe(
      `TFJS_WHEEL_UNFIT: The wheel of TensorFlow 2.99.0 has no libtensorflow_cc.so.2.
Put a newer Python first on $PATH as python3, so that pip finds a newer TensorFlow.`,
    );
  });

  test('a GPU that TensorFlow does not use is said, and a library for processors is replaced once there is a GPU', async () => {
    await machine.addWheel();
    expect(await machine.setUp()).toBe(ready);
    await machine.addProgram('nvidia-smi', 'echo "NVIDIA T4, 550.54"');
    await machine.addProgram(
      'python3',
      'case "$*" in *download*) echo "ERROR: No matching distribution found for tensorflow" >&2; exit 1;; esac; echo "Python 3.99"',
    );
    expect(await machine.setUp()).toContain('TFJS_NO_WHEEL: There is no wheel of tensorflow for Python 3.99 on linux x64.');
    await writeFile(join(machine.packageFolder, 'deps/nasc-origin.json'), '{"gpu":true}');
    expect(await machine.setUp()).toBe(
      `${usable.slice(0, -1)}; it does not use NVIDIA T4, driver 550.54: CUDA or cuDNN of the versions that it needs is not on the library path.`,
    );
  });
});

describe('what is missing', () => {
  beforeEach(async () => {
    machine = await createFakeMachine({ tools: false });
  });

  test('everything at once, each with what to do', async () => {
    expect(await machine.setUp({ execPath: join(machine.folder, 'node/bin/node') })).toBe(
      `TFJS_NO_PYTHON: No python3 was found; pip and node-gyp need one.
Install it: \`apt-get install python3 python3-pip\` (Debian, Ubuntu), \`dnf install python3-pip\` (Fedora).
TFJS_NO_COMPILER: No C++ compiler was found: neither $CXX, c++, g++ nor clang++ runs.
Install one: \`apt-get install g++\` (Debian, Ubuntu), \`dnf install gcc-c++\` (Fedora), \`xcode-select --install\` (macOS).
TFJS_NO_MAKE: No make was found; node-gyp builds with it.
Install it: \`apt-get install make\` (Debian, Ubuntu), \`dnf install make\` (Fedora), \`xcode-select --install\` (macOS).
TFJS_NO_NODE_GYP: No node-gyp was found: neither with npm beside this Node nor on $PATH.
Install npm (it brings node-gyp), or set $npm_config_node_gyp to the path of bin/node-gyp.js.
TFJS_NO_NODE_HEADERS: The headers of Node 22.99.0 are not on this machine, and nodejs.org, which has them, cannot be reached.
Install them (\`apt-get install libnode-dev\`, or the archive of Node, which has include/node), or set $npm_config_nodedir to the folder that holds include/node. Looked in: FOLDER/node, FOLDER/home/.cache/node-gyp/22.99.0, FOLDER/prefix.`,
    );
  });

  test('headers of another Node are none', async () => {
    const host = { execPath: join(machine.folder, 'node/bin/node'), systemPrefixes: [] };
    await mkdir(join(machine.folder, 'node/include/node'), { recursive: true });
    const header = join(machine.folder, 'node/include/node/node_version.h');
    await writeFile(header, '#define NODE_MAJOR_VERSION 20\n');
    expect(await machine.setUp(host)).toContain('TFJS_NO_NODE_HEADERS');
    await writeFile(header, '#define NODE_MAJOR_VERSION 22\n');
    expect(await machine.setUp(host)).not.toContain('TFJS_NO_NODE_HEADERS');
  });

  test.skipIf(process.getuid?.() === 0)('a package that may not be written to (needs a user who is not root)', async () => {
    await chmod(machine.packageFolder, 0o555);
    expect(await machine.setUp()).toBe(
      `TFJS_NOT_WRITABLE: The folder of @tensorflow/tfjs-node-gpu cannot be written to.
at FOLDER/node_modules/@tensorflow/tfjs-node-gpu
Run the command as the user who installed it, or install nasc where you may write.`,
    );
    await chmod(machine.packageFolder, 0o755);
  });

  test.each([
    [
      { nodeVersion: '24.1.0' },
      'TFJS_NODE_VERSION: @tensorflow/tfjs-node-gpu 4.22.0 runs on Node 20 to 22; this is Node 24.1.0.\nUse Node 22 for engine "tfjs", or engine "native", which needs no set-up.',
    ],
    [
      { packageFolder: undefined },
      'TFJS_NOT_INSTALLED: The optional package @tensorflow/tfjs-node-gpu is not installed.\nInstall it: `npm install @tensorflow/tfjs-node-gpu@4.22.0`, then run `nasc setup tfjs` again.',
    ],
    [{ arch: 'riscv64' }, 'TFJS_PLATFORM: There is no TensorFlow library for linux on riscv64.\nUse engine "native".'],
    [
      { platform: 'darwin' },
      "TFJS_NO_DOWNLOAD: TensorFlow's library cannot be had from CLOSED: ECONNREFUSED.\nConnect to a network, or set $TFJS_NODE_CDN_STORAGE to a mirror.",
    ],
  ])('%o', async (changes, expected) => {
    expect(await machine.setUp(changes)).toBe(expected);
  });
});

describe('what pip says', () => {
  /** A Python of which only pip's answer matters. */
  const pipSays = async (answer: string) => {
    machine = await createFakeMachine({ tools: true });
    const lines = answer.split('\n').map((line) => `echo '${line}' >&2`);
    await machine.addProgram('python3', `case "$*" in *download*) ${lines.join('; ')}; exit 1;; esac\necho "Python 3.99"`);
    return machine.setUp();
  };

  test('no network', async () => {
    const log =
      'WARNING: Retrying after connection broken by NewConnectionError: Name or service not known\nERROR: No matching distribution found for tensorflow-cpu';
    expect(await pipSays(log)).toBe(
      `TFJS_NO_DOWNLOAD: TensorFlow could be had neither from CLOSED (ECONNREFUSED) nor through pip.
Connect to a network, set $TFJS_NODE_CDN_STORAGE to a mirror, or give pip a place that has the wheel ($PIP_INDEX_URL, $PIP_FIND_LINKS). pip said:
    WARNING: Retrying after connection broken by NewConnectionError: Name or service not known
    ERROR: No matching distribution found for tensorflow-cpu`,
    );
  });

  test('no wheel for this Python', async () => {
    expect(await pipSays('ERROR: No matching distribution found for tensorflow-cpu')).toBe(
      `TFJS_NO_WHEEL: There is no wheel of tensorflow-cpu for Python 3.99 on linux x64.
Put a Python that TensorFlow supports (3.10 to 3.13, glibc) first on $PATH as python3.`,
    );
  });

  test('a full disk', async () => {
    expect(await pipSays('OSError: [Errno 28] No space left on device')).toMatch(
      /^TFJS_DISK_FULL: TensorFlow needs \d+ MiB of disk; \d+ MiB are free\.\nat FOLDER\/cache\/tfjs-setup\nMake room, then run `nasc setup tfjs` again: it goes on with what was downloaded\.$/,
    );
  });

  test('something else', async () => {
    expect(await pipSays('ERROR: the index is on fire')).toBe(
      `TFJS_PIP_FAILED: pip could not fetch tensorflow-cpu.
at FOLDER/cache/tfjs-setup/setup.log
It said:
    ERROR: the index is on fire`,
    );
  });

  test('nothing, because there is none', async () => {
    machine = await createFakeMachine({ tools: true });
    await machine.addProgram('python3', 'case "$*" in *pip*) exit 1;; esac; echo "Python 3.99"');
    expect(await machine.setUp()).toBe(
      `TFJS_NO_PIP: Python 3.99 has no pip, which fetches the TensorFlow wheel.
Install it: \`apt-get install python3-pip\` (Debian, Ubuntu), \`dnf install python3-pip\` (Fedora), or \`python3 -m ensurepip\`.`,
    );
  });
});

describe("from where the package's installer has it", () => {
  const content = Buffer.from('what a library might be'.repeat(1000));
  const name = 'libtensorflow-cpu-linux-x86_64-2.9.1.tar.gz';
  /** Serves `content`, whole or from an offset; breaks off after `limit` bytes. */
  const serve = async (limit = Infinity) => {
    const ranges: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
      response.writeHead(from > 0 ? 206 : 200, { 'content-length': content.length - from });
      if (request.method === 'HEAD') return void response.end();
      ranges.push(request.headers.range);
      if (content.length - from <= limit) return void response.end(content.subarray(from));
      // Flushed first: what is not sent yet would be lost with the connection.
      response.write(content.subarray(from, from + limit), () => setTimeout(() => response.destroy(), 50));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}/`, ranges, close: () => server.close() };
  };

  test('a download that broke off goes on where it stopped; one with a wrong SHA-256 is removed', async () => {
    machine = await createFakeMachine({ tools: true });
    const env = (url: string) => ({ env: { ...machine.host.env, TFJS_NODE_CDN_STORAGE: url } });
    const broken = await serve(10_000);
    expect(await machine.setUp(env(broken.url))).toMatch(
      /^TFJS_DOWNLOAD_BROKEN: The download of http:\/\/127\.0\.0\.1:\d+\/tensorflow\/libtensorflow\/libtensorflow-cpu-linux-x86_64-2\.9\.1\.tar\.gz broke off: .+\.\nRun `nasc setup tfjs` again: it goes on where it stopped\.$/,
    );
    broken.close();
    expect(await readFile(join(machine.downloads, `${name}.part`))).toEqual(content.subarray(0, 10_000));

    const whole = await serve();
    const actual = createHash('sha256').update(content).digest('hex');
    expect(await machine.setUp(env(whole.url))).toBe(
      `TFJS_CHECKSUM: ${whole.url}tensorflow/libtensorflow/${name} has SHA-256 ${actual}; 7f510d2546e3db5e10b1d119463689003d587842892ad3c95bca51cf82820173 was published.
The download was removed. Run \`nasc setup tfjs\` again; if that repeats, something between here and there changes files.`,
    );
    whole.close();
    expect(whole.ranges).toEqual(['bytes=10000-']);
    expect(existsSync(join(machine.downloads, name))).toBe(false);
  });
});
