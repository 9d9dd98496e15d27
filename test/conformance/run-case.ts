// Runs a row of the suite on the plain kernels.
import type { PlainForward, PlainInputs, PlainOptions, PlainRunner, PlainTable } from '@nasc/c-emit';
import { nodeId } from './example-case.ts';
import type { ExampleCase } from './example-case.ts';

const randomKey = [7, 11] as const;

type RunnableCase = Pick<ExampleCase, 'graph' | 'batch'> & { readonly inputs: PlainInputs; readonly parameters: PlainInputs };

/** Forward in training mode, unless `options` say otherwise. */
export const forward = (runner: PlainRunner, row: RunnableCase, options: Partial<PlainOptions> = {}): PlainForward =>
  runner.runForward(row.graph, row.parameters, row.inputs, { batch: row.batch, mode: 'training', randomKey, ...options });

/** Gradients of sum(output * direction). */
export const backward = (runner: PlainRunner, row: ExampleCase, run: PlainForward) =>
  runner.runBackward(run, new Map([[nodeId, row.direction]]));

/** Everything that kernels compute for a row, by name. */
export const computeAll = (runner: PlainRunner, row: ExampleCase, options: Partial<PlainOptions> = {}): PlainTable => {
  const training = forward(runner, row, options);
  const gradients = backward(runner, row, training);
  const inference = forward(runner, row, { ...options, mode: 'inference' });
  const tables = {
    'value in training': training.values,
    saved: training.saved,
    'value at inference': inference.values,
    'gradient of': gradients.values,
    'gradient of parameter': gradients.parameters,
    'updated statistic': runner.updateStatistics(training),
  };
  return new Map(Object.entries(tables).flatMap(([name, table]) => [...table].map(([id, values]) => [`${name} ${id}`, values] as const)));
};

export type Table = ReadonlyMap<string, ArrayLike<number>>;

/** ||a - reference|| / ||reference||, or ||a|| where the reference is zero. */
export const relativeError = (a: ArrayLike<number>, reference: ArrayLike<number>): number => {
  if (a.length !== reference.length) throw new RangeError(`${a.length} values are compared with ${reference.length}`);
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < a.length; i++) {
    difference += (a[i]! - reference[i]!) ** 2;
    norm += reference[i]! ** 2;
  }
  return Math.sqrt(norm === 0 ? difference : difference / norm);
};

/** Relative errors above `tolerance` (or not a number), by name: {} when all tensors agree. */
export const disagreements = (actual: Table, reference: Table, tolerance: number): Readonly<Record<string, number>> =>
  Object.fromEntries(
    [...reference]
      .map(([name, values]) => [name, relativeError(actual.get(name) ?? [], values)] as const)
      .filter(([, error]) => !(error <= tolerance)),
  );
