// `nasc setup ENGINE`: makes a training engine usable on this machine.
import { cpus } from 'node:os';
import { join } from 'node:path';
import { reportProgress } from '@nasc/core';
import { DiagnosticError } from '@nasc/diagnostics';
import type { Arguments } from '../arguments/command.ts';
import { printJson, printLine } from '../io.ts';
import type { Io } from '../io.ts';
import { findConfig } from '../library/load-config.ts';
import { setUpHost } from '../library/set-up-host.ts';
import { messages } from '../messages.ts';
import { createInterrupt, interruptedCode } from '../progress/interrupt.ts';
import { createProgressReporter } from '../progress/progress-reporter.ts';

export const setup = async (parsed: Arguments, io: Io): Promise<number> => {
  const { registrations } = await setUpHost(await findConfig(undefined, io.folder));
  const engines = registrations.all('engine').map(({ value }) => value);
  const withSetup = engines.filter((engine) => engine.setup).map(({ name }) => name);
  const [wanted] = parsed.positionals;
  if (wanted === undefined) throw new DiagnosticError([messages.setupOfWhat(withSetup)]);
  const engine = engines.find(({ name }) => name === wanted);
  if (!engine) {
    const known = engines.map(({ name }) => name);
    throw new DiagnosticError([messages.noEngineToSetUp(wanted, known, withSetup)]);
  }

  const progress = createProgressReporter(io);
  const interrupt = createInterrupt(io, () => progress.print('Stopping. Press Ctrl-C again to stop at once.'));
  try {
    const done = engine.setup
      ? await engine.setup({
          threads: cpus().length,
          cacheFolder: join(io.folder, '.nasc', 'cache'),
          signal: interrupt.signal,
          progress: reportProgress(progress.listener, { stage: 'setup', pass: engine.name }),
        })
      : `Engine "${engine.name}" needs no set-up.`;
    progress.finish();
    if (parsed.flag('json')) printJson(io.stdout, { engine: engine.name, done });
    else printLine(io.stdout, done);
    return 0;
  } catch (error) {
    progress.finish();
    if (!interrupt.signal.aborted || error instanceof DiagnosticError) throw error;
    printLine(io.stderr, 'Stopped. Nothing was changed; what was downloaded is kept for the next time.');
    return interruptedCode;
  } finally {
    interrupt.dispose();
  }
};
