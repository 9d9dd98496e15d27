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
import { checkBatch, checkMixture, checkParameters, programGuard, sampledGates, singlePath, statisticsTable } from '@nasc/core';
import { parameterId } from '@nasc/ir';
import type { ChoiceNode, Tensor, TensorTable } from '@nasc/ir';
import { activePath } from './active-path.ts';
import type { ActivePath } from './active-path.ts';
import { lineBytes } from './call.ts';
import type { CompiledGraph } from './compiled-graph.ts';
import type { PlacedParameter } from './parameter-layout.ts';
import type { ProgramMemory } from './program-memory.ts';
import type { StepRunner } from './step-runner.ts';
import type { StepWords } from './step-words.ts';
import { runningMean, runningVariance } from './unit.ts';
import type { ForwardMode } from './unit.ts';

export class NativeProgram implements Program {
  readonly arenaBytes: number;
  readonly memoryBytes: number;
  readonly #graph: CompiledGraph;
  readonly #memory: ProgramMemory;
  readonly #words: StepWords;
  readonly #runner: StepRunner;
  readonly #activePaths: number;
  readonly #guard = programGuard();
  /** Regions whose weights took part since the last update. */
  #touched = new Set<string>();
  /** Whether momentum may be other than 0: memory that was never written costs nothing. */
  #hasMomentum = false;
  /** Whether there is an average; likewise. */
  #hasAverage = false;

  constructor(graph: CompiledGraph, memory: ProgramMemory, words: StepWords, runner: StepRunner, activePaths: number) {
    this.#graph = graph;
    this.#memory = memory;
    this.#words = words;
    this.#runner = runner;
    this.#activePaths = activePaths;
    this.arenaBytes = graph.arena.size * lineBytes;
    this.memoryBytes = memory.bytes;
  }

  forwardBackward(batch: TrainingBatch, mixture: Mixture, options: StepOptions): Promise<StepResult> {
    return this.#guard.run(() => this.#step(batch, mixture, options));
  }

  trainStep(batch: TrainingBatch, mixture: Mixture, options: Omit<StepOptions, 'gradients'>, optimizer: SgdOptions): Promise<StepResult> {
    return this.#guard.run(() => this.#step(batch, mixture, { ...options, gradients: 'weights' }, optimizer));
  }

