// A folded network as self-contained C11: the files that the user gets, and what is known about them.
import { emitProgram, planProgram } from '@nasc/c-emit';
import type { CProgram } from '@nasc/c-emit';
import type { DeployableNetwork, EmittedFiles, MemoryReport, PlannableNetwork, Registry } from '@nasc/core';
import { cIdentifier } from '@nasc/c-emit';
import { DiagnosticError } from '@nasc/diagnostics';
import { cpuKernels } from '../kernels/index.ts';
import { messages } from '../messages.ts';
import { vectorDescription } from '../options.ts';
import type { CpuOptions } from '../options.ts';
import type { Emission } from './emission.ts';
import { createNames } from './names.ts';
import { packWeightBlob, weightBytes } from './weight-blob.ts';
import type { WeightBlob } from './weight-blob.ts';
import { writeCmake } from './write-cmake.ts';
import { writeHeader } from './write-header.ts';
import { writeKernels } from './write-kernels.ts';
import { writeMain } from './write-main.ts';
import { writeNetwork } from './write-network.ts';
import { writeReadme } from './write-readme.ts';
import { writeThreads, writeThreadsHeader } from './write-threads.ts';
import { writeWeights } from './write-weights.ts';

/** The program of a graph for this target: the same for the emitted network and for every block that is measured. */
export const cpuProgram = (
  graph: DeployableNetwork['graph'],
  registry: Pick<Registry, 'ops' | 'patterns'>,
  options: CpuOptions,
): CProgram =>
  emitProgram(graph, {
    ops: registry.ops,
    fused: { patterns: [...cpuKernels, ...registry.patterns.all()], vector: vectorDescription(options.vectorWidth) },
  });

/** Throws TARGET_CPU_NOT_ONE_IMAGE. */
export const emissionOf = (network: PlannableNetwork, program: CProgram, weights: WeightBlob, options: CpuOptions): Emission => {
  const { graph } = network;
  const [input] = graph.inputs;
  const inputs = new Set(graph.inputs.map(({ id }) => id));
  if (graph.inputs.length !== 1 || input!.type.shape.length !== 3 || graph.outputs.length !== 1 || inputs.has(graph.outputs[0]!)) {
    throw new DiagnosticError([messages.notOneImageIn(network.name)]);
  }
  const types = new Map([...graph.inputs, ...graph.nodes].map(({ id, type }) => [id, type]));
  const name = options.name ?? cIdentifier(network.name);
  return {
    name,
    upper: name.toUpperCase(),
    network,
    program,
    plan: planProgram(program, options.threads),
    weights,
    weightsIn: options.weights,
    vectorWidth: options.vectorWidth,
    threads: options.threads,
    inputShape: input!.type.shape as [number, number, number],
    nameOf: createNames(),
    typeOf: (id) => types.get(id)!,
  };
};

/** The units of the network's own code, with the headers that they include; the weights and the benchmark are others. */
export const codeFiles = (emission: Emission): ReadonlyMap<string, string> => {
  const { name, program, vectorWidth, threads } = emission;
  return new Map([
    [`${name}.h`, writeHeader(emission)],
    [`${name}.c`, writeNetwork(emission)],
    [`${name}_kernels.h`, writeKernels(program.calls, vectorWidth)],
    ...(threads > 1
      ? ([
          [`${name}_threads.h`, writeThreadsHeader(emission)],
          [`${name}_threads.c`, writeThreads(emission)],
        ] as const)
      : []),
  ]);
};

/** `toProgram` chooses the kernels; others than this target's serve comparisons (`bench/codegen`). */
export const emitNetwork = (
  network: DeployableNetwork,
  registry: Pick<Registry, 'ops' | 'patterns'>,
  options: CpuOptions,
  toProgram = cpuProgram,
): EmittedFiles => {
  const program = toProgram(network.graph, registry, options);
  const weights = packWeightBlob(program, network);
  const emission = emissionOf(network, program, weights, options);
  const { name, plan } = emission;
  const memory: MemoryReport = {
    arenaBytes: plan.arenaBytes,
    lowerBoundBytes: plan.lowerBoundBytes,
    weightBytes: weights.values.byteLength,
  };
  const files = new Map<string, string | Uint8Array>([
    ['README.md', writeReadme(emission, network.weights)],
    ...codeFiles(emission),
    options.weights === 'file' ? [`${name}_weights.bin`, weightBytes(weights)] : [`${name}_weights.c`, writeWeights(emission)],
    ['main.c', writeMain(emission)],
    ['CMakeLists.txt', writeCmake(emission)],
  ]);
  return { files, memory, coverage: program.coverage };
};
