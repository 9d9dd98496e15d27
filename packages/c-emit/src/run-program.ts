// Generated programs on this machine: run once, or kept and asked line by line while they time themselves.
import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';
import { DiagnosticError, errorDiagnostic } from '@nasc/diagnostics';
import { pinned } from './pin.ts';

const programFailed = (program: string, detail: string) =>
  errorDiagnostic('PROGRAM_FAILED', `The generated program failed: ${detail}.`, {
    at: program,
    hint: 'This is an error of the target that generated it.',
  });

export class LineProcess {
  readonly #program: string;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  readonly #closed: Promise<unknown>;
  #errors = '';

  /** `pin` keeps it on one core: for what is timed on one thread. */
  constructor(program: string, options: readonly string[], { pin = false }: { readonly pin?: boolean } = {}) {
    const [command, given] = pin ? pinned(program, options) : [program, options];
    this.#program = program;
    // In a process group of its own, so that Ctrl-C in a terminal stops this process alone: what is being measured is answered first.
    this.#child = spawn(command, given, { detached: true });
    this.#closed = new Promise((resolve) => this.#child.on('close', resolve));
    // A failed start ends the output, which `ask` reports.
    this.#child.on('error', (error) => (this.#errors += error.message));
    this.#child.stdin.on('error', (error) => (this.#errors += error.message));
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#errors += text));
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** Sends a line and returns the next line of the answer. Throws PROGRAM_FAILED when the program ends instead. */
  async ask(line: string): Promise<string> {
    this.#child.stdin.write(`${line}\n`);
    const answer = await this.#lines.next();
    if (!answer.done) return answer.value;
    await this.#closed;
    throw this.#failed();
  }

  /** Ends the input, and waits for the process to end by itself. Throws PROGRAM_FAILED when it does not end well. */
  async end(): Promise<void> {
    this.#child.stdin.end();
    await this.#closed;
    if (this.#child.exitCode !== 0) throw this.#failed();
  }

  #failed(): DiagnosticError {
    const detail = this.#errors.trim() || `it ended with ${this.#child.signalCode ?? `exit code ${this.#child.exitCode}`}`;
    return new DiagnosticError([programFailed(this.#program, detail)]);
  }

  dispose(): void {
    this.#child.stdin.end();
    if (this.#child.exitCode === null) this.#child.kill();
  }
}

/** Runs a program once, with `input` on its standard input; returns its standard output. */
export const runProgram = (program: string, options: readonly string[], input: Uint8Array): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, options);
    const output: Buffer[] = [];
    let errors = '';
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    child.stdin.on('error', (error) => (errors += error.message));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve(new Uint8Array(Buffer.concat(output)));
      else reject(new DiagnosticError([programFailed(program, errors.trim() || `it ended with ${signal ?? `exit code ${code}`}`)]));
    });
    child.stdin.end(input);
  });
