// Instruction sets that code is compiled for, their flags, and which of them this machine has.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { DiagnosticError, didYouMean, errorDiagnostic } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';

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

const unknownWidth = (wanted: string): Diagnostic => {
  const close = didYouMean(wanted, vectorWidths);
  return errorDiagnostic('VECTOR_WIDTH_UNKNOWN', `There is no vector width "${wanted}".`, {
    at: `NASC_VECTOR_WIDTH=${wanted}`,
    hint: close ? `Did you mean "${close}"?` : `It is one of ${vectorWidths.join(', ')}.`,
  });
};

const widthNotHere = (wanted: string, here: readonly string[]): Diagnostic =>
  errorDiagnostic('VECTOR_WIDTH_NOT_HERE', `This machine has no ${wanted} vectors.`, {
    at: `NASC_VECTOR_WIDTH=${wanted}`,
    hint: `It runs ${here.join(', ')}.`,
  });

/** The widest vectors that this machine has. `$NASC_VECTOR_WIDTH` asks for others of them. */
export const detectVectorWidth = (): VectorWidth => {
  const wanted = process.env['NASC_VECTOR_WIDTH'];
  const here = hostVectorWidths();
  const found = wanted ? here.find((width) => width === wanted) : here[0];
  if (found) return found;
  const known = (vectorWidths as readonly string[]).includes(wanted!);
  throw new DiagnosticError([known ? widthNotHere(wanted!, here) : unknownWidth(wanted!)]);
};