  applyUpdate(optimizer: SgdOptions): Promise<void> {
    return this.#guard.run(async () => {
      this.#writeOptimizer(optimizer);
      await this.#runner.run(this.#words.update(this.#touched, optimizer));
      this.#touched.clear();
    });
  }

  candidateGradients(batch: TrainingBatch, sample: GateSample, options: Pick<StepOptions, 'randomKey'>): Promise<GateGradients> {
    return this.#guard.run(async () => {
      const { choices } = this.#graph.cut;
      const path = this.#path(singlePath(sample.active));
      const gates = sampledGates(sample, this.#choices);
      this.#write(batch);
      this.#memory.views.randomKey.set(options.randomKey);
      const mode: ForwardMode = { batchNorm: 'batch', random: true };
      await this.#runner.run([
        ...this.#words.forward(path, batch.count, mode),
        this.#words.loss(batch.count, true, batch.teacher),
        ...this.#words.backward(path, batch.count, mode, { weights: false, frozen: false, gates }),
      ]);
      const gradients = choices.map(({ candidates }, choice) =>
        Float64Array.from(candidates, (_, index) => (gates[choice]!.includes(index) ? this.#memory.readResult(choice, index) : NaN)),
      );
      return { ...this.#scores(batch.count), gradients };
    });
  }

  recalibrate(mixture: Mixture, batches: Iterable<TrainingBatch> | AsyncIterable<TrainingBatch>): Promise<BatchNormStatistics> {
    return this.#guard.run(async () => {
      const path = this.#path(mixture);
      // Over all images: mean = avg(m_b), variance = avg(v_b + m_b^2) - mean^2, batches weighted by their images.
      const sums = this.#words.statistics(path).map(({ node, channels }) => ({
        node,
        mean: new Float64Array(channels),
        square: new Float64Array(channels),
      }));
      let images = 0;
      for await (const batch of batches) {
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
    return this.#guard.run(async () => {
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
    return this.#guard.run(() => Promise.resolve(this.#read('gradients')));
  }

  readState(): Promise<ProgramState> {
    return this.#guard.run(() =>
      Promise.resolve({
        parameters: this.#read('values'),
        momentum: this.#read('momentum'),
        ...(this.#hasAverage && { average: this.#read('average') }),
      }),
    );
  }

  writeState({ parameters, momentum, average }: Pick<ProgramState, 'parameters'> & Partial<ProgramState>): Promise<void> {
    return this.#guard.run(() => {
      this.#check(parameters, momentum ?? new Map(), average ?? new Map());
      const set = (table: TensorTable, of: 'values' | 'momentum' | 'average') => {
        for (const [id, { data }] of table) this.#memory.valuesOf(this.#parameter(id), of).set(data);
      };
      set(parameters, 'values');
      if (this.#hasMomentum) this.#memory.views.momentum.fill(0);
      this.#hasMomentum = momentum !== undefined;
      set(momentum ?? new Map(), 'momentum');
      this.#hasAverage = average !== undefined;
      if (average) this.#memory.views.average.set(this.#memory.views.trainable);
      set(average ?? new Map(), 'average');
      return Promise.resolve();
    });
  }

  dispose(): Promise<void> {
    return this.#guard.end(() => {
      this.#memory.block.dispose();
      return this.#runner.dispose();
    });
  }

  async #step(batch: TrainingBatch, mixture: Mixture, options: StepOptions, optimizer?: SgdOptions): Promise<StepResult> {
    const path = this.#path(mixture);
    this.#write(batch);
    this.#memory.views.randomKey.set(options.randomKey);
    const weights = options.gradients !== 'mixture';
    const gates = options.gradients === 'weights' ? undefined : path.map((entries) => entries.map(({ candidate }) => candidate));
    const frozen = options.batchNorm === 'running';
    const mode: ForwardMode = { batchNorm: options.batchNorm, random: true };
    const taking = new Set(this.#touched);
    if (weights) for (const region of this.#regionsOf(path)) taking.add(region);
    // Gradients from before are added to; without any, weights are updated on the way.
    const atOnce = optimizer && this.#touched.size === 0;
    if (optimizer) this.#writeOptimizer(optimizer);
    await this.#runner.run([
      ...this.#words.forward(path, batch.count, mode),
      this.#words.loss(batch.count, true, batch.teacher),
      ...this.#words.backward(path, batch.count, mode, { weights, frozen, ...(gates && { gates }), ...(atOnce && { update: optimizer }) }),
      ...(optimizer && !atOnce ? this.#words.update(taking, optimizer) : []),
    ]);
    this.#touched = optimizer ? new Set() : taking;
    return {
      ...this.#scores(batch.count),
      ...(gates && {
        mixtureGradients: gates.map((candidates, choice) => candidates.map((candidate) => this.#memory.readResult(choice, candidate))),
      }),
    };
  }

  get #choices(): readonly ChoiceNode[] {
    return this.#graph.cut.choices.map(({ node }) => node);
  }

  #path(mixture: Mixture): ActivePath {
    checkMixture(mixture, this.#choices, this.#activePaths);
    return activePath(mixture, this.#graph);
  }

  #regionsOf(path: ActivePath): readonly string[] {
    const { trunk, choices } = this.#graph.cut;
    return [trunk.id, ...path.flatMap((entries, choice) => entries.map(({ candidate }) => choices[choice]!.candidates[candidate]!.id))];
  }

  #writeOptimizer({ learningRate, momentum, weightDecay, averageDecay }: SgdOptions): void {
    const { views } = this.#memory;
    views.optimizer.set([learningRate, momentum, weightDecay, averageDecay ?? 0]);
    this.#hasMomentum = true;
    if (averageDecay === undefined || this.#hasAverage) return;
    views.average.set(views.trainable);
    this.#hasAverage = true;
  }

  #write(batch: TrainingBatch): void {
    const { batchSize, classes, imageFloats } = this.#graph;
    checkBatch(batch, { batchSize, imageFloats, classes });
    const { views } = this.#memory;
    const { images, targets, teacher } = batch;
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
    const values = statisticsTable(statistics);
    this.#check(values);
    const before = this.#memory.views.statistics.slice();
    for (const [id, { data }] of values) this.#memory.valuesOf(this.#parameter(id)).set(data);
    return () => this.#memory.views.statistics.set(before);
  }

  #parameter(id: string): PlacedParameter {
    return this.#graph.layout.parameters.get(id)!;
  }

  #check(...tables: readonly TensorTable[]): void {
    checkParameters(tables, new Map([...this.#graph.layout.parameters].map(([id, { floats }]) => [id, floats])));
  }

  #read(of: 'values' | 'gradients' | 'momentum' | 'average'): TensorTable {
    const table = new Map<string, Tensor>();
    for (const parameter of this.#graph.layout.parameters.values()) {
      if (of !== 'values' && !parameter.spec.trainable) continue;
      table.set(parameter.id, { shape: parameter.spec.shape, data: this.#memory.valuesOf(parameter, of).slice() });
    }
    return table;
  }
}
