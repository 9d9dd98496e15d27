// A place outside the workspace, as a plugin's author has it: the example copied into a temporary folder, `nasc` and Node's
// types installed beside it, and nothing else of the workspace within reach.
import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const workspace = join(import.meta.dirname, '../..');
/** The built command line: `npm test` builds first. */
const program = join(workspace, 'packages/cli/bin/nasc.js');
export const exampleFolder = join(workspace, 'examples/plugin');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Workplace {
  readonly folder: string;
  write(file: string, content: string | object): Promise<void>;
  read(file: string): Promise<string>;
  /** Replaces a text that occurs in a file. */
  edit(file: string, from: string, to: string): Promise<void>;
  /** Runs `nasc` in a subfolder. */
  nasc(line: string, subfolder?: string): Promise<Ended>;
  run(command: string, parameters: readonly string[]): Promise<Ended>;
  remove(): Promise<void>;
}

const execute = (command: string, parameters: readonly string[], folder: string): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, parameters, { cwd: folder, env: { ...process.env, NASC_DATA: '' } });
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (data: Buffer) => (output.stdout += data.toString()));
    child.stderr.on('data', (data: Buffer) => (output.stderr += data.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...output }));
  });

/** `plugin/` is the example, `project/` an empty project in which it is installed. */
export const createWorkplace = async (): Promise<Workplace> => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'nasc-outside-')));
  await cp(exampleFolder, join(folder, 'plugin'), { recursive: true, filter: (path) => !/node_modules|\.nasc|nasc-out/.test(path) });
  const link = async (target: string, path: string) => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await symlink(await realpath(target), join(folder, path));
  };
  await link(join(workspace, 'packages/cli'), 'plugin/node_modules/nasc');
  await link(join(workspace, 'node_modules/@types/node'), 'plugin/node_modules/@types/node');
  await link(join(folder, 'plugin'), 'project/node_modules/nasc-plugin-swish');
  // What compilers made, by content: shared by all runs of the tests, as that of the plain kernels is.
  const compiled = join(tmpdir(), 'nasc-outside-plugin-cache');
  await mkdir(compiled, { recursive: true });
  await link(compiled, 'project/.nasc/cache');
  return {
    folder,
    async write(file, content) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), typeof content === 'string' ? content : JSON.stringify(content));
    },
    read: (file) => readFile(join(folder, file), 'utf8'),
    async edit(file, from, to) {
      const before = await readFile(join(folder, file), 'utf8');
      if (!before.includes(from)) throw new Error(`"${from}" is not in ${file}`);
      await writeFile(join(folder, file), before.replace(from, to));
    },
    nasc: (line, subfolder = 'project') => execute(process.execPath, [program, ...line.split(' ')], join(folder, subfolder)),
    run: (command, parameters) => execute(command, parameters, folder),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
};
