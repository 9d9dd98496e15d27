// Runs the command line in this process, with streams that are kept as text.
import { main } from './main.ts';
import type { Io } from './io.ts';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunSettings {
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly isTTY?: boolean;
  /** Called with each text that appears on standard error, and with what acts like Ctrl-C. */
  readonly onStderr?: (text: string, interrupt: () => void) => void;
  /** Told of the code when the process would be ended at once. */
  readonly onExit?: (code: number) => void;
}

export const runCli = async (argv: readonly string[], settings: RunSettings): Promise<Ran> => {
  const { folder, env = {}, isTTY = false, onStderr, onExit } = settings;
  const texts = { stdout: '', stderr: '' };
  const interruptListeners = new Set<() => void>();
  const interrupt = () => interruptListeners.forEach((listener) => listener());
  const io: Io = {
    stdout: {
      write(text: string) {
        texts.stdout += text;
        return true;
      },
    },
    stderr: {
      isTTY,
      write(text: string) {
        texts.stderr += text;
        onStderr?.(text, interrupt);
        return true;
      },
    },
    env,
    folder,
    onInterrupt(listener) {
      interruptListeners.add(listener);
      return () => void interruptListeners.delete(listener);
    },
    exit: (code) => onExit?.(code),
  };
  return { code: await main(argv, io), ...texts };
};
