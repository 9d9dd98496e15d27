// Compiles emitted files with the system's compiler and runs the result as a child process.
import { commonFlags, compile, LineProcess, runProgram, vectorFlags } from '@nasc/c-emit';
import type { DeployableNetwork, DeviceDescription, EmittedFiles, Executable, MeasureContext } from '@nasc/core';
import { measure, networkLatency } from '@nasc/measure';
import type { CpuOptions } from '../options.ts';

/** Flags that CMakeLists.txt gives to the same files. */
export const cpuFlags = ({ vectorWidth }: CpuOptions): readonly string[] => [...commonFlags, ...vectorFlags[vectorWidth].flags];

export const buildExecutable = async (
  emitted: EmittedFiles,
  network: DeployableNetwork,
  context: MeasureContext,
  options: CpuOptions,
  device: DeviceDescription,
): Promise<Executable> => {
  const sources = new Map([...emitted.files].filter((file): file is [string, string] => /\.[ch]$/.test(file[0])));
  const program = await compile({
    kind: 'executable',
    sources,
    flags: cpuFlags(options),
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
      const server = new LineProcess(program, ['--serve']);
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
