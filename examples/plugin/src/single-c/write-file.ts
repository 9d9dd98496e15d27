// The whole network as one C file without dependencies: plain kernels, weights, one function. With SINGLE_C_MAIN it is also
// a program that runs and times itself.
import { cIdentifier, emitProgram, floatList, kernelSources, parameterId, planProgram, prelude, writeCall } from 'nasc/plugin';
import type { DeployableNetwork, EmittedFiles, ProgramOperand, Registry } from 'nasc/plugin';

const main = (name: string, inputs: number, outputs: number, calls: number): string => `
#ifdef SINGLE_C_MAIN
#include <stdio.h>
#include <time.h>
static double now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}
static double marks[${calls + 1}], call_ms[${calls + 1}];
void single_c_mark(int call) { marks[call] = now_ms(); }

/* No argument: images on standard input, logits on standard output. With one: for each number of runs that comes in as a line,
   a line of milliseconds, of all runs and of each call. */
int main(int count, char **arguments) {
  static float input[${inputs}], output[${outputs}];
  (void)arguments;
  if (count < 2) {
    while (fread(input, sizeof input, 1, stdin) == 1) {
      ${name}(input, output);
      fwrite(output, sizeof output, 1, stdout);
    }
    return 0;
  }
  for (int runs; scanf("%d", &runs) == 1;) {
    memset(call_ms, 0, sizeof call_ms);
    const double start = now_ms();
    for (int run = 0; run < runs; run++) {
      ${name}(input, output);
      for (int call = 0; call < ${calls}; call++) call_ms[call] += marks[call + 1] - marks[call];
    }
    printf("%.9g", now_ms() - start);
    for (int call = 0; call < ${calls}; call++) printf(" %.9g", call_ms[call]);
    puts("");
    fflush(stdout);
  }
  return 0;
}
#endif
`;

export interface WrittenFile extends EmittedFiles {
  /** Name of the only C file. */
  readonly file: string;
  /** The node that each call computes, in order. */
  readonly nodeOfCall: readonly string[];
}

export const writeFile = (network: Pick<DeployableNetwork, 'name' | 'graph' | 'weights'>, registry: Pick<Registry, 'ops'>): WrittenFile => {
  const name = cIdentifier(network.name);
  const program = emitProgram(network.graph, { ops: registry.ops });
  const plan = planProgram(program);
  const weights = new Map(program.weights.map(({ id }, index) => [id, `weights${index}`]));
  const pointer = ({ kind, id }: ProgramOperand): string => {
    if (kind === 'weights') return weights.get(id)!;
    if (program.inputs.includes(id)) return 'input';
    return program.outputs.includes(id) ? 'output' : `(arena + ${plan.offsets.get(id)! / 4})`;
  };
  const pack = (id: string) => program.packWeights(id, (node, parameter) => network.weights.get(parameterId(node, parameter))!);
  const calls = program.calls.map((call, index) => `  ${writeCall(call, pointer)}\n  single_c_mark(${index + 1});`);
  const [inputs, outputs] = [program.inputs[0]!, program.outputs[0]!].map((id) => program.elements.get(id)!) as [number, number];
  const text = [
    `/* ${network.name}: ${inputs} floats in, ${outputs} logits out. */`,
    prelude,
    ...kernelSources(program.calls),
    '#ifdef SINGLE_C_MAIN\nvoid single_c_mark(int call);\n#else\n#define single_c_mark(call)\n#endif\n',
    ...program.weights.map(({ id }) => `static const float ${weights.get(id)!}[] = {\n${floatList(pack(id))}\n};`),
    `void ${name}(const float *input, float *output) {
  static float arena[${Math.max(1, plan.arenaBytes / 4)}];
  single_c_mark(0);
${calls.join('\n')}
}`,
    main(name, inputs, outputs, program.calls.length),
  ];
  return {
    file: `${name}.c`,
    files: new Map([[`${name}.c`, text.join('\n')]]),
    memory: {
      arenaBytes: plan.arenaBytes,
      lowerBoundBytes: plan.lowerBoundBytes,
      weightBytes: program.weights.reduce((sum, { elements }) => sum + 4 * elements, 0),
    },
    coverage: program.coverage,
    nodeOfCall: program.calls.map(({ nodes }) => nodes[0]!),
  };
};
