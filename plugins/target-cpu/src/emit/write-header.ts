// NAME.h: what a user of the network sees. Safe to include from C++.
import { version } from '../version.ts';
import { longestClassName } from './class-names.ts';
import { arenaBytes, fileComment, memoryAlignment } from './emission.ts';
import type { Emission } from './emission.ts';
import { writeTeamType } from './team-source.ts';
import { weightChecksum } from './weight-blob.ts';

const usage = ({ name, upper, weightsIn }: Emission): string => {
  const inFile = weightsIn === 'file';
  return ` * In C (a whole program is main.c):
 *
 *   static float input[${upper}_INPUT_SIZE], logits[${upper}_CLASSES];
 *   static _Alignas(${upper}_ALIGNMENT) float arena[${upper}_ARENA_BYTES / sizeof(float)];
 *${inFile ? `\n *   const float *weights = ...; // ${name}_weights.bin, read or mapped\n *   if (!${name}_weights_match(weights)) return error;` : ''}
 *   ${name}_normalise(pixels, input);
 *   ${name}_run(${inFile ? 'weights, ' : ''}input, logits, arena);
 *
 * The class is the index of the largest logit, its name ${name}_class_names[index].`;
};

const weightDeclarations = (emission: Emission): string => {
  const { name, upper, weightsIn, weights } = emission;
  if (weightsIn === 'source')
    return `/* The weights, which ${name}_run reads; in ${name}_weights.c. */\nextern const float ${name}_weights[${upper}_WEIGHT_BYTES / 4];`;
  const checksum = weightChecksum(weights).toString(16).padStart(8, '0');
  return `/* CRC-32 (IEEE 802.3, as of gzip and zlib) of ${name}_weights.bin: ${upper}_WEIGHT_BYTES bytes, float32, little-endian. */
#define ${upper}_WEIGHTS_CRC32 0x${checksum}u

/* 1 where these are the weights that this code was generated with, else 0: reads all of them. */
int ${name}_weights_match(const float *weights);`;
};

/** What those need who run the network on several threads. */
const teamDeclarations = ({ name, upper, threads, weightsIn }: Emission): string => `
/* Most threads that may run the network together; the arena has room for all of them. */
#define ${upper}_THREADS ${threads}

/* One of the threads that run the network together. ${name}_threads.h has a pool of them. */
${writeTeamType(`${name}_team`)}

/* One thread's part of ${name}_run: all of a team call it with the same memory. */
void ${name}_run_part(${weightsIn === 'file' ? 'const float *weights, ' : ''}const float *input, float *output, void *arena, const ${name}_team *team);
`;

const numbers = (values: readonly number[]): string => values.map((value) => String(Number(value.toPrecision(6)))).join(' ');

export const writeHeader = (emission: Emission): string => {
  const { name, upper, network, weights, weightsIn, vectorWidth, inputShape } = emission;
  const [height, width, channels] = inputShape;
  const { mean, std } = network.normalisation;
  const inFile = weightsIn === 'file';
  return `${fileComment(`${network.name}: ${network.classes.length} classes from ${height}x${width}x${channels} images; vectors: ${vectorWidth}.`)}
/*
${usage(emission)}
 */
#ifndef ${upper}_H
#define ${upper}_H

#ifdef __cplusplus
extern "C" {
#endif

/* Version of nasc that generated the code. */
#define ${upper}_NASC_VERSION "${version}"

#define ${upper}_HEIGHT ${height}
#define ${upper}_WIDTH ${width}
#define ${upper}_CHANNELS ${channels}
#define ${upper}_INPUT_SIZE ${height * width * channels} /* floats */
#define ${upper}_CLASSES ${network.classes.length} /* floats of the output, too */
#define ${upper}_ARENA_BYTES ${arenaBytes(emission)}
#define ${upper}_WEIGHT_BYTES ${weights.values.byteLength}
#define ${upper}_ALIGNMENT ${memoryAlignment} /* bytes; of arena and weights */

/* Names of the classes, UTF-8. */
extern const char ${name}_class_names[${upper}_CLASSES][${longestClassName(emission) + 1}];

/* Input normalisation: x = (byte / 255 - mean[c]) / std[c], mean ${numbers(mean)}, std ${numbers(std)}. */
extern const float ${name}_mean[${upper}_CHANNELS];
extern const float ${name}_std[${upper}_CHANNELS];

/* Bytes [height][width][channels] to what ${name}_run expects. */
void ${name}_normalise(const unsigned char *pixels, float *input);

${weightDeclarations(emission)}

/*
 * Logits of one image.${inFile ? `\n *   weights ${upper}_WEIGHT_BYTES bytes: the content of ${name}_weights.bin, aligned to ${upper}_ALIGNMENT` : ''}
 *   input   ${upper}_INPUT_SIZE floats, [height][width][channels], normalised
 *   output  ${upper}_CLASSES floats
 *   arena   ${upper}_ARENA_BYTES bytes of any content, aligned to ${upper}_ALIGNMENT; undefined afterwards
 * They do not overlap. Re-entrant: calls with different output and arena may run at the same time. Allocates nothing.
 */
void ${name}_run(${inFile ? 'const float *weights, ' : ''}const float *input, float *output, void *arena);
${emission.threads > 1 ? teamDeclarations(emission) : ''}
#ifdef __cplusplus
}
#endif

#endif
`;
};
