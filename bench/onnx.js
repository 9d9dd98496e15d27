// Whether others accept the ONNX files: every example of every op and macro, and whole networks as trained and as exported, in every
// operator set, with a dynamic and a fixed batch. The judges are `onnx` (checker with full_check, strict shape inference) and ONNX
// Runtime in Python, for Node and for the web, whose outputs are compared with the ops' plain kernels in float64; and each file is read
// back.
//
//   PYTHON=/venv/bin/python3 node bench/onnx.js [--only EXPRESSION] [--opsets 13,15] [--folder KEPT]
//
// Run `npm run build` before. Needs an interpreter with onnx, onnxruntime and numpy. Exits with 1 when a file is refused.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createPlainRunner } from '../packages/c-emit/dist/index.js';
import { buildNetwork, elementCount, hashGraph, initialiseParameters, lookupOf, parametersOf } from '../packages/ir/dist/index.js';
import { opsets, readOnnx, toNchwOrder, writeOnnx } from '../packages/onnx/dist/index.js';
import { Random } from '../packages/random/dist/index.js';
import { removeUnused, rewriteNetwork } from '../packages/transforms/dist/index.js';
import { macros, primitiveOps, rewritingPatterns } from '../plugins/ops/dist/index.js';
import { buildNetworks } from './onnx/networks.js';
import { errorsInRuntimes } from './onnx/runtimes.js';
import { PeerProcess } from './peers/peer-process.js';

const { values } = parseArgs({
  options: { only: { type: 'string', default: '' }, opsets: { type: 'string' }, folder: { type: 'string' } },
});
if (!process.env.PYTHON) throw new Error('$PYTHON has to name an interpreter with onnx, onnxruntime and numpy');
const allowedError = 1e-5;
const all = Array.from({ length: opsets.newest - opsets.oldest + 1 }, (_, index) => opsets.oldest + index);
const chosen = values.opsets ? values.opsets.split(',').map(Number) : all;

const lookups = { ops: lookupOf(primitiveOps), macros: lookupOf(macros) };
const { ops } = lookups;

/** Scales, shifts, biases and statistics as after some training: away from where they start. */
const randomWeights = (graph) => {
  const random = new Random({ seed: 1, stream: 'bench.onnx' });
  const roles = new Map(parametersOf(graph, ops).map(({ id, spec }) => [id, spec.role]));
  return new Map(
    [...initialiseParameters(graph, ops, 1)].map(([id, { shape, data }]) => [
      id,
      { shape, data: roles.get(id) === 'weight' ? data : data.map((value) => value + 0.3 * random.uniform()) },
    ]),
  );
};

const example = (prefix, { name, inputs, attributes }, append) => ({
  name: `${prefix} ${name}`,
  graph: buildNetwork(lookups, (builder) => {
    const ids = inputs.map((type, index) => builder.input(`input${index}`, type));
    return append(builder, ids, attributes);
  }),
});
const networks = Object.entries(buildNetworks()).flatMap(([name, graph]) => {
  const trained = { graph, weights: randomWeights(graph) };
  const folded = rewriteNetwork(rewriteNetwork(trained, rewritingPatterns, 'fold'), rewritingPatterns, 'simplify');
  return [
    { name, ...trained },
    { name: `${name}, folded`, graph: removeUnused(folded.graph), weights: folded.weights },
  ];
});
const cases = [
  ...primitiveOps.flatMap((op) =>
    op.examples.map((each) => example(op.name, each, (builder, inputs, attributes) => builder.op('node', op.name, inputs, attributes))),
  ),
  ...macros.flatMap((macro) =>
    macro.examples.map((each) =>
      example(`macro ${macro.name}`, each, (builder, inputs, given) => builder.macro('block', macro.name, inputs, given)),
    ),
  ),
  ...networks,
].filter(({ name }) => new RegExp(values.only).test(name));

/** [N, ...] in the IR's order -> ONNX's. */
const toOnnxLayout = (data, batch, shape) => {
  if (shape.length !== 3) return Float32Array.from(data);
  const [height, width, channels] = shape;
  const size = height * width;
  return Float32Array.from(data, (_, at) => {
    const [n, c, pixel] = [Math.floor(at / (size * channels)), Math.floor(at / size) % channels, at % size];
    return data[(n * size + pixel) * channels + c];
  });
};
const base64 = (data) => Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64');

