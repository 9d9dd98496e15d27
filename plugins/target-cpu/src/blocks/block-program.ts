// The measuring binary of a search space: compiled once, then any network of the space is a line of text.
import { compile } from '@nasc/c-emit';
import type { MeasureContext } from '@nasc/core';
import { DiagnosticError } from '@nasc/diagnostics';
import { elementCount, isChoice } from '@nasc/ir';
import type { NetworkGraph, SearchSpaceGraph } from '@nasc/ir';
import { deployedGraph, splitSpace } from '@nasc/transforms';
import type { SpaceBlock } from '@nasc/transforms';
import { compilerFlags } from '../compiler-flags.ts';
import { cpuProgram } from '../emit/emit-network.ts';
import { messages } from '../messages.ts';
import type { CpuOptions } from '../options.ts';
import { BlockLibrary } from './block-library.ts';
import type { BlockPosition, NetworkLayout } from './network-calls.ts';
import { writeBlocks } from './write-blocks.ts';

export interface BlockProgram {
  readonly path: string;
  readonly positions: readonly BlockPosition[];
  readonly layout: NetworkLayout;
  readonly weightElements: number;
  /** Distinct functions in the binary. */
  readonly functions: number;
}

const compilerUnits = 8;

const variantsOf = (block: SpaceBlock, library: BlockLibrary, registry: MeasureContext['registry']) => {
  const choice = block.graph.nodes.find(isChoice);
  const graphs: NetworkGraph[] = choice
    ? choice.candidates.map((_, candidate) => deployedGraph(block.graph, [candidate], registry.patterns))
    : [deployedGraph(block.graph, [], registry.patterns)];
  return graphs.map((graph) => library.add(graph));
};

export const buildBlockProgram = async (space: SearchSpaceGraph, context: MeasureContext, options: CpuOptions): Promise<BlockProgram> => {
  const [input] = space.inputs;
  if (space.inputs.length !== 1 || space.outputs.length !== 1) throw new DiagnosticError([messages.notOneImageIn('of the search space')]);
  const library = new BlockLibrary((graph) => cpuProgram(graph, context.registry, options), options.threads);
  const blocks = splitSpace(space);
  const severalOutputs = blocks.filter(({ graph }) => graph.outputs.length !== 1);
  if (severalOutputs.length > 0) throw new DiagnosticError(severalOutputs.map(({ id }) => messages.severalOutputs(id)));
  let weightOffset = 0;
  const positions = blocks.map((block): BlockPosition => {
    const variants = variantsOf(block, library, context.registry);
    const position = { id: block.id, choice: block.choice, variants, output: block.graph.outputs[0]!, weightOffset };
    weightOffset += Math.max(...variants.map(({ weightElements }) => weightElements));
    return position;
  });
  const inputs = Math.max(1, ...positions.flatMap(({ variants }) => variants.map((variant) => variant.inputs.length)));
  const output = space.nodes.find(({ id }) => id === space.outputs[0])!;
  const path = await compile({
    kind: 'executable',
    sources: writeBlocks(library.functions, options, compilerUnits, { calls: positions.length, inputs }),
    flags: compilerFlags(options.vectorWidth),
    cacheFolder: context.cacheFolder,
    signal: context.signal,
  });
  return {
    path,
    positions,
    layout: {
      inputId: input!.id,
      inputElements: elementCount(input!.type.shape),
      outputId: output.id,
      outputElements: elementCount(output.type.shape),
    },
    weightElements: weightOffset,
    functions: library.functions.length,
  };
};
