// Runs a program, keeps what it says, and ends it with all that it started when asked to stop.
import { spawn } from 'node:child_process';
import { appendFile } from 'node:fs/promises';
import type { Host } from './host.ts';

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
  /** Gets all output too. */
  readonly logFile?: string;
  /** Called with each whole line of standard output. */
  readonly onLine?: (line: string) => void;
}

export interface CommandResult {
  /** undefined where the program could not be started. */
  readonly code: number | undefined;
  readonly stdout: string;
  /** Both streams as they came. */
  readonly log: string;
}

/** Never throws for what the program does; throws the signal's reason when it is aborted. */
export const runCommand = async (
  host: Pick<Host, 'env'>,
  command: string,
  parameters: readonly string[],
  { cwd, env, signal, logFile, onLine }: CommandOptions = {},
): Promise<CommandResult> => {
  signal?.throwIfAborted();
  // A group of its own: pip, make and compilers start others, which have to end too.
  const child = spawn(command, parameters, {
    env: { ...host.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    ...(cwd !== undefined && { cwd }),
  });
  const stop = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'ESRCH') throw cause; // it ended by itself
    }
  };
  signal?.addEventListener('abort', stop);
  process.once('exit', stop);
  let stdout = '';
  let log = '';
  let line = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    log += text;
    const lines = (line + text).split('\n');
    line = lines.pop()!;
    lines.forEach((whole) => onLine?.(whole));
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  try {
    const code = await new Promise<number | undefined>((resolve) => {
      child.once('error', () => resolve(undefined));
      child.once('close', (status) => resolve(status ?? 1));
    });
    signal?.throwIfAborted();
    if (logFile !== undefined) await appendFile(logFile, `$ ${[command, ...parameters].join(' ')}\n${log}\n`);
    return { code, stdout, log };
  } finally {
    signal?.removeEventListener('abort', stop);
    process.removeListener('exit', stop);
  }
};

/** First line that the program prints, or undefined where it does not run. */
export const firstLineOf = async (host: Pick<Host, 'env'>, command: string, parameters: readonly string[]): Promise<string | undefined> => {
  const { code, stdout } = await runCommand(host, command, parameters);
  return code === 0 ? stdout.split('\n')[0]!.trim() : undefined;
};
