// The system's C compiler: found, asked for its version, and run into a cache keyed by everything that went in.
import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { access, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { DiagnosticError, errorDiagnostic } from '@nasc/diagnostics';

const run = promisify(execFile);

export interface Compiler {
  readonly command: string;
  readonly version: string;
}

export interface CompileJob {
  readonly kind: 'shared' | 'executable';
  /** File name -> text; names ending in .c are compiled, the others are headers beside them. */
  readonly sources: ReadonlyMap<string, string>;
  readonly flags: readonly string[];
  readonly cacheFolder: string;
  readonly signal?: AbortSignal;
}

const compilerMissing = () =>
  errorDiagnostic('COMPILER_NOT_FOUND', 'No C compiler was found: neither $CC, cc, gcc nor clang runs.', {
    hint: 'Install one: `apt-get install gcc` (Debian, Ubuntu), `dnf install gcc` (Fedora), `xcode-select --install` (macOS).',
  });

let found: Promise<Compiler> | undefined;

const search = async (): Promise<Compiler> => {
  for (const command of [process.env['CC'], 'cc', 'gcc', 'clang']) {
    if (!command) continue;
    try {
      const { stdout } = await run(command, ['--version']);
      return { command, version: stdout.split('\n')[0]!.trim() };
    } catch {
      // Not there: the next name is tried, and the diagnostic below names them all.
    }
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

/** Compiles, or finds the result of the same compilation in the cache; returns the path of the library or program. */
export const compile = async (job: CompileJob): Promise<string> => {
  const compiler = await findCompiler();
  const hash = createHash('sha256');
  for (const part of [job.kind, compiler.version, process.platform, process.arch, ...job.flags]) hash.update(`${part}\0`);
  for (const [name, text] of [...job.sources].toSorted(([a], [b]) => (a < b ? -1 : 1))) hash.update(`${name}\0${text}\0`);
  const folder = join(job.cacheFolder, `c-${hash.digest('hex').slice(0, 24)}`);
  const result = join(folder, job.kind === 'shared' ? 'library.so' : 'program');
  if (await exists(result)) return result;

  const work = `${folder}.${randomUUID()}`;
  await mkdir(work, { recursive: true });
  try {
    for (const [name, text] of job.sources) {
      await mkdir(dirname(join(work, name)), { recursive: true });
      await writeFile(join(work, name), text);
    }
    const units = [...job.sources.keys()].filter((name) => name.endsWith('.c'));
    const linkage = job.kind === 'shared' ? ['-shared', '-fPIC'] : [];
    const output = job.kind === 'shared' ? 'library.so' : 'program';
    try {
      await run(compiler.command, ['-std=gnu11', ...job.flags, ...linkage, '-o', output, ...units, '-lm', '-lpthread'], {
        cwd: work,
        maxBuffer: 64 << 20,
        ...(job.signal && { signal: job.signal }),
      });
    } catch (cause) {
      if (job.signal?.aborted) throw cause;
      const text = String((cause as { stderr?: string }).stderr ?? cause);
      const firstError = text.split('\n').find((line) => line.includes('error')) ?? text.split('\n')[0]!;
      throw new DiagnosticError([errorDiagnostic('COMPILE_FAILED', `${compiler.command} failed: ${firstError.trim()}`, { at: work })], {
        cause,
      });
    }
    await rename(work, folder).catch(async (cause: unknown) => {
      if (!(await exists(result))) throw cause; // another process was first: its result is the same
      await rm(work, { recursive: true });
    });
    return result;
  } catch (cause) {
    if (!(cause instanceof DiagnosticError)) await rm(work, { recursive: true, force: true });
    throw cause;
  }
};

export const vectorWidths = ['avx512', 'avx2', 'neon', 'portable'] as const;
export type VectorWidth = (typeof vectorWidths)[number];

/** Compiler flags of a vector width, and the floats in one vector. FMA is explicit everywhere: never contracted. */
export const vectorFlags: Readonly<Record<VectorWidth, { readonly flags: readonly string[]; readonly lanes: number }>> = {
  avx512: { flags: ['-march=x86-64-v4', '-mprefer-vector-width=512', '-DNASC_LANES=16'], lanes: 16 },
  avx2: { flags: ['-march=x86-64-v3', '-DNASC_LANES=8'], lanes: 8 },
  neon: { flags: ['-march=armv8-a', '-DNASC_LANES=4'], lanes: 4 },
  portable: { flags: ['-DNASC_LANES=4'], lanes: 4 },
};

/** Flags that every compilation of kernels shares. */
export const commonFlags: readonly string[] = ['-O3', '-ffp-contract=off', '-fno-math-errno', '-fno-trapping-math'];

/** The widest vectors that this machine has. `$NASC_VECTOR_WIDTH` asks for a narrower one. */
export const hostVectorWidth = async (): Promise<VectorWidth> => {
  const wanted = process.env['NASC_VECTOR_WIDTH'];
  if (wanted) {
    if ((vectorWidths as readonly string[]).includes(wanted)) return wanted as VectorWidth;
    throw new DiagnosticError([
      errorDiagnostic('VECTOR_WIDTH_UNKNOWN', `NASC_VECTOR_WIDTH is "${wanted}".`, { hint: `It is one of ${vectorWidths.join(', ')}.` }),
    ]);
  }
  if (process.arch === 'arm64') return 'neon';
  if (process.arch !== 'x64') return 'portable';
  const flags =
    process.platform === 'linux'
      ? await readFile('/proc/cpuinfo', 'utf8')
      : (await run('sysctl', ['-n', 'machdep.cpu.leaf7_features'])).stdout;
  const has = (name: string) => new RegExp(`\\b${name}\\b`, 'i').test(flags);
  if (has('avx512f') && has('avx512vl') && has('avx512bw') && has('avx512dq')) return 'avx512';
  return has('avx2') ? 'avx2' : 'portable';
};
