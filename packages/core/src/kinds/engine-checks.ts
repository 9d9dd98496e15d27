// What the programs of all engines check before they compute, and say in the same words.
import { DiagnosticError, errorDiagnostic } from '@nasc/diagnostics';
import type { Diagnostic } from '@nasc/diagnostics';
import type { ChoiceNode, TensorTable } from '@nasc/ir';
import type { GateSample, Mixture, TrainingBatch } from './engine.ts';

const messages = {
  batchTooLarge: (count: number, batchSize: number): Diagnostic =>
    errorDiagnostic('ENGINE_BATCH_SIZE', `A batch of ${count} images was given to a program compiled for ${batchSize}.`),

  wrongLength: (what: string, found: number, expected: number): Diagnostic =>
    errorDiagnostic('ENGINE_SHAPE', `${what} has ${found} values; ${expected} are expected.`),

  unknownParameter: (id: string): Diagnostic =>
    errorDiagnostic('ENGINE_UNKNOWN_PARAMETER', `The graph has no parameter "${id}".`, { at: id }),

  badMixture: (choice: string, detail: string): Diagnostic =>
    errorDiagnostic('ENGINE_MIXTURE', `Mixture at "${choice}": ${detail}.`, { at: choice }),

  busy: (): Diagnostic => errorDiagnostic('ENGINE_BUSY', 'A training program does one thing at a time.', { hint: 'Await each call.' }),

  disposed: (): Diagnostic => errorDiagnostic('ENGINE_DISPOSED', 'The training program was disposed of.'),
} as const;

const fail = (diagnostic: Diagnostic): never => {
  throw new DiagnosticError([diagnostic]);
};

export interface BatchLimits {
  readonly batchSize: number;
  /** Floats of one image. */
  readonly imageFloats: number;
  readonly classes: number;
}

/** Throws ENGINE_BATCH_SIZE, ENGINE_SHAPE. */
export const checkBatch = ({ count, images, targets, teacher }: TrainingBatch, { batchSize, imageFloats, classes }: BatchLimits): void => {
  if (!(count >= 1 && count <= batchSize)) fail(messages.batchTooLarge(count, batchSize));
  const lengths = [
    ['images', images.length, count * imageFloats],
    ['targets', targets.length, count * classes],
    ['teacher logits', teacher?.logits.length ?? count * classes, count * classes],
  ] as const;
  for (const [what, found, expected] of lengths) if (found !== expected) fail(messages.wrongLength(what, found, expected));
};

/** Throws ENGINE_MIXTURE where the mixture does not fit the choices, or activates more candidates than `activePaths`. */
export const checkMixture = (mixture: Mixture, choices: readonly ChoiceNode[], activePaths: number): void => {
  if (mixture.length !== choices.length) fail(messages.badMixture('', `${mixture.length} entries for ${choices.length} choices`));
  mixture.forEach(({ indices, weights }, choice) => {
    const { id, candidates } = choices[choice]!;
    const bad = (detail: string) => fail(messages.badMixture(id, detail));
    if (indices.length === 0 || indices.length !== weights.length) bad(`${indices.length} indices and ${weights.length} weights`);
    if (indices.length > activePaths) bad(`${indices.length} candidates, but the program was compiled for ${activePaths}`);
    if (new Set(indices).size !== indices.length) bad(`a candidate twice in ${indices.join(', ')}`);
    for (const index of indices) if (!candidates[index]) bad(`there is no candidate ${index}`);
  });
};

/** Candidates of every choice whose gate gradient a sample asks for. Throws ENGINE_MIXTURE where `two` has no second one. */
export const sampledGates = ({ mode, active, other }: GateSample, choices: readonly ChoiceNode[]): readonly (readonly number[])[] =>
  choices.map(({ id, candidates }, choice) => {
    if (mode !== 'two') return candidates.map((_, index) => index);
    const second = other?.[choice];
    if (second === undefined || !candidates[second]) return fail(messages.badMixture(id, 'mode `two` needs a second candidate'));
    return [...new Set([active[choice]!, second])];
  });

/** Throws ENGINE_UNKNOWN_PARAMETER, ENGINE_SHAPE, all that are found at once. `floats`: parameter id -> number of values. */
export const checkParameters = (tables: readonly TensorTable[], floats: ReadonlyMap<string, number>): void => {
  const problems = tables.flatMap((table) =>
    [...table].flatMap(([id, { data }]) => {
      const expected = floats.get(id);
      if (expected === undefined) return [messages.unknownParameter(id)];
      return data.length === expected ? [] : [messages.wrongLength(`parameter "${id}"`, data.length, expected)];
    }),
  );
  if (problems.length > 0) throw new DiagnosticError(problems);
};

export interface ProgramGuard {
  /** Throws ENGINE_BUSY while other work goes on, ENGINE_DISPOSED after `end`. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** The last work; nothing happens the second time. */
  end(work: () => Promise<void>): Promise<void>;
}

/** Lets a program do one thing at a time, and nothing after its end. */
export const programGuard = (): ProgramGuard => {
  let busy = false;
  let ended = false;
  const run = async <T>(work: () => Promise<T>): Promise<T> => {
    if (ended) fail(messages.disposed());
    if (busy) fail(messages.busy());
    busy = true;
    try {
      return await work();
    } finally {
      busy = false;
    }
  };
  return {
    run,
    async end(work) {
      if (ended) return;
      await run(() => {
        ended = true;
        return work();
      });
    },
  };
};
