// The text of one call of a program.
import { indent, wrapList } from './c-text.ts';
import type { ProgramCall, ProgramOperand } from './program.ts';

/** The first and past the last of a call's work items, C expressions; all of them for one thread. */
export type WriteShare = (items: number) => string;
const allItems: WriteShare = (items) => `0, ${items}`;

/** The C statement for a call; `pointer` gives the expression for an operand's address (const for all but outputs and scratch). */
export const writeCall = (call: ProgramCall, pointer: (operand: ProgramOperand) => string, share = allItems): string => {
  if (call.kind === 'fused') return `${call.kernel.name}(${[...call.operands.map(pointer), share(call.kernel.items)].join(', ')});`;
  const scalars = call.scalars.length > 0 ? `(const double[]){${call.scalars.join(', ')}}` : '0';
  const tensors = wrapList(call.tensors.map((operand) => `(float *)${pointer(operand)}`)).replace(/,$/, '');
  return [
    `${call.kernel}(`,
    indent(`(float *const[]){${tensors}},`),
    indent(`(const int64_t[]){${call.dims.join(', ')}}, ${scalars}, ${share(call.items)});`),
  ].join('\n');
};
