// The network folded, written as C by the CPU target, compiled and run: as a user gets it.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { detectVectorWidth } from '@nasc/c-emit';
import { noCheckpoint } from '@nasc/core';
import type { DeployableNetwork, MeasureContext, PassContext } from '@nasc/core';
import { elementCount, typesOf } from '@nasc/ir';
import { cpuTarget } from '@nasc/target-cpu';
import { rewriteNetwork } from '@nasc/transforms';
import type { NetworkCase } from '../cases/network-case.ts';
import { patterns, registry } from '../registered-ops.ts';
import type { Computer } from './computer.ts';

export interface GeneratedC extends Computer {
  /** Fused kernels of the target that no network has used so far. */
  unusedKernels(): readonly string[];
}

const deployable = ({ graph, parameters, name }: NetworkCase): DeployableNetwork => {
  const folded = rewriteNetwork({ graph, weights: parameters }, patterns, 'fold');
  const simple = rewriteNetwork(folded, patterns, 'simplify');
  const [input] = graph.inputs;
  const classes = elementCount(typesOf(simple.graph).get(simple.graph.outputs[0]!)!.shape);
  const channels = input!.type.shape.at(-1)!;
  return {
    name: name.replaceAll(/\W+/g, '_'),
    graph: simple.graph,
    weights: simple.weights,
    classes: Array.from({ length: classes }, (_, index) => String(index)),
    normalisation: { mean: Array.from({ length: channels }, () => 0), std: Array.from({ length: channels }, () => 1) },
  };
};

/** For the widest vectors of this machine, or those that $NASC_VECTOR_WIDTH asks for. */
export const createGeneratedC = (): GeneratedC => {
  const vectorWidth = detectVectorWidth();
  const used = new Set<string>();
  const context: MeasureContext = {
    registry,
    cacheFolder: join(tmpdir(), 'nasc-conformance'),
    signal: new AbortController().signal,
    seed: 0,
    checkpoint: noCheckpoint(),
    progress: () => {},
  };
  const target = cpuTarget.create({ vectorWidth }, { folder: '.' });
  return {
    name: `generated C, ${vectorWidth}`,
    lowering: 'c',
    unusedKernels: () => target.kernels.map(({ name }) => name).filter((name) => !used.has(name)),
    async infer(network) {
      const written = deployable(network);
      const emitted = await target.emit(written, undefined, { registry } as PassContext);
      // `pattern: function`
      for (const { kind, kernel } of emitted.coverage) if (kind === 'special') used.add(kernel.split(':')[0]!);
      const executable = await target.build!(emitted, written, context);
      try {
        return await executable.run!(network.batch.images, network.batch.count);
      } finally {
        await executable.dispose();
      }
    },
  };
};
