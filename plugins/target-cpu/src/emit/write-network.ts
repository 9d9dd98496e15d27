// NAME.c: the network as calls of kernels, one function a block.
import { floatList, indent, operandsOf, scratchStride, threadScratch, vectorFlags } from '@nasc/c-emit';
import type { ProgramCall, ProgramOperand } from '@nasc/c-emit';
import { writeClassNames } from './class-names.ts';
import { commentText, describeUnit, fileComment } from './emission.ts';
import type { Emission } from './emission.ts';
import { writeSharedCall, writeTeamFunctions } from './team-source.ts';
import { writeWeightCheck } from './write-weights.ts';

const declarations = { input: 'const float *input', output: 'float *output', arena: 'float *arena', weights: 'const float *weights' };
type Parameter = keyof typeof declarations;

interface BlockFunction {
  readonly text: string;
  readonly parameters: readonly Parameter[];
  readonly call: string;
}

/** Calls of one block after the other, in order. */
const callsByBlock = (calls: readonly ProgramCall[]): { readonly id: string; readonly calls: ProgramCall[] }[] => {
  const blocks: { readonly id: string; readonly calls: ProgramCall[] }[] = [];
  for (const call of calls) {
    const last = blocks.at(-1);
    if (last?.id === call.block) last.calls.push(call);
    else blocks.push({ id: call.block, calls: [call] });
  }
  return blocks;
};

const writeBlock = (emission: Emission, id: string, index: number, calls: readonly ProgramCall[]): BlockFunction => {
  const { name: prefix, program, plan, nameOf, typeOf, weights, threads } = emission;
  const team = threads > 1;
  // Each thread has its own scratch for fused calls.
  const ownScratch = threadScratch(calls);
  const operands = new Map(calls.flatMap(operandsOf).map((operand) => [operand.id, operand]));
  const uses = (ids: readonly string[]) => ids.some((value) => operands.get(value)?.kind === 'value');
  const inArena = [...operands.values()].filter((operand) => operand.kind !== 'weights' && plan.offsets.has(operand.id));
  const needs: Readonly<Record<Parameter, boolean>> = {
    input: uses(program.inputs),
    output: uses(program.outputs),
    arena: inArena.length > 0,
    weights: [...operands.values()].some(({ kind }) => kind === 'weights'),
  };
  const parameters = (Object.keys(needs) as Parameter[]).filter((parameter) => needs[parameter]);
  const pointer = (operand: ProgramOperand): string => {
    if (operand.kind === 'weights') return `weights + ${weights.offsetOf(operand.id)} /* ${commentText(operand.id)} */`;
    if (program.inputs.includes(operand.id)) return 'input';
    if (program.outputs.includes(operand.id)) return 'output';
    return team && ownScratch.has(operand.id)
      ? `${nameOf(operand.id)} + (size_t)team->part * ${scratchStride(program, operand.id)}`
      : nameOf(operand.id);
  };
  const locals = inArena.map((operand) => {
    const shape = operand.kind === 'value' ? typeOf(operand.id).shape.join('x') : `${program.elements.get(operand.id)!} floats of scratch`;
    return `float *const ${nameOf(operand.id)} = arena + ${plan.offsets.get(operand.id)! / 4}; /* ${shape} */`;
  });
  const description = describeUnit(emission, id);
  const comment = description ? `/* ${commentText(description)} */\n` : '';
  const name = `block${index}_${nameOf(id)}`;
  const statements = calls.map((call) => writeSharedCall(call, pointer, threads));
  const declared = [...parameters.map((parameter) => declarations[parameter]), ...(team ? [`const ${prefix}_team *team`] : [])];
  return {
    parameters,
    text: `${comment}static void ${name}(${declared.join(', ')}) {
${indent([...locals, ...statements].join('\n'))}
}`,
    call: `${name}(${[...parameters, ...(team ? ['team'] : [])].join(', ')});`,
  };
};

export const writeNetwork = (emission: Emission): string => {
  const { name, upper, network, program, vectorWidth, weightsIn, threads } = emission;
  const team = threads > 1;
  const blocks = callsByBlock(program.calls).map(({ id, calls }, index) => writeBlock(emission, id, index, calls));
  const { mean, std } = network.normalisation;
  const inFile = weightsIn === 'file';
  const uses = (parameter: Parameter) => blocks.some(({ parameters }) => parameters.includes(parameter));
  const locals = [
    uses('arena') ? 'float *const arena = (float *)memory;' : '(void)memory;',
    ...(!inFile && uses('weights') ? [`const float *const weights = ${name}_weights;`] : []),
    ...(inFile && !uses('weights') ? ['(void)weights;'] : []),
  ];
  return `${fileComment(`${network.name}: the network, for ${vectorWidth}.`)}
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include "${name}.h"
#include "${name}_kernels.h"

#if NASC_LANES != ${vectorFlags[vectorWidth].lanes}
#error "The weights are packed for vectors of ${vectorFlags[vectorWidth].lanes} floats: generate the network again for another width."
#endif

${writeClassNames(emission)}

const float ${name}_mean[${upper}_CHANNELS] = {${floatList(Float32Array.from(mean))}};
const float ${name}_std[${upper}_CHANNELS] = {${floatList(Float32Array.from(std))}};

void ${name}_normalise(const unsigned char *pixels, float *input) {
  for (int i = 0; i < ${upper}_INPUT_SIZE; i++) {
    const int c = i % ${upper}_CHANNELS;
    input[i] = ((float)pixels[i] / 255.0f - ${name}_mean[c]) / ${name}_std[c];
  }
}

${inFile ? `${writeWeightCheck(emission)}\n\n` : ''}${team ? `${writeTeamFunctions(`${name}_team`)}\n\n` : ''}${blocks.map(({ text }) => text).join('\n\n')}

void ${name}_run${team ? '_part' : ''}(${inFile ? 'const float *weights, ' : ''}const float *input, float *output, void *memory${team ? `, const ${name}_team *team` : ''}) {
${indent([...locals, ...blocks.map(({ call }) => call)].join('\n'))}
}
${
  team
    ? `
static void meet_alone(void *context) { (void)context; }

void ${name}_run(${inFile ? 'const float *weights, ' : ''}const float *input, float *output, void *memory) {
  const ${name}_team alone = {0, 1, meet_alone, 0};
  ${name}_run_part(${inFile ? 'weights, ' : ''}input, output, memory, &alone);
}
`
    : ''
}`;
};
