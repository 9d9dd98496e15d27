// A network written as an ONNX file, and timed by calls of the command.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { MeasureContext } from '@nasc/core';
import { DiagnosticError } from '@nasc/diagnostics';
import { temporaryPath, writeFileAtomically } from '@nasc/files';
import type { NetworkGraph, TensorTable } from '@nasc/ir';
import { modelFile, writeOnnx } from '@nasc/onnx';
import { argumentsOf, commandFor, shown } from './command-line.ts';
import type { ExecOptions } from './options.ts';
import { readTimes } from './read-times.ts';
import { runCommand } from './run-command.ts';

export interface TimedModel {
  readonly options: ExecOptions;
  /** Where the command runs. */
  readonly folder: string;
  readonly context: Pick<MeasureContext, 'signal' | 'cacheFolder' | 'registry' | 'checkpoint' | 'progress'>;
}

/** For one image: what many converters ask for. The same for all networks, so that they compare. */
export const modelOf = (graph: NetworkGraph, weights: TensorTable, { options, context }: Omit<TimedModel, 'folder'>): Uint8Array =>
  writeOnnx(graph, weights, context.registry.ops, { name: 'timed', opset: options.opset, dynamicBatch: false });

/**
 * Milliseconds of all samples of all calls. What was timed before an interruption is not timed again. The file lies in a folder of its
 * own, where the command may write, and is removed unless the command fails.
 */
export const timeModel = async (model: Uint8Array, { options, folder, context }: TimedModel): Promise<readonly number[]> => {
  const { repeats, command } = options;
  const calls = [...((await context.checkpoint.resume<readonly (readonly number[])[]>()) ?? [])];
  const work = temporaryPath(join(context.cacheFolder, 'exec'));
  const path = join(work, modelFile);
  const called = commandFor(argumentsOf(command), path);
  let failed = false;
  try {
    if (calls.length < repeats) await writeFileAtomically(path, model, 'the ONNX file to be timed');
    while (calls.length < repeats) {
      calls.push(readTimes(await runCommand(called, { ...options, folder, signal: context.signal }), options, shown(called)));
      await context.checkpoint.store(calls);
      context.progress(calls.length, repeats);
    }
  } catch (cause) {
    failed = cause instanceof DiagnosticError;
    throw cause;
  } finally {
    if (!failed) await rm(work, { recursive: true, force: true });
  }
  return calls.flat();
};
