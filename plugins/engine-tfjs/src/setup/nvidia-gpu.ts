// Whether this machine has an NVIDIA GPU, whatever TensorFlow can do with it.
import { existsSync } from 'node:fs';
import { firstLineOf } from './run-command.ts';

/** `NVIDIA H100 80GB HBM3, driver 550.54`; undefined where none is seen. */
export const findNvidiaGpu = async (env: Readonly<Record<string, string | undefined>>): Promise<string | undefined> => {
  const line = await firstLineOf({ env }, 'nvidia-smi', ['--query-gpu=name,driver_version', '--format=csv,noheader']);
  if (line) {
    const [name, driver] = line.split(',').map((part) => part.trim());
    return driver ? `${name}, driver ${driver}` : name;
  }
  return existsSync('/dev/nvidia0') ? 'an NVIDIA GPU (nvidia-smi does not run)' : undefined;
};
