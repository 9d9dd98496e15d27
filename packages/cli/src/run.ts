// The process around `main`: real streams, Ctrl-C, and the exit code.
import { main } from './main.ts';

export const run = async (): Promise<void> => {
  // A reader that had enough (`nasc inspect ... | head`) is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
  process.exitCode = await main(process.argv.slice(2), {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    folder: process.cwd(),
    onInterrupt(listener) {
      process.on('SIGINT', listener);
      return () => void process.off('SIGINT', listener);
    },
    exit: (code) => process.exit(code),
  });
};
