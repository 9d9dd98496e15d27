// Class names as an array of characters: unlike an array of pointers it is read-only in position-independent code, too.
import { stringLiteral } from '@nasc/c-emit';
import type { Emission } from './emission.ts';

/** Bytes of the longest name, without the zero behind it. */
export const longestClassName = ({ network }: Emission): number => Math.max(...network.classes.map((label) => Buffer.byteLength(label)));

export const writeClassNames = (emission: Emission): string => {
  const { name, upper, network } = emission;
  return `const char ${name}_class_names[${upper}_CLASSES][${longestClassName(emission) + 1}] = {
${network.classes.map((label) => `  ${stringLiteral(label)},`).join('\n')}
};`;
};
