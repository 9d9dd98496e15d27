// Where everything of a program lies, and the views that JavaScript has of it.
import type { BufferId } from './call.ts';
import { lineBytes, linesOf } from './call.ts';
import type { CompiledGraph } from './compiled-graph.ts';
import { AreaCutter, MemoryBlock } from './memory.ts';
import type { Area } from './memory.ts';
import type { NativeFunctions } from './native-library.ts';
import type { PlacedParameter } from './parameter-layout.ts';
import { parameterBuffer, parameterGradientBuffer, randomKeyBuffer } from './unit.ts';

/** Engine's own buffers, beside the random key. */
export const engineBuffers = {
  images: '@images',
  targets: '@targets',
  teacher: '@teacher',
  losses: '@losses',
  right: '@right',
  /** Doubles: rate, momentum, decay, decay of the average. */
  optimizer: '@optimizer',
} as const;

/** Where a recalibration collects the batch's counterpart of a running statistic. */
export const batchStatisticBuffer = (parameter: string): BufferId => `b:${parameter}`;

/** Lines of gate and mixture gradients: one for every candidate of every choice. */
const resultLines = ({ cut }: CompiledGraph): number => cut.choices.reduce((sum, { candidates }) => sum + candidates.length, 0);

/** Owns the block. */
export class ProgramMemory {
  readonly block: MemoryBlock;
  readonly bytes: number;
  readonly arena: Area;
  readonly results: Area;
  readonly trainable: Area;
  /** Gradients that are kept from step to step; without steps that do so its pages are never touched. */
  readonly gradients: Area;
  /** Gradients between the calls that make them and the update that follows within the step. */
  readonly stepGradients: Area;
  readonly momentum: Area;
  /** Of trained parameters; without updates that ask for it its pages are never touched. */
  readonly average: Area;
  readonly views: {
    readonly trainable: Float32Array;
    readonly gradients: Float32Array;
    readonly momentum: Float32Array;
    readonly average: Float32Array;
    readonly statistics: Float32Array;
    /** Batch statistics of a recalibration, laid out like the running ones. */
    readonly batchStatistics: Float32Array;
    readonly images: Float32Array;
    readonly targets: Float32Array;
    readonly teacher: Float32Array;
    readonly losses: Float64Array;
    readonly right: Int32Array;
    readonly optimizer: Float64Array;
    readonly randomKey: Uint32Array;
    readonly results: Float64Array;
    readonly logits: Float32Array;
  };
  readonly #globals: ReadonlyMap<BufferId, number>;
  /** Choice -> line of its first candidate's result. */
  readonly #firstResult: readonly number[];

  constructor(functions: NativeFunctions, graph: CompiledGraph) {
    const { layout, updates, batchSize, classes, imageFloats, arena } = graph;
    const cutter = new AreaCutter();
    this.trainable = cutter.cut(layout.trainableLines);
    this.gradients = cutter.cut(layout.trainableLines);
    this.stepGradients = cutter.cut(updates.size);
    this.momentum = cutter.cut(layout.trainableLines);
    this.average = cutter.cut(layout.trainableLines);
    const statistics = cutter.cut(layout.statisticLines);
    const batchStatistics = cutter.cut(layout.statisticLines);
    const images = cutter.cut(linesOf(batchSize * imageFloats));
    const targets = cutter.cut(linesOf(batchSize * classes));
    const teacher = cutter.cut(linesOf(batchSize * classes));
    const losses = cutter.cut(linesOf(2 * batchSize));
    const right = cutter.cut(linesOf(batchSize));
    const optimizer = cutter.cut(1);
    const randomKey = cutter.cut(1);
    this.results = cutter.cut(resultLines(graph));
    this.arena = cutter.cut(arena.size);
    this.bytes = cutter.lines * lineBytes;
    this.block = new MemoryBlock(functions, cutter.lines);

    const outputLine = arena.lines.get(`v:${graph.lower(graph.cut.trunk, batchSize).output}`)!;
    const logits = { line: this.arena.line + outputLine, lines: linesOf(batchSize * classes) };
    this.views = {
      trainable: new Float32Array(this.block.view(this.trainable)),
      gradients: new Float32Array(this.block.view(this.gradients)),
      momentum: new Float32Array(this.block.view(this.momentum)),
      average: new Float32Array(this.block.view(this.average)),
      statistics: new Float32Array(this.block.view(statistics)),
      batchStatistics: new Float32Array(this.block.view(batchStatistics)),
      images: new Float32Array(this.block.view(images)),
      targets: new Float32Array(this.block.view(targets)),
      teacher: new Float32Array(this.block.view(teacher)),
      losses: new Float64Array(this.block.view(losses)),
      right: new Int32Array(this.block.view(right)),
      optimizer: new Float64Array(this.block.view(optimizer)),
      randomKey: new Uint32Array(this.block.view(randomKey)),
      results: new Float64Array(this.block.view(this.results)),
      logits: new Float32Array(this.block.view(logits)),
    };
    const globals = new Map<BufferId, number>([
      [engineBuffers.images, images.line],
      [engineBuffers.targets, targets.line],
      [engineBuffers.teacher, teacher.line],
      [engineBuffers.losses, losses.line],
      [engineBuffers.right, right.line],
      [engineBuffers.optimizer, optimizer.line],
      [randomKeyBuffer, randomKey.line],
    ]);
    for (const { id, spec, line } of layout.parameters.values()) {
      globals.set(parameterBuffer(id), (spec.trainable ? this.trainable.line : statistics.line) + line);
      if (spec.trainable) globals.set(parameterGradientBuffer(id), this.gradients.line + line);
      else globals.set(batchStatisticBuffer(id), batchStatistics.line + line);
    }
    this.#globals = globals;
    let line = this.results.line;
    this.#firstResult = graph.cut.choices.map(({ candidates }) => {
      const first = line;
      line += candidates.length;
      return first;
    });
  }

  /** Line of a parameter, of its gradient, or of one of the engine's own buffers. */
  lineOf(buffer: BufferId): number {
    const line = this.#globals.get(buffer);
    if (line === undefined) throw new Error(`Buffer "${buffer}" has no place.`);
    return line;
  }

  resultLine(choice: number, candidate: number): number {
    return this.#firstResult[choice]! + candidate;
  }

  readResult(choice: number, candidate: number): number {
    return this.views.results[((this.resultLine(choice, candidate) - this.results.line) * lineBytes) / 8]!;
  }

  /** What the last forward pass collected for a running statistic. */
  batchStatistic({ line, floats }: PlacedParameter): Float32Array {
    const start = (line * lineBytes) / 4;
    return this.views.batchStatistics.subarray(start, start + floats);
  }

  /** A parameter's values (or, with `of`, its gradient, momentum or average), in place. */
  valuesOf({ spec, line, floats }: PlacedParameter, of: 'values' | 'gradients' | 'momentum' | 'average' = 'values'): Float32Array {
    const area = of !== 'values' ? this.views[of] : spec.trainable ? this.views.trainable : this.views.statistics;
    const start = (line * lineBytes) / 4;
    return area.subarray(start, start + floats);
  }
}
