// What a network will need, by the functions that emit it: the plan of its memory, the layout of its weights, the size of its code.
import { readFile } from 'node:fs/promises';
import { bytesAlive, compile, loadedBytes, operandsOf, programBuffers } from '@nasc/c-emit';
import type { CProgram } from '@nasc/c-emit';
import type { BlockFootprint, Footprint, MeasureContext, PlannableNetwork } from '@nasc/core';
import { compilerFlags } from '../compiler-flags.ts';
import type { CpuOptions } from '../options.ts';
import { codeFiles, cpuProgram, emissionOf } from './emit-network.ts';
import { layOutWeights, roundUp } from './weight-blob.ts';

const blockFootprints = (program: CProgram, threads: number): Readonly<Record<string, BlockFootprint>> => {
  const alive = bytesAlive(programBuffers(program, threads), program.calls.length);
  const floats = new Map(program.weights.map(({ id, elements }) => [id, roundUp(elements)]));
  const blocks = new Map<string, BlockFootprint>();
  for (const [index, call] of program.calls.entries()) {
    const { memoryBytes, weightBytes } = blocks.get(call.block) ?? { memoryBytes: 0, weightBytes: 0 };
    let own = 0;
    for (const { kind, id } of operandsOf(call)) {
      if (kind !== 'weights') continue;
      own += 4 * (floats.get(id) ?? 0);
      floats.delete(id); // counted once, where it is read first
    }
    blocks.set(call.block, { memoryBytes: Math.max(memoryBytes, alive[index]!), weightBytes: weightBytes + own });
  }
  return Object.fromEntries(blocks);
};

/** Undefined where the compiler's objects are not in the format ELF. */
const compiledBytes = async (
  files: ReadonlyMap<string, string>,
  options: CpuOptions,
  { cacheFolder, signal }: MeasureContext,
): Promise<number | undefined> => {
  const headers = [...files].filter(([name]) => name.endsWith('.h'));
  let bytes = 0;
  for (const unit of [...files].filter(([name]) => name.endsWith('.c'))) {
    const flags = compilerFlags(options.vectorWidth);
    const path = await compile({ kind: 'object', sources: new Map([...headers, unit]), flags, cacheFolder, signal });
    const loaded = loadedBytes(await readFile(path));
    if (loaded === undefined) return undefined;
    bytes += loaded;
  }
  return bytes;
};

/** `compiles`: whether this machine has a compiler for the target. */
export const cpuFootprint = async (
  network: PlannableNetwork,
  context: MeasureContext,
  options: CpuOptions,
  { code, compiles }: { readonly code: boolean; readonly compiles: boolean },
): Promise<Footprint> => {
  const program = cpuProgram(network.graph, context.registry, options);
  const layout = layOutWeights(program);
  const emission = emissionOf(network, program, { ...layout, values: new Float32Array(layout.length) }, options);
  return {
    arenaBytes: emission.plan.arenaBytes,
    weightBytes: 4 * layout.length,
    codeBytes: code && compiles ? await compiledBytes(codeFiles(emission), options, context) : undefined,
    blocks: blockFootprints(program, options.threads),
  };
};
