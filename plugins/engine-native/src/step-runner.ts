// Hands the words of a step to the C runtime, off the event loop, and waits; owns the thread pool.
import { DiagnosticError } from '@nasc/diagnostics';
import { lineBytes } from './call.ts';
import { MemoryBlock } from './memory.ts';
import { messages } from './messages.ts';
import type { NativeFunctions } from './native-library.ts';
import type { ProgramMemory } from './program-memory.ts';

const status = { done: 0, aborted: 1 } as const;

export class StepRunner {
  readonly #functions: NativeFunctions;
  readonly #memory: ProgramMemory;
  readonly #pool: bigint;
  #words: { readonly block: MemoryBlock; readonly view: Int32Array } | undefined;

  constructor(functions: NativeFunctions, memory: ProgramMemory, threads: number) {
    this.#functions = functions;
    this.#memory = memory;
    const pool = functions.createPool(Math.max(1, threads));
    if (pool === null) throw new DiagnosticError([messages.noThreads(threads)]);
    this.#pool = pool;
  }

  /** Throws the signal's reason when aborted; then nothing was committed. */
  async run(pieces: readonly Int32Array[], signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    const { block, view } = this.#reserve(length);
    let at = 0;
    for (const piece of pieces) {
      view.set(piece, at);
      at += piece.length;
    }
    const { abortRequest } = this.#memory.views;
    abortRequest[0] = 0;
    const abort = () => {
      abortRequest[0] = 1;
    };
    signal?.addEventListener('abort', abort);
    try {
      const { block: memory, control } = this.#memory;
      const result = await this.#functions.run(this.#pool, memory.address, block.address, length, memory.addressOf(control));
      if (result === status.aborted) throw signal?.reason ?? new Error('The step was aborted.');
      if (result !== status.done) throw new DiagnosticError([messages.noMemory(4 * length)]);
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  dispose(): void {
    this.#functions.destroyPool(this.#pool);
    this.#words?.block.dispose();
  }

  #reserve(length: number) {
    if (this.#words && this.#words.view.length >= length) return this.#words;
    this.#words?.block.dispose();
    const lines = Math.ceil((2 * length * 4) / lineBytes);
    const block = new MemoryBlock(this.#functions, lines);
    this.#words = { block, view: new Int32Array(block.view({ line: 0, lines })) };
    return this.#words;
  }
}
