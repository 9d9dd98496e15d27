// One call of a command: what it wrote, or why there is nothing. It is ended with all that it started.
import { spawn } from 'node:child_process';
import { DiagnosticError } from '@nasc/diagnostics';
import { shown } from './command-line.ts';
import { messages } from './messages.ts';

export interface CallOptions {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
}

/** Between asking a command to end and ending it. */
const graceMs = 2000;

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such program',
  EACCES: 'it may not be executed',
};

/** To a process and all that are in its group. */
const signalGroup = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(-pid, signal);
  } catch (cause) {
    // All ended by themselves; macOS says EPERM where the last of them is not waited for yet.
    if (!['ESRCH', 'EPERM'].includes((cause as NodeJS.ErrnoException).code ?? '')) throw cause;
  }
};

/**
 * What the command wrote: standard output, and behind it standard error. Throws EXEC_NOT_STARTED, EXEC_FAILED, EXEC_TIMEOUT, and the
 * signal's reason when it is aborted; nothing that the command started is then running any more.
 */
export const runCommand = async (command: readonly string[], { folder, env, timeoutSeconds, signal }: CallOptions): Promise<string> => {
  signal.throwIfAborted();
  const [program, ...parameters] = command as [string, ...string[]];
  // A group of its own: shells and scripts start others, which have to end too, and Ctrl-C is for nasc to act upon.
  const child = spawn(program, parameters, {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));

  const timers: NodeJS.Timeout[] = [];
  let stopping = false;
  const stop = () => {
    if (child.pid === undefined) return;
    stopping = true;
    signalGroup(child.pid, 'SIGTERM');
    timers.push(setTimeout(() => signalGroup(child.pid!, 'SIGKILL'), graceMs));
  };
  // When nasc itself is ended there is no time to wait.
  const stopAtOnce = () => child.pid !== undefined && signalGroup(child.pid, 'SIGKILL');
  let timedOut = false;
  timers.push(
    setTimeout(() => {
      timedOut = true;
      stop();
    }, timeoutSeconds * 1000),
  );
  signal.addEventListener('abort', stop);
  process.once('exit', stopAtOnce);
  try {
    const end = await new Promise<{ readonly code: number | null; readonly by: string | null } | NodeJS.ErrnoException>((resolve) => {
      child.once('error', resolve);
      // Both streams are at their end, too: whoever else writes to them has ended.
      child.once('close', (code, by) => resolve({ code, by }));
    });
    signal.throwIfAborted();
    if (end instanceof Error) throw new DiagnosticError([messages.notStarted(shown(command), reasons[end.code ?? ''] ?? end.message)]);
    if (timedOut) throw new DiagnosticError([messages.timedOut(shown(command), timeoutSeconds)]);
    if (end.code !== 0) {
      const how = end.code === null ? `signal ${end.by}` : `exit code ${end.code}`;
      throw new DiagnosticError([messages.failed(shown(command), how, output.stderr.trim() === '' ? output.stdout : output.stderr)]);
    }
    return `${output.stdout}\n${output.stderr}`;
  } finally {
    if (stopping) stopAtOnce(); // what closed its streams and goes on
    for (const timer of timers) clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    process.removeListener('exit', stopAtOnce);
  }
};
