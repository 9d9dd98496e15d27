// Arena of a program: which buffers it needs, when each is alive, and where each lies.
import { planMemory } from './memory-plan.ts';
import type { LiveBuffer, MemoryPlan } from './memory-plan.ts';
import { operandsOf } from './program.ts';
import type { CProgram, ProgramCall } from './program.ts';

/** The value that a call's output may lie over, and how many floats in front of it. */
export const overlayOf = (call: ProgramCall): { readonly id: string; readonly before: number } | undefined => {
  if (call.kind !== 'fused' || !call.kernel.overlay) return undefined;
  const { input, before } = call.kernel.overlay;
  return { id: call.operands[1 + input]!.id, before };
};

/** Ids of the scratch that every thread has for itself. */
export const threadScratch = (calls: readonly ProgramCall[]): ReadonlySet<string> =>
  new Set(
    calls.flatMap((call) => (call.kind === 'fused' ? call.operands : [])).flatMap(({ kind, id }) => (kind === 'scratch' ? [id] : [])),
  );

/** Floats of one thread's scratch, from one thread to the next: threads do not share lines. */
export const scratchStride = ({ elements }: CProgram, id: string): number => Math.ceil(elements.get(id)! / 16) * 16;

/**
 * Everything that the caller of the program does not own: its inputs and outputs stay outside. Several threads have a scratch each,
 * and no output lies over an input: one may be written before another has read.
 */
export const programBuffers = (program: CProgram, threads = 1): readonly LiveBuffer[] => {
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
  const scratch = threadScratch(program.calls);
  const bytesOf = (id: string): number =>
    4 * (threads > 1 && scratch.has(id) ? threads * scratchStride(program, id) : program.elements.get(id)!);
  const overlays = new Map<string, NonNullable<LiveBuffer['over']>>();
  for (const [index, call] of threads > 1 ? [] : program.calls.entries()) {
    const under = overlayOf(call);
    if (under && !outside.has(call.output) && lives.get(under.id)?.last === index)
      overlays.set(call.output, { id: under.id, before: under.before * 4 });
  }
  return [...lives].map(([id, life]) => ({ id, bytes: bytesOf(id), ...life, ...(overlays.has(id) && { over: overlays.get(id)! }) }));
};

export const planProgram = (program: CProgram, threads = 1): MemoryPlan => planMemory(programBuffers(program, threads));
