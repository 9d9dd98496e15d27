// The system's C compiler: found, asked for its version, and run into a cache keyed by everything that went in.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, rename, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { DiagnosticError, errorDiagnostic } from '@nasc/diagnostics';
import { ensureFolder, makeFolder } from '@nasc/files';

const run = promisify(execFile);

export interface Compiler {
  readonly command: string;
  readonly version: string;
}

export interface CompileJob {
  /** An object has one unit. */
  readonly kind: 'shared' | 'executable' | 'object';
  /** File name -> content; names ending in .c are compiled, the others lie beside them and beside the result. */
  readonly sources: ReadonlyMap<string, string | Uint8Array>;
  readonly flags: readonly string[];
  readonly cacheFolder: string;
  /** Default: `findCompiler()`. */
  readonly compiler?: Compiler;
  readonly signal?: AbortSignal;
}

const compilerMissing = () =>
  errorDiagnostic('COMPILER_NOT_FOUND', 'No C compiler was found: neither $CC, cc, gcc nor clang runs.', {
    hint: 'Install one: `apt-get install gcc` (Debian, Ubuntu), `dnf install gcc` (Fedora), `xcode-select --install` (macOS).',
  });

let found: Promise<Compiler> | undefined;

/** A compiler by name; undefined where it does not run. */
export const askCompiler = async (command: string): Promise<Compiler | undefined> => {
  try {
    const { stdout } = await run(command, ['--version']);
    return { command, version: stdout.split('\n')[0]!.trim() };
  } catch {
    return undefined;
  }
};

const search = async (): Promise<Compiler> => {
  for (const command of [process.env['CC'], 'cc', 'gcc', 'clang']) {
    const compiler = command ? await askCompiler(command) : undefined;
    if (compiler) return compiler;
  }
  throw new DiagnosticError([compilerMissing()]);
};

/** The first of $CC, cc, gcc, clang that runs. Throws COMPILER_NOT_FOUND. */
export const findCompiler = (): Promise<Compiler> => (found ??= search());

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

/** What compilers, assemblers and linkers say, in the system's words, when they cannot write. */
const outOfSpace = /No space left on device|Disk quota exceeded|File too large/;

/** Where sources are kept that did not compile. */
const failedFolder = (folder: string): string => `${folder}.failed`;

/** Runs the compiler in `work`; its first error becomes COMPILE_FAILED. */
const runCompiler = async (
  compiler: Compiler,
  parameters: readonly string[],
  job: CompileJob,
  work: string,
  folder: string,
): Promise<void> => {
  try {
    await run(compiler.command, ['-std=gnu11', ...parameters], {
      cwd: work,
      maxBuffer: 64 << 20,
      ...(job.signal && { signal: job.signal }),
    });
  } catch (cause) {
    if (job.signal?.aborted) throw cause;
    const text = String((cause as { stderr?: string }).stderr ?? cause);
    if (outOfSpace.test(text)) throw Object.assign(new Error(text, { cause }), { code: 'ENOSPC' });
    const firstError = text.split('\n').find((line) => line.includes('error')) ?? text.split('\n')[0]!;
    const at = failedFolder(folder);
    const hint =
      'The sources are kept at this place. $CC names another compiler; what the compiler of this machine accepts and this one refuses is a bug of nasc or of a plugin.';
    throw new DiagnosticError([errorDiagnostic('COMPILE_FAILED', `${compiler.command} failed: ${firstError.trim()}`, { at, hint })], {
      cause,
    });
  }
};

const resultNames: Readonly<Record<CompileJob['kind'], string>> = { shared: 'library.so', executable: 'program', object: 'object.o' };

/** Compiles the units in `work`, as many at a time as there are processors, and links them. */
const build = async (compiler: Compiler, job: CompileJob, work: string, folder: string): Promise<void> => {
  const units = [...job.sources.keys()].filter((name) => name.endsWith('.c'));
  const shared = job.kind === 'shared';
  const flags = [...job.flags, ...(shared ? ['-fPIC'] : [])];
  const output = [...(shared ? ['-shared'] : []), '-o', resultNames[job.kind]];
  if (job.kind === 'object') return runCompiler(compiler, [...flags, '-c', ...output, ...units], job, work, folder);
  const libraries = ['-lm', '-lpthread'];
  if (units.length === 1) return runCompiler(compiler, [...flags, ...output, ...units, ...libraries], job, work, folder);
  const objects = units.map((_, index) => `unit${index}.o`);
  const waiting = [...units.entries()].toReversed();
  const worker = async () => {
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const [index, unit] = next;
      await runCompiler(compiler, [...flags, '-c', '-o', objects[index]!, unit], job, work, folder).catch((cause: unknown) => {
        waiting.length = 0;
        throw cause;
      });
    }
  };
  // All of them have to have ended before the folder is moved or removed.
  const ends = await Promise.allSettled(Array.from({ length: availableParallelism() }, worker));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  await runCompiler(compiler, [...flags, ...output, ...objects, ...libraries], job, work, folder);
};

/** Puts sources that did not compile to where COMPILE_FAILED says they are. */
const keepFailed = async (work: string, folder: string): Promise<void> => {
  await rm(failedFolder(folder), { recursive: true, force: true });
  await rename(work, failedFolder(folder));
};

/**
 * Compiles, or finds the result of the same compilation in the cache; returns the path of the library, program or object. Errors:
 * COMPILER_NOT_FOUND, COMPILE_FAILED, DISK_FULL, WRITE_FAILED.
 */
export const compile = async (job: CompileJob): Promise<string> => {
  const compiler = job.compiler ?? (await findCompiler());
  const hash = createHash('sha256');
  for (const part of [job.kind, compiler.version, process.platform, process.arch, ...job.flags]) hash.update(`${part}\0`);
  for (const [name, content] of [...job.sources].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`${name}\0`).update(content).update('\0');
  }
  const folder = join(job.cacheFolder, `c-${hash.digest('hex').slice(0, 24)}`);
  const result = join(folder, resultNames[job.kind]);
  if (await exists(result)) return result;

  // Another process may be first: its result is the same.
  await makeFolder(folder, 'compiled code', async (work) => {
    for (const [name, content] of job.sources) {
      await ensureFolder(dirname(join(work, name)));
      await writeFile(join(work, name), content);
    }
    await build(compiler, job, work, folder).catch(async (cause: unknown) => {
      if (cause instanceof DiagnosticError) await keepFailed(work, folder);
      throw cause;
    });
  });
  return result;
};
