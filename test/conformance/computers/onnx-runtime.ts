// The network as an ONNX file, in ONNX Runtime.
import { createOnnxSession, writeOnnx } from '@nasc/onnx';
import { opLookup } from '../registered-ops.ts';
import type { Computer } from './computer.ts';

export const onnxRuntimeComputer: Computer = {
  name: 'ONNX Runtime',
  lowering: 'onnx',
  async infer({ graph, parameters, batch }) {
    const session = await createOnnxSession(writeOnnx(graph, parameters, opLookup, { name: 'network' }));
    try {
      return await session.run(batch.images, batch.count);
    } finally {
      await session.dispose();
    }
  },
};
