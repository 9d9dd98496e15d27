// The engine's program. Every call is one synchronous piece of work inside one `tf.tidy`, so that nothing is left behind; between
// calls the event loop gets its turn.
import { setImmediate } from 'node:timers/promises';
import { checkBatch, checkMixture, checkParameters, programGuard, sampledGates, singlePath, statisticsTable } from '@nasc/core';
import type {
  BatchNormStatistics,
  CompileOptions,
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
import { elementCount, parameterId } from '@nasc/ir';
import type { TensorTable } from '@nasc/ir';
import type { Tensor, Tfjs } from '@nasc/tfjs';
import { runRegion } from './forward.ts';
import type { Pass } from './forward.ts';
import { scoreBatch } from './loss.ts';
import { fail, messages } from './messages.ts';
import { ParameterStore } from './parameter-store.ts';
import type { Plan } from './plan.ts';
import { StatisticsSum } from './statistics-sum.ts';
import { forwardBackward, mixedChoice } from './step.ts';
import type { StepGradients } from './step.ts';
import { updateParameters } from './update.ts';

export class TfjsProgram implements Program {
  readonly #tf: Tfjs;
  readonly #plan: Plan;
  readonly #batchSize: number;
  readonly #activePaths: number;
  readonly #store: ParameterStore;
  readonly #guard = programGuard();
  /** Trained parameters that took part since the last update. */
  readonly #touched = new Set<string>();

  constructor(tf: Tfjs, plan: Plan, { batchSize, activePaths }: Pick<CompileOptions, 'batchSize' | 'activePaths'>) {
    this.#tf = tf;
    this.#plan = plan;
    this.#batchSize = batchSize;
    this.#activePaths = activePaths === 'all' ? Infinity : activePaths;
    this.#store = new ParameterStore(tf, plan.parameters);
  }

  forwardBackward(batch: TrainingBatch, mixture: Mixture, options: StepOptions): Promise<StepResult> {
    return this.#exclusive(() => this.#step(batch, mixture, options));
  }

  trainStep(batch: TrainingBatch, mixture: Mixture, options: Omit<StepOptions, 'gradients'>, optimizer: SgdOptions): Promise<StepResult> {
    return this.#exclusive(() => {
      const result = this.#step(batch, mixture, { ...options, gradients: 'weights' });
      this.#update(optimizer);
      return result;
    });
  }

  applyUpdate(optimizer: SgdOptions): Promise<void> {
    return this.#exclusive(() => this.#update(optimizer));
  }

  candidateGradients(batch: TrainingBatch, sample: GateSample, options: Pick<StepOptions, 'randomKey'>): Promise<GateGradients> {
    return this.#exclusive(() => {
      const mixture = singlePath(sample.active);
      this.#check(batch, mixture);
      const gates = sampledGates(sample, this.#choices);
      const pass: Pass = { ...this.#pass(batch), statistics: 'batch', randomKey: options.randomKey };
      const found = this.#tidy(() => forwardBackward(pass, this.#plan, mixture, batch, { parameters: [], gates }));
      const gradients = this.#choices.map(({ candidates }, choice) => {
        const row = new Float64Array(candidates.length).fill(NaN);
        gates[choice]!.forEach((candidate, entry) => (row[candidate] = found.gates[choice]![entry]!));
        return row;
      });
      return { ...scoreBatch(found.logits, batch), gradients };
    });
  }

  recalibrate(mixture: Mixture, batches: Iterable<TrainingBatch> | AsyncIterable<TrainingBatch>): Promise<BatchNormStatistics> {
    return this.#exclusive(async () => {
      const sum = new StatisticsSum();
      for await (const batch of batches) {
        this.#check(batch, mixture);
        this.#forward(
          { ...this.#pass(batch), statistics: 'batch', collect: (node, found) => sum.add(node, found, batch.count) },
          mixture,
          batch,
        );
      }
      return sum.pooled();
    });
  }

  evaluate(batch: TrainingBatch, mixture: Mixture, statistics: 'batch' | 'running' | BatchNormStatistics): Promise<Scores> {
    return this.#exclusive(() => {
      this.#check(batch, mixture);
      const given = typeof statistics === 'string' ? new Map() : statisticsTable(statistics);
      this.#checkTables(given);
      const { count } = batch;
      const pass: Pass = { ...this.#pass(batch, given), statistics: statistics === 'batch' ? 'batch' : 'running' };
      const logits = this.#forward(pass, mixture, batch);
      const { loss, correct } = scoreBatch(logits, { count, images: batch.images, targets: batch.targets });
      return { count, correct, lossSum: loss * count, logits };
    });
  }

  readGradients(): Promise<TensorTable> {
    return this.#exclusive(() => this.#store.read('gradients'));
  }

  readState(): Promise<ProgramState> {
    return this.#exclusive(() => ({
      parameters: this.#store.read('values'),
      momentum: this.#store.read('momentum'),
      ...(this.#store.hasAverage && { average: this.#store.read('average') }),
    }));
  }

  writeState({ parameters, momentum = new Map(), average }: Pick<ProgramState, 'parameters'> & Partial<ProgramState>): Promise<void> {
    return this.#exclusive(() => {
      this.#checkTables(parameters, momentum, average ?? new Map());
      this.#store.write('values', parameters);
      this.#store.clearMomentum();
      this.#store.write('momentum', momentum);
      this.#store.clearAverage();
      if (average) this.#store.beginAverage();
      this.#store.write('average', average ?? new Map());
    });
  }

  dispose(): Promise<void> {
    return this.#guard.end(async () => this.#store.dispose());
  }

  get #choices() {
    return this.#plan.choices.map(({ node }) => node);
  }

  #exclusive<T>(work: () => T | Promise<T>): Promise<T> {
    return this.#guard.run(async () => {
      // Work is synchronous: without this, timers, signals and the threads that decode images would wait for the last step.
      await setImmediate();
      return work();
    });
  }

  #step(batch: TrainingBatch, mixture: Mixture, { gradients, batchNorm, randomKey }: StepOptions): StepResult {
    this.#check(batch, mixture);
    const parameters = gradients === 'mixture' ? [] : this.#trainedBy(mixture);
    const gates = gradients === 'weights' ? undefined : mixture.map(({ indices }) => indices);
    const moved = new Map<string, Tensor>();
    const pass: Pass = {
      ...this.#pass(batch),
      randomKey,
      statistics: batchNorm === 'running' ? 'running' : 'batch',
      ...(batchNorm === 'update' && {
        collect: (node, _, compute) => {
          for (const [name, tensor] of Object.entries(compute())) moved.set(parameterId(node, name), this.#tf.keep(tensor));
        },
      }),
    };
    try {
      const found = this.#tidy(() => {
        const step = forwardBackward(pass, this.#plan, mixture, batch, { parameters, ...(gates && { gates }) });
        this.#gather(parameters, step.parameters);
        return step;
      });
      for (const [id, tensor] of moved) this.#store.set('values', id, tensor);
      return { ...scoreBatch(found.logits, batch), ...(gates && { mixtureGradients: found.gates }) };
    } catch (error) {
      // Neither what this step had added to the gradients is wanted, nor what it was added to.
      for (const tensor of moved.values()) tensor.dispose();
      this.#store.clearGradients();
      this.#touched.clear();
      throw error;
    }
  }

  #gather(ids: readonly string[], gradients: StepGradients['parameters']): void {
    ids.forEach((id, index) => {
      this.#touched.add(id);
      const more = gradients[index];
      const before = this.#store.gradient(id);
      if (more) this.#store.set('gradients', id, before ? this.#tf.add(before, more) : more);
    });
  }

  #update(optimizer: SgdOptions): void {
    const taken = [...this.#touched].map((id) => this.#plan.parameters.get(id)!);
    this.#tidy(() => updateParameters(this.#tf, this.#store, taken, optimizer));
    this.#touched.clear();
  }

  /** Logits of a pass without gradients. */
  #forward(pass: Pass, mixture: Mixture, { count, images }: TrainingBatch): Float32Array {
    return this.#tidy(() => {
      const input = this.#tf.tensor(images, [count, ...this.#plan.imageShape]);
      return runRegion(pass, this.#plan.trunk, [input], mixedChoice(pass, mixture)).dataSync<'float32'>().slice();
    });
  }

  /** `given` stands in the place of parameters. */
  #pass({ count }: TrainingBatch, given: TensorTable = new Map()): Omit<Pass, 'statistics'> {
    return {
      tf: this.#tf,
      count,
      parameter: (id) => {
        const values = given.get(id);
        return values ? this.#tf.tensor(values.data, [...values.shape]) : this.#store.value(id);
      },
    };
  }

  #tidy<T>(work: () => T): T {
    try {
      let result: T;
      this.#tf.tidy(() => {
        result = work();
      });
      return result!;
    } catch (error) {
      // TF_RESOURCE_EXHAUSTED
      const exhausted = /TF_Status: 8\s+Message: (?<detail>[^\n]*)/.exec((error as Error).message);
      if (exhausted) fail(messages.noMemory(exhausted.groups!['detail']!), error);
      throw error;
    }
  }

  #trainedBy(mixture: Mixture): readonly string[] {
    const { trunk, choices } = this.#plan;
    return [
      ...trunk.trainable,
      ...mixture.flatMap(({ indices }, choice) => indices.flatMap((index) => choices[choice]!.candidates[index]!.trainable)),
    ];
  }

  #check(batch: TrainingBatch, mixture: Mixture): void {
    const { imageFloats, classes } = this.#plan;
    checkMixture(mixture, this.#choices, this.#activePaths);
    checkBatch(batch, { batchSize: this.#batchSize, imageFloats, classes });
  }

  #checkTables(...tables: readonly TensorTable[]): void {
    checkParameters(tables, new Map([...this.#plan.parameters].map(([id, { spec }]) => [id, elementCount(spec.shape)])));
  }
}
