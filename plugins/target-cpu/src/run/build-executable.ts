// Compiles emitted files with the system's compiler and runs the result as a child process.
import { compile, LineProcess, runProgram } from '@nasc/c-emit';
import type { DeployableNetwork, DeviceDescription, EmittedFiles, Executable, MeasureContext } from '@nasc/core';
import { measure, networkLatency } from '@nasc/measure';
import { compilerFlags } from '../compiler-flags.ts';
import type { CpuOptions } from '../options.ts';

export const buildExecutable = async (
  emitted: EmittedFiles,
  network: DeployableNetwork,
  context: MeasureContext,
  options: CpuOptions,
  device: DeviceDescription,
): Promise<Executable> => {
  const sources = new Map([...emitted.files].filter(([file]) => /\.(c|h|bin)$/.test(file)));
  const program = await compile({
    kind: 'executable',
    sources,
    flags: compilerFlags(options.vectorWidth),
    cacheFolder: context.cacheFolder,
    signal: context.signal,
  });
  return {
    description: `${program} on ${device.description}`,
    async run(images, count) {
      const logits = await runProgram(program, ['--run', '-'], new Uint8Array(images.buffer, images.byteOffset, images.byteLength));
      const expected = count * network.classes.length * 4;
      if (logits.byteLength !== expected) throw new Error(`${program} wrote ${logits.byteLength} bytes of logits, not ${expected}`);
      return new Float32Array(logits.slice().buffer);
    },
    async measure({ seed, checkpoint, progress }) {
      const server = new LineProcess(program, ['--serve'], { pin: options.threads === 1 });
      try {
        const result = await measure(async (runs) => (Number(await server.ask(String(runs))) / 1e6) * runs, {
          seed,
          sampleMs: options.sampleMs,
          checkpoint,
          progress,
        });
        return networkLatency(result, device.id);
      } finally {
        server.dispose();
      }
    },
    dispose: () => Promise.resolve(),
  };
};
