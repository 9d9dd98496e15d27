// Hands the words of a step to the C runtime, off the event loop, and waits; owns the thread pool.
import { DiagnosticError } from '@nasc/diagnostics';
import { lineBytes } from './call.ts';
import { MemoryBlock } from './memory.ts';
import { messages } from './messages.ts';
import type { NativeLibrary } from './native-library.ts';
import type { ProgramMemory } from './program-memory.ts';
import { countCalls, timedCalls } from './step-profile.ts';
import type { Piece, StepObserver } from './step-profile.ts';

export class StepRunner {
  readonly #library: NativeLibrary;
  readonly #memory: ProgramMemory;
  readonly #pool: bigint;
  readonly #observe: StepObserver | undefined;
  #words: { readonly block: MemoryBlock; readonly view: Int32Array } | undefined;

  constructor(library: NativeLibrary, memory: ProgramMemory, threads: number, observe: StepObserver | undefined) {
    this.#library = library;
    this.#memory = memory;
    this.#observe = observe;
    const pool = library.functions.createPool(Math.max(1, threads));
    if (pool === null) throw new DiagnosticError([messages.noThreads(threads)]);
    this.#pool = pool;
  }

  async run(pieces: readonly Piece[]): Promise<void> {
    const length = pieces.reduce((sum, { words }) => sum + words.length, 0);
    const { block, view } = this.#reserve(length);
    let at = 0;
    for (const { words } of pieces) {
      view.set(words, at);
      at += words.length;
    }
    if (!this.#observe) return this.#call(block, length, null);
    const lines = Math.ceil(((countCalls(pieces) + 1) * 8) / lineBytes);
    const times = new MemoryBlock(this.#library.functions, lines);
    try {
      await this.#call(block, length, times.address);
      const kernelNames = [...this.#library.kernels.keys()];
      this.#observe(timedCalls(pieces, kernelNames, new BigInt64Array(times.view({ line: 0, lines }))));
    } finally {
      times.dispose();
    }
  }

  async dispose(): Promise<void> {
    this.#words?.block.dispose();
    await this.#library.functions.destroyPool(this.#pool);
  }

  async #call(words: MemoryBlock, length: number, times: bigint | null): Promise<void> {
    const result = await this.#library.functions.run(this.#pool, this.#memory.block.address, words.address, length, times);
    if (result !== 0) throw new DiagnosticError([messages.noMemory(4 * length)]);
  }

  #reserve(length: number) {
    if (this.#words && this.#words.view.length >= length) return this.#words;
    this.#words?.block.dispose();
    const lines = Math.ceil((2 * length * 4) / lineBytes);
    const block = new MemoryBlock(this.#library.functions, lines);
    this.#words = { block, view: new Int32Array(block.view({ line: 0, lines })) };
    return this.#words;
  }
}
