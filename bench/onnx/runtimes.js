// ONNX Runtime for Node and for the web (WebAssembly, one thread) as judges of a file: how far their outputs are from those expected.
import { createRequire } from 'node:module';
import { loadOnnxRuntime } from '../../packages/onnx/dist/index.js';

// A dependency of the tests alone.
const webPath = createRequire(new URL('../../test/package.json', import.meta.url)).resolve('onnxruntime-web');
const { default: web } = await import(webPath);
web.env.wasm.numThreads = 1;

const runtimes = {
  node: { runtime: await loadOnnxRuntime(), provider: 'cpu' },
  web: { runtime: web, provider: 'wasm' },
};

const floats = (base64) => {
  const bytes = Buffer.from(base64, 'base64');
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
};

const norm = (values) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));

/** ||outputs - expected|| / ||expected||, the largest of all outputs; `inputs` and `outputs` by name, data in base64. */
const errorIn = async ({ runtime, provider }, bytes, { inputs, outputs }) => {
  const session = await runtime.InferenceSession.create(bytes, { executionProviders: [provider], intraOpNumThreads: 1 });
  const feeds = Object.entries(inputs).map(([name, { shape, data }]) => [name, new runtime.Tensor('float32', floats(data), shape)]);
  const results = await session.run(Object.fromEntries(feeds));
  const errors = session.outputNames.map((name) => {
    const expected = floats(outputs[name]);
    const found = results[name].data;
    if (found.length !== expected.length) return Infinity;
    const difference = norm(expected.map((value, at) => found[at] - value));
    // Some examples are zero everywhere.
    return difference === 0 ? 0 : difference / norm(expected);
  });
  await session.release();
  return Math.max(...errors);
};

/** Error by runtime. */
export const errorsInRuntimes = async (bytes, expectation) => {
  const errors = {};
  for (const [name, each] of Object.entries(runtimes)) errors[name] = await errorIn(each, bytes, expectation);
  return errors;
};
