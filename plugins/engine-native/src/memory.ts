// The memory of a program: one reserved block, cut into areas, with views of those that JavaScript reads and writes.
import { totalmem } from 'node:os';
import { DiagnosticError } from '@nasc/diagnostics';
import koffi from 'koffi';
import { lineBytes } from './call.ts';
import { messages } from './messages.ts';
import type { NativeFunctions } from './native-library.ts';

export interface Area {
  /** First line. */
  readonly line: number;
  readonly lines: number;
}

/** Cuts areas off one after another. */
export class AreaCutter {
  lines = 0;

  cut(lines: number): Area {
    const area = { line: this.lines, lines };
    this.lines += lines;
    return area;
  }
}

/** Owns a block of lines outside JavaScript's heap. After `dispose` no view of it may be touched. */
export class MemoryBlock {
  readonly address: bigint;
  readonly #functions: NativeFunctions;
  readonly #bytes: number;

  constructor(functions: NativeFunctions, lines: number) {
    this.#functions = functions;
    this.#bytes = Math.max(1, lines) * lineBytes;
    // Lines are numbered by 32 bits. Some systems give more memory than they have, and end the process when it is used.
    const address = lines > 2 ** 32 || this.#bytes > totalmem() ? null : functions.reserve(this.#bytes);
    if (address === null) throw new DiagnosticError([messages.noMemory(this.#bytes)]);
    this.address = address;
  }

  addressOf(area: Area): bigint {
    return this.address + BigInt(area.line) * BigInt(lineBytes);
  }

  /** The bytes of an area; one view an area. */
  view(area: Area): ArrayBuffer {
    return koffi.view(this.addressOf(area), Math.max(1, area.lines) * lineBytes);
  }

  dispose(): void {
    this.#functions.release(this.address, this.#bytes);
  }
}
