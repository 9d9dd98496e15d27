// Generated code against ONNX Runtime, and against the sum of its blocks as `measureBlocks` timed them: networks of a
// named space, alternated with the peer in one run, one thread each. After a build:
//
//   node plugins/target-cpu/bench/generated-code.js [SPACE=mobile-small] [NETWORKS=6] [VECTOR_WIDTH=auto]
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { validateSpace } from '@nasc/config';
import { setUpPlugins, trackedRegistry } from '@nasc/core';
import { expandSpace } from '@nasc/expand';
import { choicesOf, initialiseParameters, viewOf } from '@nasc/ir';
import { measure, median, quantile } from '@nasc/measure';
import { createOnnxSession, writeOnnx } from '@nasc/onnx';
import { opsPlugin } from '@nasc/ops';
import { Random } from '@nasc/random';
import { spacesPlugin } from '@nasc/spaces';
import { targetCpu } from '@nasc/target-cpu';
import { deployedGraph } from '@nasc/transforms';

const [spaceName = 'mobile-small', networks = '6', vectorWidth = 'auto'] = process.argv.slice(2);
const alternations = 15;
const print = (line) => process.stdout.write(`${line}\n`);
const host = await setUpPlugins([opsPlugin, spacesPlugin, targetCpu]);
const registry = trackedRegistry(host.registrations, {});
const { space: definition } = registry.spaces.require(spaceName);
const { channels = 1, classes = 10, resolution, minimum } = definition.input ?? {};
const size = resolution ?? minimum ?? 28;
const space = expandSpace(validateSpace(definition, spaceName), { inputShape: [size, size, channels], classes }, registry, `${spaceName}#`);
const target = registry.targets.require('cpu').create({ vectorWidth, sampleMs: 20 });
const cacheFolder = await mkdtemp(join(tmpdir(), 'nasc-bench-'));
const context = { signal: new AbortController().signal, seed: 0, cacheFolder, registry, progress: () => {} };

const multiplyAdds = (graph) =>
  graph.nodes.reduce((sum, node) => {
    const { attributes, inputs, output } = viewOf(node, graph);
    return sum + (registry.ops.require(node.op).macs?.(attributes, inputs, output) ?? 0);
  }, 0);

const compare = async (choices, table) => {
  const graph = deployedGraph(space, choices, registry.patterns);
  const weights = initialiseParameters(graph, registry.ops, 0);
  const names = Array.from({ length: classes }, (_, index) => String(index));
  const normalisation = { mean: Array(channels).fill(0), std: Array(channels).fill(1) };
  const network = { name: 'bench', graph, weights, classes: names, normalisation };
  const emitted = await target.emit(network, undefined, { ...context, target });
  const code = await target.build(emitted, network, context);
  const session = await createOnnxSession(writeOnnx(graph, weights, registry.ops, { opset: 15, dynamicBatch: false }));
  const image = Float32Array.from({ length: size * size * channels }, (_, index) => (index % 13) / 13);
  const [ours, theirs] = [await code.run(image, 1), await session.run(image, 1)];
  const error = Math.max(...ours.map((value, index) => Math.abs(value - theirs[index]))) / Math.max(...theirs.map(Math.abs));
  const run = session.prepare(image, 1);
  const timeRuntime = async (runs) => {
    const times = [];
    for (let i = 0; i < runs; i++) {
      const start = performance.now();
      await run();
      times.push(performance.now() - start);
    }
    return median(times) * runs;
  };
  const rounds = [];
  for (let i = 0; i < alternations; i++) {
    const codeMs = (await code.measure(context)).ms;
    const runtimeMs = (await measure(timeRuntime, { sampleMs: 20, samples: 10 })).median;
    rounds.push({ codeMs, runtimeMs, ratio: runtimeMs / codeMs });
  }
  await session.dispose();
  await code.dispose();
  const codeMs = median(rounds.map((round) => round.codeMs));
  const fixedMs = Object.values(table.fixed).reduce((sum, { ms }) => sum + ms, 0);
  const sumMs = choices.reduce((sum, candidate, choice) => sum + table.choices[choice][candidate].ms, fixedMs);
  const ratios = rounds.map(({ ratio }) => ratio);
  print(
    [
      `[${choices.join(' ')}] ${(multiplyAdds(graph) / 1e6).toFixed(2)} MMACs`,
      `code ${codeMs.toFixed(4)} ms (${((2e-6 * multiplyAdds(graph)) / codeMs).toFixed(0)} GFLOP/s)`,
      `sum of blocks ${sumMs.toFixed(4)} ms (${((sumMs / codeMs - 1) * 100).toFixed(1)} %)`,
      `ONNX Runtime / code ${median(ratios).toFixed(2)} [${quantile(ratios, 0.25).toFixed(2)}, ${quantile(ratios, 0.75).toFixed(2)}]`,
      `error ${error.toExponential(1)}`,
      `arena ${emitted.memory.arenaBytes} of at least ${emitted.memory.lowerBoundBytes} bytes`,
    ].join('; '),
  );
};

try {
  print(`${spaceName} at ${size}x${size}x${channels}, ${(await target.device()).description}`);
  const start = performance.now();
  const table = await target.measureBlocks(space, context);
  print(`blocks measured in ${((performance.now() - start) / 1000).toFixed(1)} s: ${JSON.stringify(table.protocol)}`);
  const random = new Random({ seed: 1, stream: 'bench.generatedCode' });
  for (let i = 0; i < Number(networks); i++) {
    await compare(
      choicesOf(space).map((choice) => random.integer(choice.candidates.length)),
      table,
    );
  }
} finally {
  await rm(cacheFolder, { recursive: true });
}
