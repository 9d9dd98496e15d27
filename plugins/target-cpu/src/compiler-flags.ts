// Compiler flags of generated code: those of CMakeLists.txt, of README.md, and of everything that is built and timed here.
import { commonFlags, vectorFlags } from '@nasc/c-emit';
import type { VectorWidth } from '@nasc/c-emit';

/** Flags of GCC and Clang. The code itself says how many lanes it was written for. */
export const compilerFlags = (width: VectorWidth): readonly string[] => [
  ...commonFlags,
  ...vectorFlags[width].flags.filter((flag) => !flag.startsWith('-D')),
];
