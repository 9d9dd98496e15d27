// Emitted files loaded into ONNX Runtime: outputs, and latency by the protocol of whole networks.
import type { DeployableNetwork, DeviceDescription, EmittedFiles, Executable, MeasureContext, NetworkLatency } from '@nasc/core';
import { elementCount } from '@nasc/ir';
import type { NetworkGraph } from '@nasc/ir';
import { measure, networkLatency } from '@nasc/measure';
import { createOnnxSession, modelFile } from '@nasc/onnx';
import type { OnnxSession } from '@nasc/onnx';

/** Times calls, the runtime's JavaScript interface included: what an application in Node waits for. */
export const timeCalls = (session: OnnxSession, { inputs }: NetworkGraph, batch = 1): ((runs: number) => Promise<number>) => {
  const images = inputs.map(({ type }) => new Float32Array(batch * elementCount(type.shape)).fill(0.5));
  const call = session.prepare(images, batch);
  return async (runs) => {
    const start = performance.now();
    for (let run = 0; run < runs; run++) await call();
    return performance.now() - start;
  };
};

export const loadModel = async (
  emitted: EmittedFiles,
  network: DeployableNetwork,
  device: DeviceDescription,
  { threads, sampleMs }: { readonly threads: number; readonly sampleMs: number },
): Promise<Executable> => {
  const model = emitted.files.get(modelFile);
  if (!(model instanceof Uint8Array)) throw new TypeError(`The emitted files hold no ${modelFile}`);
  const session = await createOnnxSession(model, { threads });
  return {
    description: `ONNX Runtime, ${device.description}`,
    run: (images, count) => session.run(images, count),
    async measure(context: MeasureContext): Promise<NetworkLatency> {
      const result = await measure(timeCalls(session, network.graph), {
        seed: context.seed,
        sampleMs,
        checkpoint: context.checkpoint,
        progress: (done, total) => context.progress(done, total),
      });
      return networkLatency(result, device.id);
    },
    dispose: () => session.dispose(),
  };
};
