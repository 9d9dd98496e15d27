// Instruction sets that code is compiled for, their flags, and which of them this machine has.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { DiagnosticError, errorDiagnostic } from '@nasc/diagnostics';

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

const processorFeatures = (): string =>
  process.platform === 'linux'
    ? readFileSync('/proc/cpuinfo', 'utf8')
    : execFileSync('sysctl', ['-n', 'machdep.cpu.leaf7_features'], { encoding: 'utf8' });

/** The vectors that this machine can run, the widest first. */
export const hostVectorWidths = (): readonly VectorWidth[] => {
  if (process.arch === 'arm64') return ['neon', 'portable'];
  if (process.arch !== 'x64') return ['portable'];
  const features = processorFeatures();
  const has = (name: string) => new RegExp(`\\b${name}\\b`, 'i').test(features);
  const avx512 = has('avx512f') && has('avx512vl') && has('avx512bw') && has('avx512dq');
  return [...(avx512 ? (['avx512'] as const) : []), ...(has('avx2') ? (['avx2'] as const) : []), 'portable'];
};

/** The widest vectors that this machine has. `$NASC_VECTOR_WIDTH` asks for others. */
export const detectVectorWidth = (): VectorWidth => {
  const wanted = process.env['NASC_VECTOR_WIDTH'];
  if (!wanted) return hostVectorWidths()[0]!;
  if ((vectorWidths as readonly string[]).includes(wanted)) return wanted as VectorWidth;
  throw new DiagnosticError([
    errorDiagnostic('VECTOR_WIDTH_UNKNOWN', `NASC_VECTOR_WIDTH is "${wanted}".`, { hint: `It is one of ${vectorWidths.join(', ')}.` }),
  ]);
};

/** `detectVectorWidth`, for callers that wait anyway. */
export const hostVectorWidth = async (): Promise<VectorWidth> => detectVectorWidth();
