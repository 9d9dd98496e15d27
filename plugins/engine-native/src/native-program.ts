// The engine's program: checks what it is given, copies it into the program's memory, has a step run, and reads results.
import type {
  BatchNormStatistics,
  GateGradients,
  GateSample,
  Mixture,
  Program,
  ProgramState,
  Scores,
  SgdOptions,
  StepOptions,
  StepResult,
  TrainingBatch,
} from '@nasc/core';
import { singlePath } from '@nasc/core';
import { DiagnosticError } from '@nasc/diagnostics';
import { parameterId } from '@nasc/ir';
import type { Tensor, TensorTable } from '@nasc/ir';
import { activePath } from './active-path.ts';
import type { ActivePath } from './active-path.ts';
import { lineBytes } from './call.ts';
import type { CompiledGraph } from './compiled-graph.ts';
import { fail, messages } from './messages.ts';
import type { PlacedParameter } from './parameter-layout.ts';
import type { ProgramMemory } from './program-memory.ts';
import type { StepRunner } from './step-runner.ts';
import type { StepWords } from './step-words.ts';
import { updateCalls } from './update-calls.ts';
import { runningMean, runningVariance } from './unit.ts';
import type { ForwardMode } from './unit.ts';

export class NativeProgram implements Program {
  readonly arenaBytes: number;
  readonly #graph: CompiledGraph;
  readonly #memory: ProgramMemory;
  readonly #words: StepWords;
  readonly #runner: StepRunner;
  readonly #batchSize: number;
  readonly #activePaths: number;
  /** Regions whose weights took part since the last update. */
  #touched = new Set<string>();
  #busy = false;
  #disposed = false;

  constructor(graph: CompiledGraph, memory: ProgramMemory, words: StepWords, runner: StepRunner, batchSize: number, activePaths: number) {
    this.#graph = graph;
    this.#memory = memory;
    this.#words = words;
    this.#runner = runner;
    this.#batchSize = batchSize;
    this.#activePaths = activePaths;
    this.arenaBytes = graph.arena.size * lineBytes;
  }

  forwardBackward(batch: TrainingBatch, mixture: Mixture, options: StepOptions): Promise<StepResult> {
    return this.#exclusive(() => this.#step(batch, mixture, options));
  }

  trainStep(batch: TrainingBatch, mixture: Mixture, options: Omit<StepOptions, 'gradients'>, optimizer: SgdOptions): Promise<StepResult> {
    return this.#exclusive(() => this.#step(batch, mixture, { ...options, gradients: 'weights' }, optimizer));
  }

