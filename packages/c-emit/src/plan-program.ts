// Arena of a program: which buffers it needs, when each is alive, and where each lies.
import { planMemory } from './memory-plan.ts';
import type { LiveBuffer, MemoryPlan } from './memory-plan.ts';
import type { CProgram, ProgramCall, ProgramOperand } from './program.ts';

const operandsOf = (call: ProgramCall): readonly ProgramOperand[] => (call.kind === 'fused' ? call.operands : call.tensors);

/** The value that a call's output may lie over, and how many floats in front of it. */
export const overlayOf = (call: ProgramCall): { readonly id: string; readonly before: number } | undefined => {
  if (call.kind !== 'fused' || !call.kernel.overlay) return undefined;
  const { input, before } = call.kernel.overlay;
  return { id: call.operands[1 + input]!.id, before };
};

/** Plans everything that the caller of the program does not own: its inputs and outputs stay outside. */
export const planProgram = (program: CProgram): MemoryPlan => {
  const outside = new Set([...program.inputs, ...program.outputs]);
  const lives = new Map<string, { first: number; last: number }>();
  for (const [index, call] of program.calls.entries()) {
    for (const operand of operandsOf(call)) {
      if (operand.kind === 'weights' || outside.has(operand.id)) continue;
      const life = lives.get(operand.id);
      if (life) life.last = index;
      else lives.set(operand.id, { first: index, last: index });
    }
  }
  const overlays = new Map<string, NonNullable<LiveBuffer['over']>>();
  for (const [index, call] of program.calls.entries()) {
    const under = overlayOf(call);
    if (under && !outside.has(call.output) && lives.get(under.id)?.last === index)
      overlays.set(call.output, { id: under.id, before: under.before * 4 });
  }
  return planMemory(
    [...lives].map(([id, life]) => ({
      id,
      bytes: program.elements.get(id)! * 4,
      ...life,
      ...(overlays.has(id) && { over: overlays.get(id)! }),
    })),
  );
};
