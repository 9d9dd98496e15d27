// README.md of the emitted folder: what it is, and how to get it into a program.
import { elementCount } from '@nasc/ir';
import type { TensorTable } from '@nasc/ir';
import { compilerFlags } from '../compiler-flags.ts';
import { version } from '../version.ts';
import { arenaBytes, memoryAlignment } from './emission.ts';
import type { Emission } from './emission.ts';

/** The blocks in order, each with the shape of what it hands on; equal ones that follow each other are counted. */
const blocksLine = ({ network, program, typeOf }: Emission): string => {
  const macros = new Map<string, string>();
  for (const { id, macro, unit = id } of network.graph.groups)
    macros.set(unit, macros.has(unit) ? `${macros.get(unit)} + ${macro}` : macro);
  const outputs = new Map(program.calls.map(({ block, output }) => [block, output]));
  const runs: { readonly text: string; count: number }[] = [];
  for (const [block, output] of outputs) {
    const text = `${macros.get(block) ?? block} ${typeOf(output).shape.join('x')}`;
    const last = runs.at(-1);
    if (last?.text === text) last.count++;
    else runs.push({ text, count: 1 });
  }
  return runs.map(({ text, count }) => (count > 1 ? `${count} x ${text}` : text)).join(' → ');
};

const weightUse = ({ name, upper }: Emission): string => `
## Weights

\`${name}_weights.bin\` holds float32 values, little-endian, in the layouts of the kernels; it belongs to this \`${name}.c\` alone, which
\`${name}_weights_match\` checks. Read it into memory that is aligned to ${memoryAlignment} bytes, put it into flash, or map it:

    int file = open("${name}_weights.bin", O_RDONLY);
    const float *weights = mmap(0, ${upper}_WEIGHT_BYTES, PROT_READ, MAP_PRIVATE, file, 0);
`;

export const writeReadme = (emission: Emission, trained: TensorTable): string => {
  const { name, network, weights, weightsIn, vectorWidth, inputShape, threads } = emission;
  const team = threads > 1;
  const inFile = weightsIn === 'file';
  const parameters = [...trained.values()].reduce((sum, { shape }) => sum + elementCount(shape), 0);
  return `# ${network.name}

C11 for ${vectorWidth}, written by nasc ${version}: ${inputShape.join('x')} images to ${network.classes.length} classes.

${inputShape.join('x')} → ${blocksLine(emission)}

| | |
| --- | --- |
| parameters | ${parameters} |
| weights in memory | ${weights.values.byteLength} bytes, constant |
| arena, given by the caller | ${arenaBytes(emission)} bytes |
| needs | memcpy, memset and the mathematical functions of the C library |

\`${name}.h\` is all that a program includes; its first comment shows how. \`${name}_run\` is re-entrant: all that it writes is its
output and the arena that it is given.

## Build

    cc -std=c11 ${compilerFlags(vectorWidth).join(' ')} -c ${name}.c${inFile ? '' : ` ${name}_weights.c`}${team ? ` ${name}_threads.c` : ''}

Other compilers than GCC and Clang take the same files: vectors are then plain loops. With CMake: \`add_subdirectory\`, or
\`cmake --install\` and \`find_package(${name} CONFIG REQUIRED)\`; then \`target_link_libraries(app ${name}::${name})\`.

${
  team
    ? `\`${name}_threads.h\` has a pool of threads that run the network together, up to ${threads}; it needs POSIX threads, and its file may be left out:
\`${name}_run\` uses one thread, and \`${name}_run_part\` is for threads of your own. All give the same bits.

`
    : ''
}\`main.c\` is a benchmark, and shows the use:

    cmake -S . -B build && cmake --build build && build/${name}_benchmark
${inFile ? weightUse(emission) : ''}
## License

Everything here, the kernels included, may be used, changed and distributed by anyone for any purpose, without conditions and
without notice (0BSD). It comes without warranty of any kind.
`;
};