  applyUpdate(optimizer: SgdOptions): Promise<void> {
    return this.#exclusive(async () => {
      await this.#runner.run([this.#update(this.#touched, optimizer)]);
      this.#touched.clear();
    });
  }

  candidateGradients(batch: TrainingBatch, sample: GateSample, options: Pick<StepOptions, 'randomKey' | 'signal'>): Promise<GateGradients> {
    return this.#exclusive(async () => {
      const { choices } = this.#graph.cut;
      const path = this.#path(singlePath(sample.active));
      const gates = choices.map(({ node, candidates }, choice) => {
        if (sample.mode !== 'two') return candidates.map((_, index) => index);
        const other = sample.other?.[choice];
        if (other === undefined || !candidates[other]) return fail(messages.badMixture(node.id, 'mode `two` needs a second candidate'));
        return [...new Set([sample.active[choice]!, other])];
      });
      this.#write(batch);
      this.#memory.views.randomKey.set(options.randomKey);
      const mode: ForwardMode = { batchNorm: 'batch', random: true };
      await this.#runner.run(
        [
          ...this.#words.forward(path, batch.count, mode),
          this.#words.loss(batch.count, true, batch.teacher?.weight),
          ...this.#words.backward(path, batch.count, mode, { weights: false, frozen: false, gates }),
        ],
        options.signal,
      );
      const gradients = choices.map(({ candidates }, choice) =>
        Float64Array.from(candidates, (_, index) => (gates[choice]!.includes(index) ? this.#memory.readResult(choice, index) : NaN)),
      );
      return { ...this.#scores(batch.count), gradients };
    });
  }

  recalibrate(mixture: Mixture, batches: readonly TrainingBatch[]): Promise<BatchNormStatistics> {
    return this.#exclusive(async () => {
      const path = this.#path(mixture);
      // Over all images: mean = avg(m_b), variance = avg(v_b + m_b^2) - mean^2, batches weighted by their images.
      const sums = this.#words.statistics(path).map(({ node, channels }) => ({
        node,
        mean: new Float64Array(channels),
        square: new Float64Array(channels),
      }));
      let images = 0;
      for (const batch of batches) {
        this.#write(batch);
        await this.#runner.run(this.#words.forward(path, batch.count, { batchNorm: 'batch', random: false }, true));
        images += batch.count;
        for (const { node, mean, square } of sums) {
          const batchMean = this.#memory.batchStatistic(this.#parameter(parameterId(node, runningMean)));
          const batchVariance = this.#memory.batchStatistic(this.#parameter(parameterId(node, runningVariance)));
          mean.forEach((_, c) => {
            const m = batchMean[c]!;
            mean[c]! += batch.count * m;
            square[c]! += batch.count * (batchVariance[c]! + m * m);
          });
        }
      }
      return new Map(
        sums.map(({ node, mean, square }) => [
          node,
          {
            mean: Float32Array.from(mean, (sum) => sum / images),
            variance: Float32Array.from(square, (sum, c) => Math.max(0, sum / images - (mean[c]! / images) ** 2)),
          },
        ]),
      );
    });
  }

  evaluate(batch: TrainingBatch, mixture: Mixture, statistics: 'batch' | 'running' | BatchNormStatistics): Promise<Scores> {
    return this.#exclusive(async () => {
      const path = this.#path(mixture);
      this.#write(batch);
      const mode: ForwardMode = { batchNorm: statistics === 'batch' ? 'batch' : 'running', random: false };
      const restore = typeof statistics === 'string' ? undefined : this.#replaceStatistics(statistics);
      try {
        await this.#runner.run([...this.#words.forward(path, batch.count, mode), this.#words.loss(batch.count, false, undefined)]);
      } finally {
        restore?.();
      }
      const { loss, correct } = this.#scores(batch.count);
      return {
        count: batch.count,
        correct,
        lossSum: loss * batch.count,
        logits: this.#memory.views.logits.slice(0, batch.count * this.#graph.classes),
      };
    });
  }

  readGradients(): Promise<TensorTable> {
    return this.#exclusive(() => Promise.resolve(this.#read('gradients')));
  }

  readState(): Promise<ProgramState> {
    return this.#exclusive(() => Promise.resolve({ parameters: this.#read('values'), momentum: this.#read('momentum') }));
  }

  writeState(state: { readonly parameters: TensorTable; readonly momentum?: TensorTable }): Promise<void> {
    return this.#exclusive(() => {
      const problems = [...this.#check(state.parameters), ...this.#check(state.momentum ?? new Map())];
      if (problems.length > 0) throw new DiagnosticError(problems);
      for (const [id, { data }] of state.parameters) this.#memory.valuesOf(this.#parameter(id)).set(data);
      this.#memory.views.momentum.fill(0);
      for (const [id, { data }] of state.momentum ?? []) this.#memory.valuesOf(this.#parameter(id), 'momentum').set(data);
      return Promise.resolve();
    });
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    await this.#exclusive(() => {
      this.#disposed = true;
      this.#runner.dispose();
      this.#memory.block.dispose();
      return Promise.resolve();
    });
  }

  async #exclusive<T>(work: () => Promise<T>): Promise<T> {
    if (this.#disposed) fail(messages.disposed());
    if (this.#busy) fail(messages.busy());
    this.#busy = true;
    try {
      return await work();
    } finally {
      this.#busy = false;
    }
  }

  async #step(batch: TrainingBatch, mixture: Mixture, options: StepOptions, optimizer?: SgdOptions): Promise<StepResult> {
    const path = this.#path(mixture);
    this.#write(batch);
    this.#memory.views.randomKey.set(options.randomKey);
    const weights = options.gradients !== 'mixture';
    const gates = options.gradients === 'weights' ? undefined : path.map((entries) => entries.map(({ candidate }) => candidate));
    const mode: ForwardMode = { batchNorm: options.batchNorm, random: true };
    const taking = new Set(this.#touched);
    if (weights) for (const region of this.#regionsOf(path)) taking.add(region);
    const words = [
      ...this.#words.forward(path, batch.count, mode),
      this.#words.loss(batch.count, true, batch.teacher?.weight),
      ...this.#words.backward(path, batch.count, mode, { weights, frozen: options.batchNorm === 'running', ...(gates && { gates }) }),
    ];
    if (optimizer) words.push(this.#update(taking, optimizer));
    try {
      await this.#runner.run(words, options.signal);
    } catch (error) {
      // What an aborted step had added to the gradients is not wanted, nor is what it was added to.
      this.#memory.views.gradients.fill(0);
      this.#touched.clear();
      throw error;
    }
    this.#touched = optimizer ? new Set() : taking;
    return {
      ...this.#scores(batch.count),
      ...(gates && {
        mixtureGradients: gates.map((candidates, choice) => candidates.map((candidate) => this.#memory.readResult(choice, candidate))),
      }),
    };
  }

  #path(mixture: Mixture): ActivePath {
    return activePath(mixture, this.#graph, this.#activePaths);
  }

  #regionsOf(path: ActivePath): readonly string[] {
    const { trunk, choices } = this.#graph.cut;
    return [trunk.id, ...path.flatMap((entries, choice) => entries.map(({ candidate }) => choices[choice]!.candidates[candidate]!.id))];
  }

  #update(regions: ReadonlySet<string>, optimizer: SgdOptions): Int32Array {
    return this.#words.calls(updateCalls(this.#graph.layout, regions, this.#memory, optimizer));
  }

  #write({ count, images, targets, teacher }: TrainingBatch): void {
    const { classes, imageFloats } = this.#graph;
    const { views } = this.#memory;
    if (!(count >= 1 && count <= this.#batchSize)) fail(messages.batchTooLarge(count, this.#batchSize));
    const lengths = [
      ['images', images.length, count * imageFloats],
      ['targets', targets.length, count * classes],
      ['teacher logits', teacher?.logits.length ?? count * classes, count * classes],
    ] as const;
    for (const [what, found, expected] of lengths) if (found !== expected) fail(messages.wrongLength(what, found, expected));
    views.images.set(images);
    views.targets.set(targets);
    if (teacher) views.teacher.set(teacher.logits);
  }

  #scores(count: number): { loss: number; correct: number } {
    const { losses, right } = this.#memory.views;
    let loss = 0;
    let correct = 0;
    for (let n = 0; n < count; n++) {
      loss += losses[n]!;
      correct += right[n]!;
    }
    return { loss: loss / count, correct };
  }

  /** Puts given statistics in the place of the running ones; returns what puts these back. */
  #replaceStatistics(statistics: BatchNormStatistics): () => void {
    const before = this.#memory.views.statistics.slice();
    for (const [node, { mean, variance }] of statistics) {
      for (const [name, values] of [
        [runningMean, mean],
        [runningVariance, variance],
      ] as const) {
        this.#memory.valuesOf(this.#parameter(parameterId(node, name))).set(values);
      }
    }
    return () => this.#memory.views.statistics.set(before);
  }

  #parameter(id: string): PlacedParameter {
    return this.#graph.layout.parameters.get(id) ?? fail(messages.unknownParameter(id));
  }

  #check(table: TensorTable) {
    return [...table].flatMap(([id, { data }]) => {
      const parameter = this.#graph.layout.parameters.get(id);
      if (!parameter) return [messages.unknownParameter(id)];
      return data.length === parameter.floats ? [] : [messages.wrongLength(`parameter "${id}"`, data.length, parameter.floats)];
    });
  }

  #read(of: 'values' | 'gradients' | 'momentum'): TensorTable {
    const table = new Map<string, Tensor>();
    for (const parameter of this.#graph.layout.parameters.values()) {
      if (of !== 'values' && !parameter.spec.trainable) continue;
      table.set(parameter.id, { shape: parameter.spec.shape, data: this.#memory.valuesOf(parameter, of).slice() });
    }
    return table;
  }
}