/** What goes in and what should come out, for a batch of a size. */
const expectationOf = (runner, { name, graph, weights }, batch) => {
  const random = new Random({ seed: 2, stream: `bench.onnx ${name}` });
  const inputs = new Map(
    graph.inputs.map(({ id, type }) => [id, Float32Array.from({ length: batch * elementCount(type.shape) }, () => random.normal())]),
  );
  const parameters = new Map([...weights].map(([id, { data }]) => [id, data]));
  const output = graph.outputs[0];
  const run = runner.runForward(graph, parameters, inputs, { batch, mode: 'inference' });
  const { shape } = [...graph.inputs, ...graph.nodes].find(({ id }) => id === output).type;
  return {
    inputs: Object.fromEntries(
      graph.inputs.map(({ id, type }) => {
        const data = base64(toOnnxLayout(inputs.get(id), batch, type.shape));
        return [id, { shape: [batch, ...toNchwOrder(type.shape)], data }];
      }),
    ),
    outputs: { logits: base64(toOnnxLayout(run.values.get(output), batch, shape)) },
  };
};

/** Reads a file back and writes it again. */
const readAgain = (bytes) => {
  const read = readOnnx(bytes, ops);
  const again = writeOnnx(read.graph, read.weights, ops, read);
  if (Buffer.compare(again, bytes) !== 0) return ['read back, it is written otherwise'];
  return hashGraph(readOnnx(again, ops).graph) === hashGraph(read.graph) ? [] : ['read back twice, it differs'];
};

const folder = values.folder ?? mkdtempSync(join(tmpdir(), 'nasc-bench-onnx-'));
mkdirSync(folder, { recursive: true });
const runner = await createPlainRunner(primitiveOps, 'double');
const judge = new PeerProcess('onnx_judge.py', {}, { width: 'default', malloc: 'default' });
const versions = await judge.answer();
console.log(`judges: onnx ${versions.onnx}, ONNX Runtime ${versions.onnxruntime} in Python, ONNX Runtime for Node and for the web`);

const refused = [];
let files = 0;
let largest = 0;
for (const { name, graph, weights = randomWeights(graph) } of cases) {
  for (const dynamicBatch of [true, false]) {
    const expectation = expectationOf(runner, { name, graph, weights }, dynamicBatch ? 2 : 1);
    for (const opset of chosen) {
      const bytes = writeOnnx(graph, weights, ops, { name, opset, dynamicBatch });
      const label = `${name}, opset ${opset}, ${dynamicBatch ? 'any batch' : 'batch 1'}`;
      const path = join(folder, `${label.replaceAll(/[^\w-]+/g, '-')}.onnx`);
      writeFileSync(path, bytes);
      const { problems, error } = await judge.ask({ path, ...expectation });
      problems.push(...readAgain(bytes));
      const errors = await errorsInRuntimes(bytes, expectation);
      for (const [runtime, inRuntime] of Object.entries(errors)) {
        if (!(inRuntime < allowedError)) problems.push(`the outputs in ONNX Runtime for ${runtime} differ: ${inRuntime.toExponential(1)}`);
      }
      if (error !== null && !(error < allowedError)) problems.push('the outputs differ');
      if (values.folder === undefined) rmSync(path);
      files += 1;
      largest = Math.max(largest, error ?? 0, ...Object.values(errors));
      if (problems.length > 0) refused.push(label);
      console.log(
        `${problems.length === 0 ? 'ok     ' : 'REFUSED'} ${label}: relative error ${(error ?? NaN).toExponential(1)}${problems.map((each) => `\n        ${each}`).join('')}`,
      );
    }
  }
}
console.log(
  `${files} files of ${cases.length} graphs in operator sets ${chosen.join(', ')}: ${files - refused.length} accepted, ${refused.length} refused; largest relative error ${largest.toExponential(1)}`,
);
await judge.dispose();
runner.dispose();
if (values.folder === undefined) rmSync(folder, { recursive: true });
process.exitCode = refused.length > 0 ? 1 : 0;
