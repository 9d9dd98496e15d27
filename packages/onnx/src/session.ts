// A model run through ONNX Runtime, fed and read in the IR's layout.
import { DiagnosticError } from '@nasc/diagnostics';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { messages } from './messages.ts';

type Runtime = typeof import('onnxruntime-node');

export interface OnnxSessionOptions {
  /** Threads inside an operator; 1 by default. */
  readonly threads?: number;
  /** Prefix of the profile's file; ONNX Runtime then times every node. */
  readonly profileTo?: string;
}

export interface OnnxSession {
  /** Logits [N, classes] of a model with one input, for images [N, H, W, C]. */
  run(images: Float32Array, count: number): Promise<Float32Array>;
  /**
   * All outputs for all inputs, in the file's order; images are [N, H, W, C] on both sides. Where the file has a batch of 1, they
   * are run one by one.
   */
  runAll(inputs: readonly Float32Array[], count: number): Promise<readonly Float32Array[]>;
  /** Prepares all inputs once, images as [N, H, W, C], and returns a function that runs them again and again: for timing. */
  prepare(inputs: readonly Float32Array[], count: number): () => Promise<void>;
  /** Ends the session; a profile is complete after this. */
  dispose(): Promise<void>;
}

/** [N, rows, columns] -> [N, columns, rows]. */
const transposeMatrices = (values: Float32Array, count: number, rows: number, columns: number): Float32Array => {
  const result = new Float32Array(values.length);
  const size = rows * columns;
  for (let n = 0; n < count; n++) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        result[n * size + column * rows + row] = values[n * size + row * columns + column]!;
      }
    }
  }
  return result;
};

const concatenate = (parts: readonly Float32Array[]): Float32Array => {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let start = 0;
  for (const part of parts) {
    whole.set(part, start);
    start += part.length;
  }
  return whole;
};

const toNchw = (values: Float32Array, shape: readonly number[]): Float32Array =>
  shape.length === 4 ? transposeMatrices(values, shape[0]!, shape[2]! * shape[3]!, shape[1]!) : values;

const toNhwc = (values: Float32Array, shape: readonly number[]): Float32Array =>
  shape.length === 4 ? transposeMatrices(values, shape[0]!, shape[1]!, shape[2]! * shape[3]!) : values;

/** ONNX Runtime, loaded when first used: nothing else of the project needs its binary. Throws ONNXRUNTIME_NOT_AVAILABLE. */
export const loadOnnxRuntime = async (): Promise<Runtime> => {
  try {
    return await import('onnxruntime-node');
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message.split('\n')[0]! : String(cause);
    throw new DiagnosticError([messages.runtimeMissing(`${process.platform} ${process.arch}`, detail)], { cause });
  }
};

/**
 * Loads a model into ONNX Runtime's CPU provider with one image stream and strict shape checks: a shape written in the
 * file that contradicts what the runtime infers is an error. Throws ONNXRUNTIME_NOT_AVAILABLE, ONNXRUNTIME_REFUSED.
 */
export const createOnnxSession = async (bytes: Uint8Array, options: OnnxSessionOptions = {}): Promise<OnnxSession> => {
  const runtime = await loadOnnxRuntime();
  const sessionOptions: InferenceSession.SessionOptions = {
    executionProviders: ['cpu'],
    intraOpNumThreads: options.threads ?? 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    extra: { session: { strict_shape_type_inference: '1' } },
    ...(options.profileTo !== undefined && { enableProfiling: true, profileFilePrefix: options.profileTo }),
  };
  let session: InferenceSession;
  try {
    session = await runtime.InferenceSession.create(bytes, sessionOptions);
  } catch (cause) {
    throw new DiagnosticError([messages.runtimeRefused(cause instanceof Error ? cause.message : String(cause))], { cause });
  }

  const fileShapeOf = (input: number): readonly (number | string)[] => {
    const metadata = session.inputMetadata[input];
    if (!metadata?.isTensor) throw new TypeError(`Input ${input} is not a tensor`);
    return metadata.shape;
  };
  const shapeOf = (input: number, count: number): number[] => fileShapeOf(input).map((size, axis) => (axis === 0 ? count : Number(size)));
  const feed = (inputs: readonly Float32Array[], count: number): Record<string, Tensor> =>
    Object.fromEntries(
      inputs.map((values, index) => {
        const shape = shapeOf(index, count);
        return [session.inputNames[index]!, new runtime.Tensor('float32', toNchw(values, shape), shape)];
      }),
    );
  const runBatch = async (inputs: readonly Float32Array[], count: number): Promise<readonly Float32Array[]> => {
    const results = await session.run(feed(inputs, count));
    return session.outputNames.map((name) => {
      const result = results[name]!;
      return toNhwc(result.data as Float32Array, result.dims);
    });
  };

  const runAll = async (inputs: readonly Float32Array[], count: number): Promise<readonly Float32Array[]> => {
    if (count === 1 || fileShapeOf(0)[0] !== 1) return runBatch(inputs, count);
    const images: (readonly Float32Array[])[] = [];
    for (let n = 0; n < count; n++) {
      const image = (values: Float32Array) => values.subarray((n * values.length) / count, ((n + 1) * values.length) / count);
      images.push(await runBatch(inputs.map(image), 1));
    }
    return session.outputNames.map((_, output) => concatenate(images.map((outputs) => outputs[output]!)));
  };

  return {
    runAll,
    async run(images, count) {
      const [logits] = await runAll([images], count);
      return logits!;
    },
    prepare(inputs, count) {
      const feeds = feed(inputs, count);
      return async () => {
        await session.run(feeds);
      };
    },
    async dispose() {
      if (options.profileTo !== undefined) session.endProfiling();
      await session.release();
    },
  };
};
