// Times an ONNX file in ONNX Runtime: one line a sample, the milliseconds of one image.
//
//     node time-onnx.js MODEL [THREADS]
//
// Needs the npm package onnxruntime-node.
import { InferenceSession, Tensor } from 'onnxruntime-node';

const warmUpMs = 200;
const samples = 10;
const sampleMs = 20;

const [model, threads = '1'] = process.argv.slice(2);
const session = await InferenceSession.create(model, { intraOpNumThreads: Number(threads), interOpNumThreads: 1 });
const inputs = Object.fromEntries(
  session.inputMetadata.map(({ name, shape }) => {
    const sizes = shape.map((size) => (typeof size === 'number' ? size : 1)); // a named size is the batch
    const length = sizes.reduce((product, size) => product * size, 1);
    return [name, new Tensor('float32', new Float32Array(length).fill(0.5), sizes)];
  }),
);

/** Mean milliseconds of a call in `runs` calls. */
const time = async (runs) => {
  const start = performance.now();
  for (let run = 0; run < runs; run++) await session.run(inputs);
  return (performance.now() - start) / runs;
};

const start = performance.now();
let callMs = await time(1);
while (performance.now() - start < warmUpMs) callMs = await time(5);
const runs = Math.ceil(sampleMs / callMs);
for (let sample = 0; sample < samples; sample++) process.stdout.write(`${await time(runs)}\n`);
await session.release();
